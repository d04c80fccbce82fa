import type { Curve } from './factsTimeline';
import { GrowingCurve, wide } from './growingCurve';
import type { Run } from './run';
import type { Series } from './series';

/**
 * Norm of the whole model, summed from its layers: one row for each point of the layer that has most, the root of the sum
 * of squares at its time.
 */
export class GrowingTotal {
  private readonly clock: GrowingCurve;
  private rows: Curve;
  private squares: Float64Array = new Float64Array(0);
  private counts: Float64Array = new Float64Array(0);
  private norms: Float64Array = new Float64Array(0);
  /** Rows from here on have changed since they were last asked for. */
  private changedFrom = 0;
  private shown = 0;
  private origin: object = {};
  private readonly ids: readonly number[];

  constructor(
    run: Run,
    private readonly longest: Series,
    private readonly layers: readonly Series[],
  ) {
    this.ids = layers.map(({ id }) => id);
    this.clock = new GrowingCurve(run, longest);
    this.rows = this.clock.now();
  }

  /** Every row, also a last one that is not complete. */
  get clockRows(): Curve {
    return this.rows;
  }

  /** True when it sums these layers along this one. */
  sums(longest: Series, layers: readonly Series[]): boolean {
    return (
      longest === this.longest &&
      layers.length === this.layers.length &&
      layers.every((layer, at) => layer === this.layers[at])
    );
  }

  get length(): number {
    return this.rows.length;
  }

  timeAt(row: number): number {
    return this.rows.time[row] ?? Number.NaN;
  }

  /** Takes in the rows that are new. */
  extend(): void {
    this.rows = this.clock.now();
    this.squares = wide(this.squares, this.length);
    this.counts = wide(this.counts, this.length);
    this.norms = wide(this.norms, this.length);
  }

  add(row: number, square: number): void {
    this.squares[row] = (this.squares[row] ?? 0) + square;
    this.counts[row] = (this.counts[row] ?? 0) + 1;
    this.changedFrom = Math.min(this.changedFrom, row);
  }

  /**
   * The norm as it is now. A last row that fewer layers have reached than the one before is left out: its sum would be
   * too small, and grow when the rest of its record arrives.
   */
  now(): Curve {
    const { rows } = this;
    const last = rows.length - 1;
    const isPartial = last > 0 && (this.counts[last] ?? 0) < (this.counts[last - 1] ?? 0);
    const length = isPartial ? last : rows.length;
    if (this.changedFrom < this.shown) {
      // What was found out of the rows before no longer holds.
      this.origin = {};
    }
    for (let row = this.changedFrom; row < length; row++) {
      this.norms[row] = Math.sqrt(this.squares[row] ?? 0);
    }
    this.changedFrom = length;
    this.shown = length;
    return {
      length,
      time: rows.time.subarray(0, length),
      step: rows.step.subarray(0, length),
      value: this.norms.subarray(0, length),
      lineAt: rows.lineAt,
      series: this.ids,
      origin: this.origin,
    };
  }
}
