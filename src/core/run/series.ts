/** What a logged number measures. `other` is kept for charts but no rule reads it. */
export type SeriesKind =
  | 'grad-norm'
  | 'grad-max'
  | 'loss'
  | 'learning-rate'
  | 'loss-scale'
  | 'weight-norm'
  | 'update-ratio'
  | 'clip-coefficient'
  | 'other';

/** How a gradient tensor was reduced to one number. `norm` (L2) unless the log says otherwise. */
export type Statistic = 'norm' | 'mean-abs' | 'max' | 'mean' | 'std' | 'unknown';

/** Training, evaluation (validation, test) or an end-of-run / end-of-epoch summary. Rules read `train`. */
export type Split = 'train' | 'eval' | 'summary';

/**
 * The points of one series, in file order, as parallel columns.
 * Values may be NaN or ±Infinity: they are what the log says, never an error of ours.
 */
export interface Points {
  readonly length: number;
  /** Position on the run's axis (step, epoch or record count; see {@link Run.axis}). */
  step(index: number): number;
  /** The logged number, exactly `Number()` of its text. */
  value(index: number): number;
  /** 1-based line of the log the number stands on, counted as VS Code does (LF, CRLF and lone CR end a line). */
  line(index: number): number;
}

/** First point on or after a line, `length` where there is none. Lines only ever ascend along a series. */
export function firstAtOrAfterLine(points: Points, line: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points.line(middle) < line) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/** One named quantity of a run. */
export interface Series {
  /** Index in `Run.series`; stable while a run grows. */
  readonly id: number;
  /** Name as logged, without terminal colours: `grad_norm`, `grad_2.0_norm/encoder.0.weight_step`. Untrusted text. */
  readonly name: string;
  readonly kind: SeriesKind;
  readonly statistic: Statistic;
  readonly split: Split;
  /**
   * The parameter or layer this belongs to (`encoder.0.weight`, `Layer 3`), without logger decoration;
   * null for the whole model.
   */
  readonly parameter: string | null;
  readonly points: Points;
  /** Which of several runs that share the log, line by line, it belongs to: "run0". Null or absent in a log of one run. */
  readonly ofRun?: string | null;
  /** Every number that was logged, where several ranks logged the same steps and `points` has one point a step. */
  readonly logged?: Points;
}

export { PointColumns } from './pointColumns';
