import { RowFold } from './rowFold';

/** A stretch of rows; `to` is exclusive. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Numbers of each stretch: its first row, the row behind its last, and how many rows are marked before it. */
const START = 0;
const END = 1;
const BEFORE = 2;
const WIDTH = 3;
const FIRST_ROOM = 8;

/** Rows marked one after the other, kept as stretches: counts and places are found without walking the rows. */
export class Stretches {
  /** {@link WIDTH} numbers a stretch, without a gap: where every other row is marked there are millions. */
  private table = new Uint32Array(0);
  private count = 0;
  private longestAt = -1;

  /** Marked rows. */
  total = 0;

  /** Marks a row; rows come in ascending order. */
  mark(row: number): void {
    let last = this.count - 1;
    if (last < 0 || this.get(last, END) !== row) {
      last = this.open(row);
    }
    this.table[last * WIDTH + END] = row + 1;
    this.total++;
    const longest = this.longestAt < 0 ? 0 : this.lengthAt(this.longestAt);
    if (this.lengthAt(last) > longest) {
      this.longestAt = last;
    }
  }

  get first(): Stretch | null {
    return this.at(0);
  }

  get last(): Stretch | null {
    return this.at(this.count - 1);
  }

  /** The first of the longest. */
  get longest(): Stretch | null {
    return this.at(this.longestAt);
  }

  /** The stretch a row is in; null when it is not marked. */
  around(row: number): Stretch | null {
    const stretch = this.at(this.lastStartingAtOrBefore(row));
    return stretch !== null && row < stretch.to ? stretch : null;
  }

  /** Marked rows before a row. */
  countBefore(row: number): number {
    const at = this.lastStartingAtOrBefore(row - 1);
    const stretch = this.at(at);
    return stretch === null ? 0 : this.get(at, BEFORE) + Math.min(row, stretch.to) - stretch.from;
  }

  /** The row that is not marked and has `rank` others of its kind before it. */
  unmarked(rank: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.get(middle, START) - this.get(middle, BEFORE) <= rank) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return rank + (low === 0 ? 0 : this.get(low - 1, BEFORE) + this.lengthAt(low - 1));
  }

  private lengthAt(at: number): number {
    return this.get(at, END) - this.get(at, START);
  }

  private at(at: number): Stretch | null {
    return at < 0 || at >= this.count ? null : { from: this.get(at, START), to: this.get(at, END) };
  }

  private get(at: number, part: number): number {
    return this.table[at * WIDTH + part] ?? 0;
  }

  private open(row: number): number {
    const at = this.count * WIDTH;
    if (at === this.table.length) {
      const wider = new Uint32Array(Math.max(FIRST_ROOM * WIDTH, this.table.length * 2));
      wider.set(this.table);
      this.table = wider;
    }
    this.table[at + START] = row;
    this.table[at + BEFORE] = this.total;
    return this.count++;
  }

  private lastStartingAtOrBefore(row: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.get(middle, START) <= row) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }
}

/** Rows whose value is NaN or infinite. */
export const nonFiniteRows = new RowFold(
  () => new Stretches(),
  (rows, { value }, row) => {
    if (!Number.isFinite(value[row])) {
      rows.mark(row);
    }
  },
);

/** Rows whose value is exactly 0. */
export const zeroRows = new RowFold(
  () => new Stretches(),
  (rows, { value }, row) => {
    if (value[row] === 0) {
      rows.mark(row);
    }
  },
);

/** Rows that stand at the time of the row before. */
export const repeatedTimes = new RowFold(
  () => new Stretches(),
  (rows, { time }, row) => {
    if (row > 0 && time[row] === time[row - 1]) {
      rows.mark(row);
    }
  },
);

/** Largest value (-Infinity when there is none) and whether any is NaN. */
export const highestValue = new RowFold(
  () => ({ highest: Number.NEGATIVE_INFINITY, hasNaN: false }),
  (state, { value }, row) => {
    const here = value[row] ?? Number.NaN;
    state.highest = Math.max(here, state.highest);
    state.hasNaN ||= Number.isNaN(here);
  },
);

/** Whether all values so far equal the first. */
export const sameThroughout = new RowFold(
  () => ({ same: true }),
  (state, { value }, row) => {
    state.same &&= value[row] === value[0];
  },
);
