import type { Split } from '../../run/series';
import type { Key } from '../keyTable';
import { CR, isDigit, LF } from './bytes';
import { FRACTION, NAMED, type NumberScanner, WHOLE } from './number';

/** Scanners of JSON and tables take every number alike. */
const ANY = -1;

/** What may differ between two lines of one shape: a number, or digits whose count is the same (a time of day). */
export interface Slot {
  readonly from: number;
  readonly to: number;
  /** Index of the field that gets the number; -1 for a number that is passed over, -2 for digits. */
  readonly field: number;
}
export const PASSED = -1;
export const DIGITS = -2;

/** Numbers kept for a part of a line: where its words end, the bytes behind them and which of their bits count, … */
const PART = 8;
const WORDS_END = 0;
const REST = 1;
const MASK = 3;
const REST_LENGTH = 5;
/** … then the field that follows, and how its number was written, or how many digits it has. */
const FIELD = 6;
const KIND = 7;

/** What a line of this shape says beside its numbers. */
export interface LineMeaning {
  /** Keys of the fields, in the order they were found. */
  readonly keys: (Key | null)[];
  /** Which of them are a step or an epoch. */
  readonly places: readonly number[];
  /** Of all keys together, and how many of them are metrics. */
  readonly flags: number;
  readonly metrics: number;
  readonly split: Split;
  /** Steps of an epoch, as printed on the line; NaN without. */
  readonly total: number;
  readonly within: boolean;
  /** State of the scanner that decides how the line is read; it must be the same for the shape to hold. */
  readonly mode: number;
  /** What the parser that learned the shape wants to know of it. */
  readonly note: number;
}

/**
 * The shape of a line that was read: the bytes between its numbers, and where the numbers go. Most lines of a log have the
 * shape of an earlier one; their numbers are found by comparing bytes, and nothing has to be understood again.
 */
export class LineShape {
  /** Shapes that followed this one: the last time, and before that. */
  next: LineShape | null = null;
  other: LineShape | null = null;
  /**
   * Bytes between the numbers, eight at a time, as doubles: what compares equal is the same, as a line holds no NUL bytes
   * (0 and -0), and what looks like a NaN is only read the long way.
   */
  private readonly words: Float64Array;
  /** For each slot and for the end of the line, {@link PART} numbers: what stands before it, and what it is. */
  private readonly parts: Int32Array;
  private readonly count: number;

  /**
   * @param slots in the order of the line, not overlapping
   * @param strict numbers must be written as on this line: whole, with a fraction, or `nan`
   */
  constructor(
    bytes: Uint8Array,
    start: number,
    end: number,
    slots: readonly Slot[],
    strict: boolean,
    readonly meaning: LineMeaning,
  ) {
    const count = slots.length;
    this.count = count;
    this.parts = new Int32Array((count + 1) * PART);
    const words: number[] = [];
    const word = new DataView(new ArrayBuffer(8));
    for (let part = 0, at = start; part <= count; part++) {
      const slot = slots[part];
      const to = slot?.from ?? end;
      for (; at + 8 <= to; at += 8) {
        for (let byte = 0; byte < 8; byte++) {
          word.setUint8(byte, bytes[at + byte]!);
        }
        words.push(word.getFloat64(0, true));
      }
      const base = part * PART;
      this.parts[base + WORDS_END] = words.length;
      this.parts[base + REST_LENGTH] = to - at;
      for (let place = 0; at < to; at++, place++) {
        const half = base + (place >> 2);
        const shift = (place & 3) * 8;
        this.parts[half + REST]! |= bytes[at]! << shift;
        this.parts[half + MASK]! |= 255 << shift;
      }
      if (slot !== undefined) {
        const { from, field } = slot;
        this.parts[base + FIELD] = field === PASSED ? meaning.keys.length : field;
        this.parts[base + KIND] =
          field === DIGITS ? slot.to - from : strict ? kindOf(bytes, from, slot.to) : ANY;
        at = slot.to;
      }
    }
    this.words = Float64Array.from(words);
  }

  /** Bytes it takes to keep, about. */
  get size(): number {
    return 8 * this.words.length + 4 * this.parts.length + 8 * this.meaning.keys.length;
  }

  /**
   * Compares the line that starts at `at`, and leaves its numbers in `values`, which must have room for one more number
   * than the shape has fields.
   * @returns the offset of the line's end (LF, or CR and LF); -1 when the line has another shape.
   */
  match(bytes: Uint8Array, at: number, end: number, number: NumberScanner, values: Float64Array): number {
    const view = number.viewOf(bytes);
    // Words are compared beyond the end as well, as long as the buffer goes on: the end is looked at last.
    const limit = view.byteLength - 8;
    const { words, parts } = this;
    const last = this.count * PART;
    let word = 0;
    for (let part = 0; ; part += PART) {
      const stop = parts[part]!;
      if (at + ((stop - word) << 3) > limit) {
        return -1;
      }
      for (; word < stop; word++, at += 8) {
        if (view.getFloat64(at, true) !== words[word]) {
          return -1;
        }
      }
      const low = (view.getInt32(at, true) ^ parts[part + REST]!) & parts[part + MASK]!;
      const high = (view.getInt32(at + 4, true) ^ parts[part + REST + 1]!) & parts[part + MASK + 1]!;
      if ((low | high) !== 0) {
        return -1;
      }
      at += parts[part + REST_LENGTH]!;
      if (part === last) {
        break;
      }
      const field = parts[part + FIELD]!;
      const kind = parts[part + KIND]!;
      if (field === DIGITS) {
        for (const after = at + kind; at < after; at++) {
          if (!isDigit(bytes[at])) {
            return -1;
          }
        }
        continue;
      }
      at = number.scan(bytes, at, end);
      if (at < 0 || (kind !== ANY && kind !== number.kind)) {
        return -1;
      }
      values[field] = number.result[0]!;
    }
    if (at < end && bytes[at] === LF) {
      return at;
    }
    return at + 1 < end && bytes[at] === CR && bytes[at + 1] === LF ? at : -1;
  }

  /** The same bytes, slots and meaning. */
  equals(shape: LineShape): boolean {
    const { keys, split, total, within, mode, note } = this.meaning;
    const other = shape.meaning;
    return (
      same(this.words, shape.words) &&
      same(this.parts, shape.parts) &&
      same(keys, other.keys) &&
      split === other.split &&
      Object.is(total, other.total) &&
      within === other.within &&
      mode === other.mode &&
      note === other.note
    );
  }

  get hash(): number {
    let hash = this.count;
    for (const part of [new Int32Array(this.words.buffer), this.parts]) {
      for (const item of part) {
        hash = Math.imul(hash ^ item, 0x01000193);
      }
    }
    return hash ^ (hash >>> 15);
  }
}

function kindOf(bytes: Uint8Array, from: number, to: number): number {
  let kind = WHOLE;
  for (let at = from; at < to; at++) {
    const byte = bytes[at]! | 32;
    if (byte === 110) {
      return NAMED;
    }
    kind = byte === 46 || byte === 101 ? FRACTION : kind;
  }
  return kind;
}

function same(one: ArrayLike<unknown>, other: ArrayLike<unknown>): boolean {
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
