import type { Run, Segment } from './run';
import type { Series } from './series';
import { middlePair } from './stats';
import { repeatedTimes } from './stretches';

/** Windows a run is cut into for levels over time. 64 keep an onset within 1.6 % of the run. */
export const WINDOWS = 64;

/** Of a window's points, how many a median looks at: its standard error is then under 0.12 sigma. */
export const SAMPLES_PER_WINDOW = 128;

/** A series as parallel arrays, in file order, on one time line that never goes back (restarts are laid end to end). */
export interface Curve {
  readonly length: number;
  readonly time: Float64Array;
  readonly step: Float64Array;
  readonly value: Float64Array;
  /** The line of the log that a row stands on; 0 beyond the last. */
  lineAt(row: number): number;
  /** The series it comes from: one, or all layers when they were summed. */
  readonly series: readonly number[];
  /** The same object while the curve only grows: what was found out of its rows is kept by it. */
  readonly origin: object;
}

/** Turns the steps of a series, walked in file order, into times that never go back. */
export class Clock {
  private segment = 0;
  private last = Number.NEGATIVE_INFINITY;
  private lastStep = Number.NEGATIVE_INFINITY;
  private readonly layout: SegmentLayout;

  constructor(private readonly run: Pick<Run, 'segments'>) {
    this.layout = layoutOf(run.segments);
  }

  time(step: number, line: number): number {
    let next = this.run.segments[this.segment + 1];
    while (next !== undefined && (this.layout.linesTell ? line >= next.line : step < this.lastStep)) {
      this.segment++;
      this.lastStep = step;
      next = this.run.segments[this.segment + 1];
    }
    this.lastStep = step;
    const time = step + (this.layout.offsets[this.segment] ?? 0);
    this.last = Math.max(time, this.last);
    return this.last;
  }
}

/** Where each segment starts on the time line. */
interface SegmentLayout {
  readonly offsets: Float64Array;
  /** The lines tell which segment a point belongs to. */
  readonly linesTell: boolean;
}

/** One layout serves the clocks of all series of a run: there may be many of both. */
const layouts = new WeakMap<readonly Segment[], SegmentLayout>();

function layoutOf(segments: readonly Segment[]): SegmentLayout {
  const known = layouts.get(segments);
  // Only the last segment grows, and its end moves nothing before it.
  if (known !== undefined && known.offsets.length === segments.length) {
    return known;
  }
  const offsets = new Float64Array(segments.length);
  let end = Number.NEGATIVE_INFINITY;
  for (const [index, segment] of segments.entries()) {
    const offset = index === 0 ? 0 : Math.max(0, end - segment.firstStep + 1);
    offsets[index] = offset;
    end = segment.lastStep + offset;
  }
  const first = segments[0];
  const linesTell = segments.every((segment, index) => index === 0 || segment.line !== first?.line);
  const layout = { offsets, linesTell };
  layouts.set(segments, layout);
  return layout;
}

/** First times of each window plus, at the end, Infinity. Every distinct time is a window of its own in short runs. */
export function windowStarts(clock: Curve | null): Float64Array {
  const repeated = clock === null ? null : repeatedTimes.of(clock);
  const distinct = (clock?.length ?? 0) - (repeated?.total ?? 0);
  const count = Math.min(WINDOWS, distinct);
  const starts = new Float64Array(count + 1).fill(Number.POSITIVE_INFINITY);
  for (let w = 0; w < count; w++) {
    const row = repeated?.unmarked(Math.floor((w * distinct) / count)) ?? 0;
    starts[w] = w === 0 ? Number.NEGATIVE_INFINITY : (clock?.time[row] ?? 0);
  }
  return starts;
}

/** Index of the first point at or after a time; `length` when there is none. */
export function indexAtTime(curve: Curve, time: number): number {
  let low = 0;
  let high = curve.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((curve.time[middle] ?? 0) < time) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/** Index of the first point on or after a line of the log; `length` when there is none. */
export function indexAtLine(curve: Curve, line: number): number {
  let low = 0;
  let high = curve.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (curve.lineAt(middle) < line) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/** A point on the time line. */
export interface Moment {
  readonly time: number;
  readonly step: number;
  readonly line: number;
}

export function momentOf(curve: Curve, index: number): Moment {
  return {
    time: curve.time[index] ?? 0,
    step: curve.step[index] ?? 0,
    line: Math.max(1, curve.lineAt(index)),
  };
}

/** What the points of a layer tell, overall and per window. */
export interface Track {
  readonly series: Series;
  /** Median of log10 |value| of each window's finite, non-zero points; NaN where it has none. */
  readonly level: Float64Array;
  /** Share of points that are exactly zero in each window; NaN where it has no points. */
  readonly zeroShare: Float64Array;
  readonly count: number;
  readonly zeros: number;
  readonly nonfinite: number;
  readonly first: Moment;
  readonly firstNonfinite: Moment | null;
  readonly firstNonzero: Moment | null;
  /** First of the zeros that last until the end; null when the last point is not zero. */
  readonly zerosUntilEnd: Moment | null;
  /** Rows of those zeros. */
  readonly zeroRowsAtEnd: number;
  /** Largest level of all (log10); NaN when every value is zero or not finite. */
  readonly levelBeforeZeros: number;
}

/** Middle of values, whose order changes; of an even number, the mean of two as `scale` reads them (a logarithm). */
export function middleOf(values: Float64Array, scale: (value: number) => number = asIs): number {
  const [lower, upper] = middlePair(values);
  return lower === upper ? scale(upper) : (scale(upper) + scale(lower)) / 2;
}

function asIs(value: number): number {
  return value;
}

/** Median of a curve's finite values in each window, of positive ones only as a logarithm with `scale`; NaN where there are none. */
export function windowMedians(
  curve: Curve,
  starts: Float64Array,
  scale: 'linear' | 'log10' = 'linear',
): Float64Array {
  const isLog = scale === 'log10';
  const windows = starts.length - 1;
  const medians = new Float64Array(windows).fill(Number.NaN);
  for (let w = 0; w < windows; w++) {
    const from = indexAtTime(curve, starts[w] ?? 0);
    const to = indexAtTime(curve, starts[w + 1] ?? Number.POSITIVE_INFINITY);
    const stride = Math.max(1, Math.floor((to - from) / SAMPLES_PER_WINDOW));
    const samples: number[] = [];
    for (let i = from; i < to; i += stride) {
      const value = curve.value[i] ?? Number.NaN;
      if (Number.isFinite(value) && (value > 0 || !isLog)) {
        samples.push(value);
      }
    }
    medians[w] =
      samples.length > 0 ? middleOf(Float64Array.from(samples), isLog ? Math.log10 : asIs) : Number.NaN;
  }
  return medians;
}
