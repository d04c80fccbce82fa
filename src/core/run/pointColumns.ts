import type { Points } from './series';
import { type Column, LARGEST_CHUNK, OpenColumn, SharedColumns } from './sharedColumns';

/**
 * Points a chunk holds, by powers of two: growth costs one chunk, never a copy of the whole series, and at most an eighth
 * stays unused.
 */
const FIRST_CHUNK = 32;
interface Chunk {
  readonly start: number;
  readonly values: Float64Array;
  readonly steps: Column;
  readonly lines: Column;
  /** The steps instead of `steps`, once one of them was moved. */
  moved: Float64Array | null;
}

/** Steps and lines of rows that are added together. */
export interface Places {
  readonly steps: Float64Array;
  readonly lines: Float64Array;
  /** Spacing of the steps and lines, integers; NaN when they are not evenly spaced. */
  readonly stepBy: number;
  readonly lineBy: number;
}

/**
 * Growable columns behind {@link Points}: 8 bytes a point where steps and lines are evenly spaced or another series of
 * the same records has them too, 24 bytes at most.
 */
export class PointColumns implements Points {
  private readonly chunks: Chunk[] = [];
  private cursor = 0;
  /** The last chunk: points from `start`, with room up to `full`. */
  private start = 0;
  private full = 0;
  private used = 0;
  private values = new Float64Array(0);
  private readonly steps = new OpenColumn();
  private readonly lines = new OpenColumn();

  private readonly group: number;

  constructor(private readonly shared = new SharedColumns()) {
    this.group = shared.newGroup();
  }

  get length(): number {
    return this.used;
  }

  push(step: number, value: number, line: number): void {
    if (this.used === this.full) {
      this.open();
    }
    const at = this.used - this.start;
    const size = this.values.length;
    this.values[at] = value;
    this.steps.put(at, step, size);
    this.lines.put(at, line, size);
    this.used++;
  }

  /** Adds the point (steps[0], values[index]). Numbers in arrays, because a number passed on its own is boxed. */
  append(steps: Float64Array, values: Float64Array, index: number, line: number): void {
    this.push(steps[0]!, values[index]!, line);
  }

  /** Adds `count` points whose values are values[from + i * by]. */
  appendRows(places: Places, values: Float64Array, from: number, by: number, count: number): void {
    for (let row = 0; row < count; ) {
      if (this.used === this.full) {
        this.open();
      }
      const at = this.used - this.start;
      const taken = Math.min(count - row, this.full - this.used);
      this.place(this.steps, at, places.steps, places.stepBy, row, taken);
      this.place(this.lines, at, places.lines, places.lineBy, row, taken);
      const to = this.values;
      for (let index = 0; index < taken; index++) {
        to[at + index] = values[from + (row + index) * by]!;
      }
      row += taken;
      this.used += taken;
    }
  }

  private place(
    column: OpenColumn,
    at: number,
    numbers: Float64Array,
    by: number,
    row: number,
    count: number,
  ): void {
    if (!column.goOn(at, numbers[row]!, by, count)) {
      const size = this.values.length;
      for (let index = 0; index < count; index++) {
        column.put(at + index, numbers[row + index]!, size);
      }
    }
  }

  step(index: number): number {
    if (index >= this.start) {
      return index < this.used ? this.steps.at(index - this.start) : Number.NaN;
    }
    const chunk = this.chunkOf(index);
    return chunk === undefined ? Number.NaN : stepIn(chunk, index - chunk.start);
  }

  value(index: number): number {
    if (index >= this.start) {
      return index < this.used ? this.values[index - this.start]! : Number.NaN;
    }
    const chunk = this.chunkOf(index);
    return chunk === undefined ? Number.NaN : (chunk.values[index - chunk.start] ?? Number.NaN);
  }

  line(index: number): number {
    if (index >= this.start) {
      return index < this.used ? this.lines.at(index - this.start) : 0;
    }
    const chunk = this.chunkOf(index);
    return chunk === undefined ? 0 : at(chunk.lines, index - chunk.start);
  }

  /** Moves one point along the axis (used when the axis is only known after the record is complete). */
  setStep(index: number, step: number): void {
    if (index >= this.start) {
      if (index < this.used) {
        const all = this.steps.all ?? this.steps.spread(this.used - this.start, this.values.length);
        all[index - this.start] = step;
      }
      return;
    }
    const chunk = this.chunkOf(index);
    if (chunk !== undefined) {
      // In a column of its own: another series may hold the one so far.
      chunk.moved ??= Float64Array.from(chunk.values, (_, offset) => stepIn(chunk, offset));
      chunk.moved[index - chunk.start] = step;
    }
  }

  /** Replaces one value. */
  setValue(index: number, value: number): void {
    if (index >= this.start) {
      if (index < this.used) {
        this.values[index - this.start] = value;
      }
      return;
    }
    const chunk = this.chunkOf(index);
    if (chunk !== undefined) {
      chunk.values[index - chunk.start] = value;
    }
  }

  /** Closes the last chunk and makes room for more points. */
  private open(): void {
    let steps: Column | null = null;
    let lines: Column | null = null;
    if (this.used > 0) {
      steps = this.shared.ofSteps(this.steps);
      lines = this.shared.ofLines(this.lines);
      this.chunks.push({ start: this.start, values: this.values, steps, lines, moved: null });
    }
    const wanted = Math.min(LARGEST_CHUNK, Math.max(FIRST_CHUNK, powerBelow(this.used >> 3)));
    const size = this.shared.lengthOf(wanted, this.group, this.values.length);
    this.start = this.used;
    this.full = this.used + size;
    this.values = this.shared.room(size);
    this.steps.clear(steps);
    this.lines.clear(lines);
  }

  /** Readers walk forward, so the last chunk found is nearly always the right one. */
  private chunkOf(index: number): Chunk | undefined {
    if (index < 0) {
      return undefined;
    }
    const known = this.chunks[this.cursor];
    if (known !== undefined && index >= known.start && index < known.start + known.values.length) {
      return known;
    }
    let low = 0;
    let high = this.chunks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.chunks[middle]!.start <= index) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    this.cursor = low;
    return this.chunks[low];
  }
}

/** The largest power of two that is not above; 0 for 0. */
function powerBelow(size: number): number {
  return size === 0 ? 0 : 2 ** (31 - Math.clz32(size));
}

function stepIn(chunk: Chunk, offset: number): number {
  return chunk.moved === null ? at(chunk.steps, offset) : chunk.moved[offset]!;
}

function at(column: Column, index: number): number {
  return column.all === null ? column.first + index * column.by : column.all[index]!;
}
