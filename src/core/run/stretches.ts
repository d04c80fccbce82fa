import { RowFold } from './rowFold';

/** A stretch of rows; `to` is exclusive. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Rows marked one after the other, kept as stretches: counts and places are found without walking the rows. */
export class Stretches {
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];
  /** Marked rows before each stretch. */
  private readonly before: number[] = [];
  private longestAt = -1;

  /** Marked rows. */
  total = 0;

  /** Marks a row; rows come in ascending order. */
  mark(row: number): void {
    let last = this.starts.length - 1;
    if (last < 0 || this.ends[last] !== row) {
      this.starts.push(row);
      this.ends.push(row);
      this.before.push(this.total);
      last++;
    }
    this.ends[last] = row + 1;
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
    return this.at(this.starts.length - 1);
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
    return stretch === null ? 0 : (this.before[at] ?? 0) + Math.min(row, stretch.to) - stretch.from;
  }

  /** The row that is not marked and has `rank` others of its kind before it. */
  unmarked(rank: number): number {
    let low = 0;
    let high = this.starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.starts[middle] ?? 0) - (this.before[middle] ?? 0) <= rank) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return rank + (low === 0 ? 0 : (this.before[low - 1] ?? 0) + this.lengthAt(low - 1));
  }

  private lengthAt(at: number): number {
    return (this.ends[at] ?? 0) - (this.starts[at] ?? 0);
  }

  private at(at: number): Stretch | null {
    const from = this.starts[at];
    return from === undefined ? null : { from, to: this.ends[at] ?? from };
  }

  private lastStartingAtOrBefore(row: number): number {
    let low = 0;
    let high = this.starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.starts[middle] ?? 0) <= row) {
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
