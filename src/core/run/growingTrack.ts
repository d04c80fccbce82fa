import { Clock, type Moment, middleOf, SAMPLES_PER_WINDOW, type Track, WINDOWS } from './factsTimeline';
import { wide } from './growingCurve';
import type { GrowingTotal } from './growingTotal';
import type { Run } from './run';
import type { Series } from './series';

/** Points between two remembered counts of zeros. */
const BLOCK = 512;
/** Sizes kept of a series: so many that a window has 128 to 256 of them. */
const MOST_SAMPLES = 2 * WINDOWS * SAMPLES_PER_WINDOW;
/** Sizes of one window while their median is sought: the same for all tracks, which are asked one after another. */
const scratch = new Float64Array(MOST_SAMPLES);

/**
 * What the points of one layer tell, found in one walk that goes on where it stopped when the series has grown. Levels per
 * window look at a bounded sample of the points, so that their cost does not depend on the length of the run.
 */
export class GrowingTrack {
  private walked = 0;
  private lastStep = Number.NaN;
  private lastValue = Number.NaN;
  private time = Number.NEGATIVE_INFINITY;
  /** Times where they are not simply the steps; null while they are. */
  private times: Float64Array | null;
  /** Null while there is one segment: then times are steps that never go back. */
  private readonly clock: Clock | null;
  private readonly zerosAtBlock: number[] = [];
  /** |value| of every `stride`-th point; null while that is every point, and nothing need be copied. */
  private samples: Float64Array | null = null;
  private stride = 1;
  private zeros = 0;
  private nonfinite = 0;
  private largest = 0;
  private firstNonfinite = -1;
  private firstNonzero = -1;
  private zeroStart = -1;
  private total: GrowingTotal | null = null;
  private summed = 0;
  private totalRow = 0;

  constructor(
    run: Run,
    readonly series: Series,
  ) {
    this.clock = run.segments.length > 1 ? new Clock(run) : null;
    this.times = this.clock === null ? null : new Float64Array(0);
  }

  /** True when a point that was walked over has got another step since, or another value from another rank. */
  get isMoved(): boolean {
    const { points } = this.series;
    const last = this.walked - 1;
    return (
      last >= 0 &&
      !(Object.is(points.step(last), this.lastStep) && Object.is(points.value(last), this.lastValue))
    );
  }

  /** Walks over the points that are new. */
  extend(): void {
    const { points } = this.series;
    const { length } = points;
    this.times = this.times === null ? null : wide(this.times, length);
    for (let i = this.walked; i < length; i++) {
      const value = points.value(i);
      const step = points.step(i);
      if (this.times === null && !(step >= this.time)) {
        this.times = new Float64Array(length);
        for (let before = 0; before < i; before++) {
          this.times[before] = points.step(before);
        }
      }
      this.time = this.clock === null ? Math.max(step, this.time) : this.clock.time(step, points.line(i));
      if (this.times !== null) {
        this.times[i] = this.time;
      }
      this.lastStep = step;
      this.lastValue = value;
      if (i % BLOCK === 0) {
        this.zerosAtBlock.push(this.zeros);
      }
      if (i % this.stride === 0 && i >= MOST_SAMPLES) {
        this.sample(i, Math.abs(value));
      }
      if (value === 0) {
        this.zeros++;
        this.zeroStart = this.zeroStart < 0 ? i : this.zeroStart;
        continue;
      }
      this.zeroStart = -1;
      this.firstNonzero = this.firstNonzero < 0 ? i : this.firstNonzero;
      const size = Math.abs(value);
      if (!(size < Number.POSITIVE_INFINITY)) {
        this.nonfinite++;
        this.firstNonfinite = this.firstNonfinite < 0 ? i : this.firstNonfinite;
      } else if (size > this.largest) {
        this.largest = size;
      }
    }
    this.walked = length;
  }

  /** Adds the squares of the points that are new to the rows of a total that stand at their times. */
  addTo(total: GrowingTotal): void {
    const { points } = this.series;
    if (total !== this.total) {
      this.total = total;
      this.summed = 0;
      this.totalRow = 0;
    }
    for (; this.summed < this.walked; this.summed++) {
      const time = this.timeAt(this.summed);
      while (this.totalRow < total.length && total.timeAt(this.totalRow) < time) {
        this.totalRow++;
      }
      if (this.totalRow === total.length) {
        // Its row may come yet.
        return;
      }
      if (total.timeAt(this.totalRow) === time) {
        const value = points.value(this.summed);
        total.add(this.totalRow, value * value);
        this.totalRow++;
      }
    }
  }

  /** @param starts of the windows, then Infinity */
  inWindows(starts: Float64Array): Track {
    const windows = starts.length - 1;
    const level = new Float64Array(windows).fill(Number.NaN);
    const zeroShare = new Float64Array(windows).fill(Number.NaN);
    const count = this.walked;
    for (let window = 0, from = 0; window < windows; window++) {
      const to = this.indexAt(starts[window + 1] ?? Number.POSITIVE_INFINITY);
      if (to > from) {
        zeroShare[window] = (this.zerosBefore(to) - this.zerosBefore(from)) / (to - from);
        level[window] = this.levelOf(from, to);
      }
      from = to;
    }
    return {
      series: this.series,
      level,
      zeroShare,
      count,
      zeros: this.zeros,
      nonfinite: this.nonfinite,
      first: this.momentAt(0) ?? { time: 0, step: 0, line: 1 },
      firstNonfinite: this.momentAt(this.firstNonfinite),
      firstNonzero: this.momentAt(this.firstNonzero),
      zerosUntilEnd: this.momentAt(this.zeroStart),
      zeroRowsAtEnd: this.zeroStart < 0 ? 0 : count - this.zeroStart,
      levelBeforeZeros: this.largest > 0 ? Math.log10(this.largest) : Number.NaN,
    };
  }

  private sample(index: number, size: number): void {
    let { samples } = this;
    if (samples === null || index / this.stride === MOST_SAMPLES) {
      // Every other one goes. This point stays: its index is a multiple of the doubled stride too.
      const before = samples;
      samples = before ?? new Float64Array(MOST_SAMPLES);
      for (let i = 0; i < MOST_SAMPLES / 2; i++) {
        samples[i] = before === null ? this.sizeOf(2 * i) : (before[2 * i] ?? Number.NaN);
      }
      this.samples = samples;
      this.stride *= 2;
    }
    samples[index / this.stride] = size;
  }

  private sizeOf(index: number): number {
    return Math.abs(this.series.points.value(index));
  }

  private levelOf(from: number, to: number): number {
    const last = Math.ceil(to / this.stride);
    let used = 0;
    for (let i = Math.ceil(from / this.stride); i < last; i++) {
      const size = this.samples === null ? this.sizeOf(i) : (this.samples[i] ?? Number.NaN);
      if (size > 0 && size < Number.POSITIVE_INFINITY) {
        scratch[used++] = size;
      }
    }
    return used > 0 ? middleOf(scratch.subarray(0, used), Math.log10) : Number.NaN;
  }

  private zerosBefore(index: number): number {
    if (this.zeros === 0 || this.zeros === this.walked) {
      return this.zeros === 0 ? 0 : index;
    }
    const { points } = this.series;
    const block = Math.min(Math.floor(index / BLOCK), this.zerosAtBlock.length - 1);
    let zeros = this.zerosAtBlock[block] ?? 0;
    for (let i = block * BLOCK; i < index; i++) {
      zeros += points.value(i) === 0 ? 1 : 0;
    }
    return zeros;
  }

  private timeAt(index: number): number {
    return this.times === null ? this.series.points.step(index) : (this.times[index] ?? Number.NaN);
  }

  /** Index of the first point at or after a time. */
  private indexAt(time: number): number {
    let low = 0;
    let high = this.walked;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.timeAt(middle) < time) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private momentAt(index: number): Moment | null {
    const { points } = this.series;
    return index < 0 || index >= this.walked
      ? null
      : { time: this.timeAt(index), step: points.step(index), line: points.line(index) };
  }
}
