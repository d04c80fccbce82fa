import type { Run } from './run';
import type { Points, Series } from './series';

/** Windows a run is cut into for levels over time. 64 keep an onset within 1.6 % of the run. */
export const WINDOWS = 64;

/** Of a window's points, how many a median looks at: its standard error is then under 0.12 sigma. */
const SAMPLES_PER_WINDOW = 128;

/** A series as parallel arrays, in file order, on one time line that never goes back (restarts are laid end to end). */
export interface Curve {
  readonly length: number;
  readonly time: Float64Array;
  readonly step: Float64Array;
  readonly value: Float64Array;
  readonly line: Float64Array;
  /** The series it comes from: one, or all layers when they were summed. */
  readonly series: readonly number[];
}

/** Turns the steps of a series, walked in file order, into times that never go back. */
export class Clock {
  private segment = 0;
  private last = Number.NEGATIVE_INFINITY;
  private lastStep = Number.NEGATIVE_INFINITY;
  private readonly offsets: number[] = [];
  private readonly linesTell: boolean;

  constructor(private readonly run: Pick<Run, 'segments'>) {
    let end = Number.NEGATIVE_INFINITY;
    for (const [index, segment] of run.segments.entries()) {
      const offset = index === 0 ? 0 : Math.max(0, end - segment.firstStep + 1);
      this.offsets.push(offset);
      end = segment.lastStep + offset;
    }
    const first = run.segments[0];
    this.linesTell = run.segments.every((segment, index) => index === 0 || segment.line !== first?.line);
  }

  time(step: number, line: number): number {
    const next = this.run.segments[this.segment + 1];
    if (next !== undefined && (this.linesTell ? line >= next.line : step < this.lastStep)) {
      this.segment++;
      return this.time(step, line);
    }
    this.lastStep = step;
    const time = step + (this.offsets[this.segment] ?? 0);
    this.last = Math.max(time, this.last);
    return this.last;
  }
}

/** Copies a series into arrays. */
export function toCurve(run: Run, series: Series): Curve {
  const { points } = series;
  const curve = emptyCurve(points.length, [series.id]);
  const clock = new Clock(run);
  for (let i = 0; i < points.length; i++) {
    const step = points.step(i);
    const line = points.line(i);
    curve.step[i] = step;
    curve.line[i] = line;
    curve.value[i] = points.value(i);
    curve.time[i] = clock.time(step, line);
  }
  return curve;
}

export function emptyCurve(length: number, series: readonly number[]): Curve {
  return {
    length,
    time: new Float64Array(length),
    step: new Float64Array(length),
    value: new Float64Array(length),
    line: new Float64Array(length),
    series,
  };
}

/** First times of each window plus, at the end, Infinity. Every distinct time is a window of its own in short runs. */
export function windowStarts(times: Float64Array): Float64Array {
  const distinct = times.filter((time, index) => index === 0 || time !== times[index - 1]);
  const count = Math.min(WINDOWS, distinct.length);
  const starts = new Float64Array(count + 1).fill(Number.POSITIVE_INFINITY);
  for (let w = 0; w < count; w++) {
    starts[w] =
      w === 0 ? Number.NEGATIVE_INFINITY : (distinct[Math.floor((w * distinct.length) / count)] ?? 0);
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

/** A point on the time line. */
export interface Moment {
  readonly time: number;
  readonly step: number;
  readonly line: number;
}

export function momentOf(curve: Curve, index: number): Moment {
  return { time: curve.time[index] ?? 0, step: curve.step[index] ?? 0, line: curve.line[index] ?? 1 };
}

/** What one walk over a series finds out. */
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
  /** Largest level before those zeros began (log10); NaN when there was none. */
  readonly levelBeforeZeros: number;
}

/**
 * One pass over a series: levels per window, zeros, non-finite points, and, when asked, its squares added to a total
 * whose times are known. Costs time in proportion to the points; sorts only samples of a window.
 */
export function track(run: Run, series: Series, starts: Float64Array, total: Curve | null): Track {
  const { points } = series;
  const { length } = points;
  const windows = starts.length - 1;
  const level = new Float64Array(windows).fill(Number.NaN);
  const zeroShare = new Float64Array(windows).fill(Number.NaN);
  const stride = Math.max(1, Math.floor(length / windows / SAMPLES_PER_WINDOW));
  const samples = new Float64Array(Math.min(length, 4 * SAMPLES_PER_WINDOW) + 1);
  const clock = run.segments.length > 1 ? new Clock(run) : null;
  let time = Number.NEGATIVE_INFINITY;
  let window = 0;
  let windowEnd = starts[1] ?? Number.POSITIVE_INFINITY;
  let used = 0;
  let seen = 0;
  let zerosHere = 0;
  let zeros = 0;
  let nonfinite = 0;
  let at = 0;
  let highest = Number.NEGATIVE_INFINITY;
  // Index and time of what is looked for; -1 when not met. Lines are looked up once, after the walk.
  let firstNonfinite = -1;
  let firstNonfiniteTime = 0;
  let firstNonzero = -1;
  let firstNonzeroTime = 0;
  let zeroStart = -1;
  let zeroStartTime = 0;

  for (let i = 0; i < length; i++) {
    const value = points.value(i);
    const step = points.step(i);
    time = clock === null ? Math.max(step, time) : clock.time(step, points.line(i));
    if (time >= windowEnd) {
      closeWindow(window, samples, used, seen, zerosHere, level, zeroShare);
      used = 0;
      seen = 0;
      zerosHere = 0;
      while (time >= windowEnd) {
        window++;
        windowEnd = starts[window + 1] ?? Number.POSITIVE_INFINITY;
      }
    }
    seen++;
    if (value === 0) {
      zeros++;
      zerosHere++;
      if (zeroStart < 0) {
        zeroStart = i;
        zeroStartTime = time;
      }
    } else {
      zeroStart = -1;
      if (firstNonzero < 0) {
        firstNonzero = i;
        firstNonzeroTime = time;
      }
      if (!Number.isFinite(value)) {
        nonfinite++;
        if (firstNonfinite < 0) {
          firstNonfinite = i;
          firstNonfiniteTime = time;
        }
      } else if ((stride === 1 || i % stride === 0) && used < samples.length) {
        const log = Math.log10(Math.abs(value));
        samples[used++] = log;
        highest = Math.max(log, highest);
      }
    }
    if (total !== null) {
      while (at < total.length && total.time[at]! < time) {
        at++;
      }
      if (total.time[at] === time) {
        total.value[at]! += value * value;
        at++;
      }
    }
  }
  closeWindow(window, samples, used, seen, zerosHere, level, zeroShare);
  const moment = (index: number, when: number): Moment | null =>
    index < 0 ? null : { time: when, step: points.step(index), line: points.line(index) };
  return {
    series,
    level,
    zeroShare,
    count: length,
    zeros,
    nonfinite,
    first: firstMoment(run, points),
    firstNonfinite: moment(firstNonfinite, firstNonfiniteTime),
    firstNonzero: moment(firstNonzero, firstNonzeroTime),
    zerosUntilEnd: moment(zeroStart, zeroStartTime),
    levelBeforeZeros: Number.isFinite(highest) ? highest : Number.NaN,
  };
}

function closeWindow(
  window: number,
  samples: Float64Array,
  used: number,
  seen: number,
  zerosHere: number,
  level: Float64Array,
  zeroShare: Float64Array,
): void {
  if (seen > 0) {
    zeroShare[window] = zerosHere / seen;
    level[window] = used > 0 ? middleOf(samples.subarray(0, used)) : Number.NaN;
  }
}

function firstMoment(run: Run, points: Points): Moment {
  if (points.length === 0) {
    return { time: 0, step: 0, line: 1 };
  }
  const step = points.step(0);
  const line = points.line(0);
  return { time: new Clock(run).time(step, line), step, line };
}

function middleOf(values: Float64Array): number {
  values.sort();
  const half = values.length >> 1;
  const upper = values[half] ?? Number.NaN;
  return values.length % 2 === 1 ? upper : (upper + (values[half - 1] ?? Number.NaN)) / 2;
}

/** Median of a curve's finite values in each window; NaN where there are none. */
export function windowMedians(curve: Curve, starts: Float64Array): Float64Array {
  const windows = starts.length - 1;
  const medians = new Float64Array(windows).fill(Number.NaN);
  for (let w = 0; w < windows; w++) {
    const from = indexAtTime(curve, starts[w] ?? 0);
    const to = indexAtTime(curve, starts[w + 1] ?? Number.POSITIVE_INFINITY);
    const stride = Math.max(1, Math.floor((to - from) / SAMPLES_PER_WINDOW));
    const samples: number[] = [];
    for (let i = from; i < to; i += stride) {
      const value = curve.value[i] ?? Number.NaN;
      if (Number.isFinite(value)) {
        samples.push(value);
      }
    }
    medians[w] = samples.length > 0 ? middleOf(Float64Array.from(samples)) : Number.NaN;
  }
  return medians;
}
