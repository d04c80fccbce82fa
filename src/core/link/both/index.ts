import { inOrder, type LogFinding } from '../../rules/finding';
import { toFinding } from '../../rules/log/incident';
import { buildRunFacts, type RunFacts } from '../../run/facts';
import type { Run } from '../../run/run';
import type { ClipBound } from '../clipBound';
import type { RunCode } from '../match';
import type { Both, BothRule } from './both';
import { clippedToNothing } from './clippedToNothing';
import { crossEntropyAboveChance } from './crossEntropyAboveChance';
import { hugeCrossEntropy } from './hugeCrossEntropy';
import { neverTrained } from './neverTrained';
import { spikeInAdam } from './spikeInAdam';

const RULES: readonly BothRule[] = [
  hugeCrossEntropy,
  crossEntropyAboveChance,
  clippedToNothing,
  neverTrained,
  spikeInAdam,
];

/** Most severe first, then by line. */
export function withFindingsOfBoth(
  run: Run,
  findings: readonly LogFinding[],
  code: RunCode,
  clip: ClipBound | null,
): readonly LogFinding[] {
  let facts: RunFacts | undefined;
  const both: Both = {
    run,
    findings,
    code,
    clip,
    facts: () => {
      facts ??= buildRunFacts(run);
      return facts;
    },
  };
  // One incident, one finding: what the log says of itself stands.
  const isTold = findings.some(({ severity }) => severity === 'error' || severity === 'warning');
  const found = isTold ? [] : firstOf(both);
  return found.length === 0
    ? findings
    : [...findings.filter(({ rule }) => found.every((one) => one.rule !== rule)), ...found].sort(inOrder);
}

function firstOf(both: Both): readonly LogFinding[] {
  for (const rule of RULES) {
    const found = findingOf(rule, both);
    if (found.length > 0) {
      return found;
    }
  }
  return [];
}

/** A rule that fails says nothing. */
function findingOf(rule: BothRule, both: Both): readonly LogFinding[] {
  try {
    const incident = rule.mayApply(both) ? rule.check(both) : null;
    return incident === null ? [] : [toFinding(rule.rule.meta, both.facts(), incident)];
  } catch {
    return [];
  }
}
