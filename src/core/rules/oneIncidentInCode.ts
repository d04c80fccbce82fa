import type { PythonFacts } from '../python/facts';
import type { TextRange } from '../text';
import type { Finding, Severity } from './finding';

/** Rules that name what in a class's code makes its gradient fade or grow over depth, and the one that computes how far. */
const CAUSES: ReadonlySet<string> = new Set([
  'sigmoid-stack',
  'plain-deep-stack',
  'constant-weight',
  'init-std-too-large',
  'init-std-too-small',
  'closed-bias',
]);
/** Hints of initial values that are the model's own text: where the effect is grave, so are they. */
const INITIAL_VALUES: ReadonlySet<string> = new Set(['init-std-too-small', 'closed-bias']);
const EFFECT = 'flow-at-initialisation';
const GRAVITY: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2, hint: 3 };

/**
 * One incident, one finding: where a rule names the cause in a class and another computes its effect on the same class, the
 * graver of the two stays; of two alike, the one that names the cause. Initial values written in the code take the effect's gravity.
 */
export function oneInCode(facts: PythonFacts, findings: readonly Finding[]): readonly Finding[] {
  const dropped = new Set<Finding>();
  const graver = new Map<Finding, Severity>();
  for (const effect of findings.filter(({ rule }) => rule === EFFECT)) {
    const causes = findings.filter((one) => CAUSES.has(one.rule) && sameModel(facts, effect, one));
    const outranked = causes.some((cause) => GRAVITY[cause.severity] <= GRAVITY[effect.severity]);
    const initial = outranked ? undefined : causes.find(({ rule }) => INITIAL_VALUES.has(rule));
    if (initial !== undefined) {
      graver.set(initial, effect.severity);
    }
    for (const one of outranked || initial !== undefined ? [effect] : causes) {
      dropped.add(one);
    }
  }
  return dropped.size === 0
    ? findings
    : findings.flatMap((finding) => {
        const severity = graver.get(finding);
        return dropped.has(finding) ? [] : [severity === undefined ? finding : { ...finding, severity }];
      });
}

/** Does a cause stand in the class of an effect, or in a function outside all classes (one that initialises)? */
function sameModel(facts: PythonFacts, effect: Finding, cause: Finding): boolean {
  const around = <T extends { readonly range: TextRange }>(places: readonly T[], { range }: Finding) =>
    places.find((one) => one.range.line <= range.line && range.line <= one.range.endLine);
  const owner = around(facts.classes, cause);
  return owner === undefined
    ? around(facts.functions, cause) !== undefined || around(facts.classes, effect) === undefined
    : owner === around(facts.classes, effect);
}
