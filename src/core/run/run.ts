import type { Points, Series } from './series';

/** The meaning of `Points.step`, and the rule by which it was chosen (shown to people). */
export interface Axis {
  readonly kind: 'step' | 'epoch' | 'record';
  /** "key global_step", "epoch is all the records carry", "records counted: no step in the log". */
  readonly why: string;
}

/** A stretch of records whose steps do not go back. More than one means the run was restarted or appended to. */
export interface Segment {
  /** 1-based first line. */
  readonly line: number;
  readonly firstStep: number;
  readonly lastStep: number;
}

/** A skipped or overflowed step that the framework itself reported. */
export interface SkipEvent {
  readonly step: number;
  readonly line: number;
  /** Loss scale after the event; NaN when the message does not say. */
  readonly lossScale: number;
}

/** A parameter whose gradient the log prints as `None`, which is not the same as zero. */
export interface AbsentGradient {
  readonly parameter: string;
  /** Where it was printed first. */
  readonly step: number;
  /** 1-based. */
  readonly line: number;
  readonly lastStep: number;
  /** How often it was printed. */
  readonly rows: number;
}

/** Something in the input that could not be read. Never fatal. */
export interface Problem {
  /** 1-based; 0 when it concerns the whole file. */
  readonly line: number;
  readonly message: string;
}

/** A file of a log that was rotated. */
export interface RunPart {
  /** As the person knows it. */
  readonly path: string;
  /** What the run counts its first line as: lines are counted through all parts. */
  readonly firstLine: number;
}

/** A training log, read. Columns of numbers only: no text of the log is kept but names. */
export interface Run {
  /** As the person knows it. */
  readonly path: string;
  /** Id of the log format. */
  readonly format: string;
  /** How sure the format is, 0 to 1. */
  readonly confidence: number;
  /** Bytes read so far. */
  readonly bytes: number;
  /** Lines read so far. */
  readonly lines: number;
  /**
   * The files of a log that was rotated, the oldest first, the log itself last; absent where it is one file. See
   * `placeOfLine` for where a line of the run stands.
   */
  readonly parts?: readonly RunPart[];
  readonly axis: Axis;
  /** In the order first logged, which for per-parameter logs is model order. */
  readonly series: readonly Series[];
  /**
   * Where the epoch changed: (step, epoch, line), of a run that is counted by steps and logs its epoch beside them.
   * Absent where it does not.
   */
  readonly epochs?: Points;
  /** Distinct steps. */
  readonly steps: number;
  readonly segments: readonly Segment[];
  readonly skips: readonly SkipEvent[];
  /** Absent where every gradient is a number. */
  readonly absent?: readonly AbsentGradient[];
  readonly problems: readonly Problem[];
}
