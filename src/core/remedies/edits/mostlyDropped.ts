import { argumentOf } from '../../python/definitions';
import type { LiteralPlace, ModuleEntry, PythonFacts } from '../../python/facts';
import { isDropout } from '../../python/layers';
import { numberPlace } from '../../python/literals';
import type { Fix } from '../../rules/finding';
import { argument } from './model';
import { fixOf, replace } from './place';

/** Hidden units are dropped with 0.1 to 0.5; at 0.8 one in five is left, and what is left is multiplied by five. */
const MOST = 0.8;
/** Where so many are left whatever is drawn, their sum varies by a tenth: recipes that drop 0.8 to 0.9 do it on 1,024 to 4,096 units (Simonyan and Zisserman 2014; Wang et al. 2016). */
const MANY_LEFT = 100;
const USUAL = '0.2';
const FUNCTIONS = /^torch\.nn\.functional\.(?:alpha_|feature_alpha_)?dropout[123]?d?$/;

/** Where the code drops nearly all units: the number, once for each place it is written at. */
export function mostlyDropped(facts: PythonFacts): readonly LiteralPlace[] {
  if (!facts.source.mentions(/dropout/i)) {
    return [];
  }
  const layers = facts.modules
    .filter(({ type, base }) => isDropout(base ?? type))
    .map((entry) => ({ entry, place: argument(entry.args, 'p', 0)?.number ?? null }))
    .filter(({ entry, place }) => isHigh(place) && !((1 - place.value) * readBy(facts, entry) >= MANY_LEFT))
    .map(({ place }) => place);
  const calls = facts.source.callsOfNamed(FUNCTIONS).map(({ call }) => {
    const given = argumentOf(call, 'p', 1);
    return given === null ? null : numberPlace(facts.source, given);
  });
  const found = new Map<string, LiteralPlace>();
  for (const place of [...layers, ...calls]) {
    if (isHigh(place)) {
      found.set(`${place.range.line}:${place.range.column}`, place);
    }
  }
  return [...found.values()];
}

function isHigh(place: LiteralPlace | null): place is LiteralPlace {
  return place !== null && place.value >= MOST && place.value <= 1;
}

/** Units that the next linear layer in the text reads; NaN where there is none, or its width is not known. */
function readBy({ modules }: PythonFacts, { callee }: ModuleEntry): number {
  const after = modules.filter(
    (one) =>
      one.type === 'nn.Linear' &&
      one.callee !== null &&
      callee !== null &&
      (one.callee.line - callee.line || one.callee.column - callee.column) > 0,
  );
  const [next] = after.toSorted(
    (a, b) =>
      (a.callee?.line ?? 0) - (b.callee?.line ?? 0) || (a.callee?.column ?? 0) - (b.callee?.column ?? 0),
  );
  return next === undefined
    ? Number.NaN
    : (argument(next.args, 'in_features', 0)?.number?.value ?? Number.NaN);
}

/** Drops a usual share at each of these places. */
export function dropFewer(facts: PythonFacts): readonly Fix[] {
  const edits = mostlyDropped(facts).map(({ range }) => replace(range, USUAL));
  return fixOf(facts, 'usual-constants', `Drop ${USUAL} of the units`, 'unsafe', edits);
}
