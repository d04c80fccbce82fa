import { inOrder, type LogFinding } from '../../rules/finding';
import { toFinding } from '../../rules/log/incident';
import { lossPlateau } from '../../rules/log/loss-plateau';
import { buildRunFacts, type RunFacts } from '../../run/facts';
import type { Run } from '../../run/run';
import type { ClipBound } from '../clipBound';
import type { RunCode } from '../match';
import type { Both, BothRule } from './both';
import { clippedToNothing } from './clippedToNothing';
import { crossEntropyAboveChance } from './crossEntropyAboveChance';
import { cutOff } from './cutOff';
import { endlessWarmUp } from './endlessWarmUp';
import { hugeCrossEntropy } from './hugeCrossEntropy';
import { neverTrained } from './neverTrained';
import { spikeInAdam } from './spikeInAdam';

const RULES: readonly BothRule[] = [
  hugeCrossEntropy,
  crossEntropyAboveChance,
  clippedToNothing,
  cutOff,
  endlessWarmUp,
  neverTrained,
  spikeInAdam,
];

const PLATEAU = lossPlateau.meta.name;
/** What a stuck loss that the log tells of follows from. */
const CAUSES_OF_PLATEAU: readonly BothRule[] = [cutOff];

/** Most severe first, then by line. */
export function withFindingsOfBoth(
  run: Run,
  findings: readonly LogFinding[],
  code: RunCode,
  clip: ClipBound | null,
  factsOf: () => RunFacts = () => buildRunFacts(run),
): readonly LogFinding[] {
  let facts: RunFacts | undefined;
  const both: Both = {
    run,
    findings,
    code,
    clip,
    facts: () => {
      facts ??= factsOf();
      return facts;
    },
  };
  // One incident, one finding: what the log says of itself stands, but for a stuck loss whose cause is found.
  const told = findings.filter(isClaimed);
  const isStuck = told.length > 0 && told.every(({ rule }) => rule === PLATEAU);
  const found = told.length === 0 ? firstOf(RULES, both) : isStuck ? firstOf(CAUSES_OF_PLATEAU, both) : [];
  const [cause] = found;
  if (cause === undefined) {
    return findings;
  }
  const follow = isClaimed(cause) ? told.filter(({ rule }) => rule !== cause.rule) : [];
  const also = follow.map(({ code: of, rule, step, range }) => ({ code: of, rule, step, line: range.line }));
  return [
    ...findings.filter((one) => one.rule !== cause.rule && !follow.includes(one)),
    also.length === 0 ? cause : { ...cause, also },
  ].sort(inOrder);
}

function isClaimed({ severity }: LogFinding): boolean {
  return severity === 'error' || severity === 'warning';
}

function firstOf(rules: readonly BothRule[], both: Both): readonly LogFinding[] {
  for (const rule of rules) {
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
