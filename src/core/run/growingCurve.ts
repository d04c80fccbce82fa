import { Clock, type Curve } from './factsTimeline';
import type { Run } from './run';
import type { Series } from './series';

/** Copies a series into arrays, and only its new points when it has grown. */
export class GrowingCurve {
  private length = 0;
  private time: Float64Array;
  private step: Float64Array;
  private value: Float64Array;
  private line: Float64Array;
  private readonly clock: Clock;
  private readonly ids: readonly number[];

  constructor(
    run: Run,
    private readonly series: Series,
  ) {
    const { length } = series.points;
    this.time = new Float64Array(length);
    this.step = new Float64Array(length);
    this.value = new Float64Array(length);
    this.line = new Float64Array(length);
    this.clock = new Clock(run);
    this.ids = [series.id];
  }

  /** True when a point that was copied has got another step since. */
  get isMoved(): boolean {
    const last = this.length - 1;
    return last >= 0 && this.series.points.step(last) !== this.step[last];
  }

  /** The curve as it is now; an older one stays as it was. */
  now(): Curve {
    const { points } = this.series;
    this.time = wide(this.time, points.length);
    this.step = wide(this.step, points.length);
    this.value = wide(this.value, points.length);
    this.line = wide(this.line, points.length);
    for (; this.length < points.length; this.length++) {
      const step = points.step(this.length);
      const line = points.line(this.length);
      this.step[this.length] = step;
      this.line[this.length] = line;
      this.value[this.length] = points.value(this.length);
      this.time[this.length] = this.clock.time(step, line);
    }
    const { length } = this;
    return {
      length,
      time: this.time.subarray(0, length),
      step: this.step.subarray(0, length),
      value: this.value.subarray(0, length),
      line: this.line.subarray(0, length),
      series: this.ids,
      origin: this,
    };
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
