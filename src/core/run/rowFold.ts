import type { Curve } from './factsTimeline';

/** Rows that take a rule about a millisecond. */
const ROWS_AT_ONCE = 8192;

interface Memory<State> {
  rows: number;
  readonly state: State;
}

/**
 * Something found out by one walk over the rows of a curve. When the curve has grown, only the rows that are new are
 * walked: the state is kept with the curve's origin, and is the same as after one walk over all rows.
 */
export class RowFold<State> {
  private readonly known = new WeakMap<object, Memory<State>>();

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
    const memory = this.memoryOf(curve);
    this.walk(memory, curve, curve.length);
    return memory.state;
  }

  /** Walks the rows that {@link of} would walk, and rests after every few. */
  *ahead(curve: Curve): Generator<void> {
    const memory = this.memoryOf(curve);
    while (memory.rows < curve.length) {
      this.walk(memory, curve, Math.min(curve.length, memory.rows + ROWS_AT_ONCE));
      yield;
    }
  }

  private memoryOf(curve: Curve): Memory<State> {
    const kept = this.known.get(curve.origin);
    const memory = kept === undefined || kept.rows > curve.length ? { rows: 0, state: this.start() } : kept;
    this.known.set(curve.origin, memory);
    return memory;
  }

  private walk(memory: Memory<State>, curve: Curve, end: number): void {
    for (; memory.rows < end; memory.rows++) {
      this.add(memory.state, curve, memory.rows);
    }
  }
}
