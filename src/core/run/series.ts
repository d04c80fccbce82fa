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
 * The points of one series, in file order, as parallel columns (20 bytes a point).
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
}

/** Elements per chunk: growth costs one chunk, never a copy of the whole series, and little stays unused. */
const FIRST_CHUNK = 32;
const LARGEST_CHUNK = 16384;

interface Chunk {
  readonly start: number;
  readonly steps: Float64Array;
  readonly values: Float64Array;
  readonly lines: Uint32Array;
}

/** Growable columns behind {@link Points}. */
export class PointColumns implements Points {
  private readonly chunks: Chunk[] = [];
  private tail: Chunk | undefined;
  private used = 0;
  private cursor = 0;

  get length(): number {
    return this.used;
  }

  push(step: number, value: number, line: number): void {
    this.append(Float64Array.of(step), Float64Array.of(value), 0, line);
  }

  /** Adds the point (steps[0], values[index]). Numbers in arrays, because a number passed on its own is boxed. */
  append(steps: Float64Array, values: Float64Array, index: number, line: number): void {
    let tail = this.tail;
    if (tail === undefined || this.used - tail.start === tail.steps.length) {
      const size = Math.min(LARGEST_CHUNK, Math.max(FIRST_CHUNK, (this.used >> 3) & ~1));
      // One buffer for the three columns: a buffer of its own costs more than a short column.
      const buffer = new ArrayBuffer(size * 20);
      tail = {
        start: this.used,
        steps: new Float64Array(buffer, 0, size),
        values: new Float64Array(buffer, size * 8, size),
        lines: new Uint32Array(buffer, size * 16, size),
      };
      this.chunks.push(tail);
      this.tail = tail;
    }
    const at = this.used - tail.start;
    tail.steps[at] = steps[0]!;
    tail.values[at] = values[index]!;
    tail.lines[at] = line;
    this.used++;
  }

  step(index: number): number {
    const chunk = this.chunkOf(index);
    return chunk === undefined ? Number.NaN : (chunk.steps[index - chunk.start] ?? Number.NaN);
  }

  value(index: number): number {
    const chunk = this.chunkOf(index);
    return chunk === undefined ? Number.NaN : (chunk.values[index - chunk.start] ?? Number.NaN);
  }

  line(index: number): number {
    const chunk = this.chunkOf(index);
    return chunk === undefined ? 0 : (chunk.lines[index - chunk.start] ?? 0);
  }

  /** Moves one point along the axis (used when the axis is only known after the record is complete). */
  setStep(index: number, step: number): void {
    const chunk = this.chunkOf(index);
    if (chunk !== undefined) {
      chunk.steps[index - chunk.start] = step;
    }
  }

  /** Readers walk forward, so the last chunk found is nearly always the right one. */
  private chunkOf(index: number): Chunk | undefined {
    if (index < 0 || index >= this.used) {
      return undefined;
    }
    let chunk = this.chunks[this.cursor]!;
    if (index >= chunk.start && index < chunk.start + chunk.steps.length) {
      return chunk;
    }
    let low = 0;
    let high = this.chunks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.chunks[middle]!.start <= index) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    this.cursor = low;
    chunk = this.chunks[low]!;
    return chunk;
  }
}
