import type { LogFinding } from '../../rules/finding';
import type { Incident } from '../../rules/log/incident';
import type { LogRule } from '../../rules/rule';
import type { RunFacts } from '../../run/facts';
import type { Run } from '../../run/run';
import type { ClipBound } from '../clipBound';
import type { RunCode } from '../match';

/** What a run and the code that wrote it say together. */
export interface Both {
  readonly run: Run;
  /** What the log says of itself: hints and words, no claims. */
  readonly findings: readonly LogFinding[];
  readonly code: RunCode;
  /** Where the code clips the norm of the whole gradient; null where it does not, or at no number that can be read. */
  readonly clip: ClipBound | null;
  /** May cost a walk over the whole run: asked for only where {@link BothRule.mayApply} says so. */
  facts(): RunFacts;
}

/** Sees what neither the log alone nor the code alone can tell. */
export interface BothRule {
  /** The log rule whose symptom it recognises. */
  readonly rule: LogRule;
  /** Cheap: looks at the code and a few points. */
  mayApply(both: Both): boolean;
  check(both: Both): Incident | null;
}
