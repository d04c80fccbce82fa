import { Clock, type Curve } from './factsTimeline';
import type { Run } from './run';
import type { Series } from './series';

/** Copies a series into arrays, and only its new points when it has grown. */
export class GrowingCurve {
  private length = 0;
  private time: Float64Array;
  /** The same array as `time` until a restart parts the two: most runs have none, and save a column. */
  private step: Float64Array;
  private value: Float64Array;
  private line: Uint32Array;
  private readonly clock: Clock;
  private readonly ids: readonly number[];

  constructor(
    run: Run,
    private readonly series: Series,
  ) {
    const { length } = series.points;
    this.time = new Float64Array(length);
    this.step = this.time;
    this.value = new Float64Array(length);
    this.line = new Uint32Array(length);
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
    const isParted = this.step !== this.time;
    this.time = wide(this.time, points.length);
    this.step = isParted ? wide(this.step, points.length) : this.time;
    this.value = wide(this.value, points.length);
    this.line = wideLines(this.line, points.length);
    for (; this.length < points.length; this.length++) {
      const step = points.step(this.length);
      const line = points.line(this.length);
      const time = this.clock.time(step, line);
      if (time !== step && this.step === this.time) {
        this.step = this.time.slice();
      }
      this.time[this.length] = time;
      this.step[this.length] = step;
      this.line[this.length] = line;
      this.value[this.length] = points.value(this.length);
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

/** As {@link wide}, for line numbers. */
function wideLines(column: Uint32Array, length: number): Uint32Array {
  if (column.length >= length) {
    return column;
  }
  const wider = new Uint32Array(Math.max(length, column.length * 2));
  wider.set(column);
  return wider;
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
