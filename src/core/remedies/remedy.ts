import type { PythonFacts } from '../python/facts';
import type { Fix } from '../rules/finding';
import type { SettingsFile } from './settings';

/** Every remedy there is: those of the report contract in its order, then others. */
export const REMEDY_IDS = [
  'he-init',
  'xavier-init',
  'orthogonal-init',
  'scaled-init',
  'relu',
  'leaky-relu',
  'gelu',
  'residual',
  'batch-norm',
  'layer-norm',
  'clip-grad-norm',
  'lower-lr',
  'raise-lr',
  'lr-warmup',
  'lstm',
  'bounded-activation',
  'gru',
  'forget-bias',
  'zero-grad',
  'move-clip',
  'unscale',
  'eps',
  'logits-loss',
  'weight-decay',
  'module-list',
  'skip-bad-batch',
  'keep-graph',
  'move-optimizer',
  'mean-loss',
  'zero-bias',
  'normalise-input',
  'safe-exp',
  'finite-mask',
  'linear-output',
  'normalise-target',
  'lower-weight-decay',
  'non-saturating-loss',
  'match-shapes',
  'schedule-per-epoch',
  'scale-scores',
  'apply-updates',
  'slower-decay',
  'take-step',
  'all-parameters',
  'usual-constants',
  'build-once',
  'last-valid-state',
  'mean-aggregation',
  'minimise-loss',
  'batch-first',
] as const;

export type RemedyId = (typeof REMEDY_IDS)[number];

/** Where a remedy is wanted: the parameters a run's finding names, or a line of the file. */
export interface RemedyTarget {
  /** Parameter names as logged, empty for the whole model. */
  readonly parameters: readonly string[];
  /** 1-based line of the code concerned; null when only the run is known. */
  readonly line: number | null;
  /** Norm of the whole gradient in the run's quiet time, where a run is known: a bound for clipping follows it. */
  readonly usualNorm?: number;
  /** Norm of the whole gradient in the run's first record, where it is known: the length of the first step follows it. */
  readonly firstNorm?: number;
  /** The run fails to learn, as a network does that loses what it saw many steps ago. */
  readonly forgets?: boolean;
  /** The bound for clipping that a person chose, in place of one that follows the usual norm. Positive and finite. */
  readonly bound?: number;
  /** Rows of the log, of one step or more, that the warm-up of the run takes, where it takes too long. */
  readonly warmUpRows?: number;
  /** Files beside the program that may define its settings. */
  readonly settings?: readonly SettingsFile[];
}

/** One remedy: what it is, when it helps and when not, and the edit it makes. */
export interface Remedy {
  readonly id: RemedyId;
  readonly title: string;
  /** One sentence: what changes and why that helps. */
  readonly helps: string;
  /** One sentence: when it does not help. Measured truths, not folklore. */
  readonly doesNotHelp: string;
  readonly reference: { readonly title: string; readonly url: string };
  /** The code change by hand, as a Markdown body with a fenced example. */
  readonly howTo: string;
  /**
   * The edits that apply it, or none where the place is not unambiguous. Absent: the remedy has no edit at all.
   * Every fix keeps indentation, comments and line endings, and offers nothing when it is already applied.
   */
  fixes?(facts: PythonFacts, target: RemedyTarget): readonly Fix[];
}

/** What there is to read about a remedy. */
export type RemedyText = Pick<Remedy, 'title' | 'helps' | 'doesNotHelp'>;
