import { Clock, type Curve } from './factsTimeline';
import type { Run } from './run';
import type { Series } from './series';

/**
 * Copies a series into arrays, and only its new points when it has grown. Norm, loss and rate mostly stand on the same
 * lines: a curve then holds its values only, and the places of `like`.
 */
export class GrowingCurve {
  private length = 0;
  private time: Float64Array;
  /** The same array as `time` until a restart parts the two: most runs have none, and save a column. */
  private step: Float64Array;
  private value: Float64Array;
  private readonly clock: Clock;
  private readonly ids: readonly number[];
  /** Lines stay where they are: nothing of them is copied. */
  private readonly lineAt: (row: number) => number;

  constructor(
    run: Run,
    private readonly series: Series,
    private like: GrowingCurve | null = null,
  ) {
    const { length } = series.points;
    this.time = new Float64Array(like === null ? length : 0);
    this.step = this.time;
    this.value = new Float64Array(length);
    this.clock = new Clock(run);
    this.ids = [series.id];
    this.lineAt = (row) => series.points.line(row);
  }

  /** True when a point that was copied has got another step since, or another value from another rank. */
  get isMoved(): boolean {
    const last = this.length - 1;
    const { points } = this.series;
    return (
      last >= 0 &&
      (points.step(last) !== (this.like ?? this).step[last] ||
        !Object.is(points.value(last), this.value[last]))
    );
  }

  /** The curve as it is now; an older one stays as it was. */
  now(): Curve {
    const { points } = this.series;
    this.value = wide(this.value, points.length);
    this.like?.now();
    if (this.like !== null && this.like.length < points.length) {
      this.partFrom(this.like);
    }
    if (this.like === null) {
      this.widenPlaces(points.length);
    }
    for (; this.length < points.length; this.length++) {
      const at = this.length;
      const step = points.step(at);
      const line = points.line(at);
      const time = this.clock.time(step, line);
      this.value[at] = points.value(at);
      if (this.like !== null && !this.like.hasPlace(at, step, line, time)) {
        this.partFrom(this.like);
        this.widenPlaces(points.length);
      }
      if (this.like === null) {
        this.setPlace(at, step, time);
      }
    }
    const places = this.like ?? this;
    const { length } = this;
    return {
      length,
      time: places.time.subarray(0, length),
      step: places.step.subarray(0, length),
      value: this.value.subarray(0, length),
      lineAt: this.lineAt,
      series: this.ids,
      origin: this,
    };
  }

  private hasPlace(at: number, step: number, line: number, time: number): boolean {
    return this.step[at] === step && this.series.points.line(at) === line && this.time[at] === time;
  }

  private setPlace(at: number, step: number, time: number): void {
    if (time !== step && this.step === this.time) {
      this.step = this.time.slice();
    }
    this.time[at] = time;
    this.step[at] = step;
  }

  private widenPlaces(length: number): void {
    const isParted = this.step !== this.time;
    this.time = wide(this.time, length);
    this.step = isParted ? wide(this.step, length) : this.time;
  }

  /** Takes its own copy of the places so far, once they differ from those of the other curve. */
  private partFrom(like: GrowingCurve): void {
    const isParted = like.step !== like.time;
    this.time = like.time.slice(0, this.length);
    this.step = isParted ? like.step.slice(0, this.length) : this.time;
    this.like = null;
  }
}

/** The same numbers with room for at least `length`; doubled when it must grow, so that growing stays cheap. */
export function wide(column: Float64Array, length: number): Float64Array {
  if (column.length >= length) {
    return column;
  }
  const wider = new Float64Array(Math.max(length, column.length * 2));
  wider.set(column);
  return wider;
}
