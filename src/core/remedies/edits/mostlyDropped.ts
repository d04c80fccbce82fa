import { argumentOf } from '../../python/definitions';
import type { LiteralPlace, PythonFacts } from '../../python/facts';
import { isDropout } from '../../python/layers';
import { numberPlace } from '../../python/literals';
import type { Fix } from '../../rules/finding';
import { argument } from './model';
import { fixOf, replace } from './place';

/** Hidden units are dropped with 0.1 to 0.5; at 0.8 one in five is left, and what is left is multiplied by five. */
const MOST = 0.8;
const USUAL = '0.2';
const FUNCTIONS = /^torch\.nn\.functional\.(?:alpha_|feature_alpha_)?dropout[123]?d?$/;

/** Where the code drops nearly all units: the number, once for each place it is written at. */
export function mostlyDropped(facts: PythonFacts): readonly LiteralPlace[] {
  if (!facts.source.mentions(/dropout/i)) {
    return [];
  }
  const layers = facts.modules
    .filter(({ type, base }) => isDropout(base ?? type))
    .map(({ args }) => argument(args, 'p', 0)?.number ?? null);
  const calls = facts.source.callsOfNamed(FUNCTIONS).map(({ call }) => {
    const given = argumentOf(call, 'p', 1);
    return given === null ? null : numberPlace(facts.source, given);
  });
  const found = new Map<string, LiteralPlace>();
  for (const place of [...layers, ...calls]) {
    if (place !== null && place.value >= MOST && place.value <= 1) {
      found.set(`${place.range.line}:${place.range.column}`, place);
    }
  }
  return [...found.values()];
}

/** Drops a usual share at each of these places. */
export function dropFewer(facts: PythonFacts): readonly Fix[] {
  const edits = mostlyDropped(facts).map(({ range }) => replace(range, USUAL));
  return fixOf(facts, 'usual-constants', `Drop ${USUAL} of the units`, 'unsafe', edits);
}
