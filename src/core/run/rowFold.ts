import type { Curve } from './factsTimeline';

/**
 * Something found out by one walk over the rows of a curve. When the curve has grown, only the rows that are new are
 * walked: the state is kept with the curve's origin, and is the same as after one walk over all rows.
 */
export class RowFold<State> {
  private readonly known = new WeakMap<object, { rows: number; readonly state: State }>();

  /**
   * @param start the state before the first row
   * @param add takes one row into the state; may read the curve up to that row, nothing else
   */
  constructor(
    private readonly start: () => State,
    private readonly add: (state: State, curve: Curve, row: number) => void,
  ) {}

  /** The state after all rows of a curve. Not to be changed. */
  of(curve: Curve): State {
    const kept = this.known.get(curve.origin);
    const memory = kept === undefined || kept.rows > curve.length ? { rows: 0, state: this.start() } : kept;
    for (; memory.rows < curve.length; memory.rows++) {
      this.add(memory.state, curve, memory.rows);
    }
    this.known.set(curve.origin, memory);
    return memory.state;
  }
}
