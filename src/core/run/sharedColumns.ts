/** Columns that several series of the same records share, full ones and those that still grow. */

/** Points that the longest chunk of a series holds. */
export const LARGEST_CHUNK = 16384;
/** Numbers that are allocated at once: a buffer of its own costs more than a short column. */
const FIRST_SLAB = 4096;
/**
 * Numbers between long chunks. Series grow side by side: were their ends whole pages apart, all of them would compete for
 * the same few lines of a processor's cache.
 */
const STAGGER = 24;
const LONG_CHUNK = 512;
/** Series whose chunks begin together: they share columns, and fill a slab of the largest chunks. */
const GROUP = 8;
/** Eight of the largest chunks, or 16 or 32 of the next smaller ones. */
const LARGEST_SLAB = GROUP * (LARGEST_CHUNK + 4 * STAGGER);
/**
 * Chunks of a group begin some rows before those of the next. Were all to begin at one row, that row would take as long as
 * the system needs to clear a megabyte for every group, or to make ten thousand chunks.
 */
const GROUPS_APART = 32;

/** A column that is full. Where its numbers are evenly spaced, the first and the spacing are all that is kept. */
export interface Column {
  readonly first: number;
  readonly by: number;
  /** The numbers themselves; null when they are `first + index * by`, to the last bit. */
  readonly all: Float64Array | null;
}

/**
 * What several series hold together: the memory their columns are cut from, and columns that are the same. Numbers of one
 * record stand at the same steps and on the same lines, so what a series is about to keep is mostly what another has kept
 * just before.
 */
export class SharedColumns {
  private steps: Column | null = null;
  private lines: Column | null = null;
  private slab = new Float64Array(0);
  private used = 0;
  private members = 0;

  /** Room for so many values. */
  room(size: number): Float64Array<ArrayBuffer> {
    if (this.slab.length - this.used < size) {
      this.slab = new Float64Array(
        Math.max(size, Math.min(LARGEST_SLAB, Math.max(FIRST_SLAB, this.slab.length * 2))),
      );
      this.used = 0;
    }
    const from = this.used;
    this.used += size < LONG_CHUNK ? size : size + STAGGER;
    return this.slab.subarray(from, from + size);
  }

  /** The group of a series that is made now. */
  newGroup(): number {
    return Math.floor(this.members++ / GROUP) % GROUPS_APART;
  }

  /**
   * Length of a chunk that would have `size` points.
   * @param group of the series
   * @param before length of the chunk before
   */
  lengthOf(size: number, group: number, before: number): number {
    // Half of a chunk, and half of every larger one: together the groups are as far apart as a chunk allows.
    return before * 2 > size ? size : size - Math.floor((group * size) / 2 / GROUPS_APART);
  }

  /** @returns a column of these steps that nobody writes to. */
  ofSteps(steps: OpenColumn): Column {
    this.steps = this.steps !== null && isSame(this.steps, steps) ? this.steps : closed(steps);
    return this.steps;
  }

  ofLines(lines: OpenColumn): Column {
    this.lines = this.lines !== null && isSame(this.lines, lines) ? this.lines : closed(lines);
    return this.lines;
  }
}

function closed({ first, by, all }: OpenColumn): Column {
  return { first, by, all };
}

function isSame(one: Column, other: OpenColumn): boolean {
  if (one.all === null || other.all === null) {
    return one.all === other.all && one.first === other.first && one.by === other.by;
  }
  return areSame(one.all, other.all);
}

/** The steps or lines of a chunk that still grows. */
export class OpenColumn {
  first = 0;
  by = 0;
  /** Null while the numbers so far are `first + index * by`. */
  all: Float64Array | null = null;
  /** What was written out in vain, as another series had kept the same: room for the next chunk of that size. */
  private spare: Float64Array | null = null;

  /** Starts a new chunk. @param kept the last one, as it is held from now on */
  clear(kept: Column | null): void {
    this.spare = this.all === kept?.all ? null : this.all;
    this.first = 0;
    this.by = 0;
    this.all = null;
  }

  at(index: number): number {
    return this.all === null ? this.first + index * this.by : this.all[index]!;
  }

  /** Sets the number behind the first `index`. @param size of the chunk */
  put(index: number, value: number, size: number): void {
    if (this.all === null) {
      if (index === 0) {
        this.first = value;
        return;
      }
      if (index === 1) {
        const by = value - this.first;
        this.by = Number.isFinite(by) ? by : 0;
      }
      if (this.first + index * this.by === value) {
        return;
      }
      this.spread(index, size);
    }
    this.all![index] = value;
  }

  /** Takes `count` numbers from `first` on, `by` apart, behind the first `index`; false when they do not go on so. */
  goOn(index: number, first: number, by: number, count: number): boolean {
    if (this.all !== null || Number.isNaN(by)) {
      return false;
    }
    if (index === 0) {
      this.first = first;
      this.by = count > 1 ? by : 0;
      return true;
    }
    const mine = index === 1 ? first - this.first : this.by;
    if (
      !Number.isSafeInteger(this.first) ||
      this.first + index * mine !== first ||
      (count > 1 && mine !== by)
    ) {
      return false;
    }
    this.by = mine;
    return true;
  }

  /** Writes the numbers so far out. */
  spread(count: number, size: number): Float64Array {
    const all = this.spare?.length === size ? this.spare : new Float64Array(size);
    this.spare = null;
    for (let index = 0; index < count; index++) {
      all[index] = this.first + index * this.by;
    }
    this.all = all;
    return all;
  }
}

function areSame(one: Float64Array, other: Float64Array): boolean {
  if (one.length !== other.length) {
    return false;
  }
  for (let index = 0; index < one.length; index++) {
    if (one[index] !== other[index]) {
      return false;
    }
  }
  return true;
}
