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
  /** Bytes between the numbers, four at a time (little endian). */
  private readonly words: Int32Array;
  /** For each slot and for the end of the line: the index behind its last whole word. */
  private readonly wordsEnd: Int32Array;
  /** The one to three bytes behind the words, and which bits of them count. */
  private readonly rest: Int32Array;
  private readonly mask: Int32Array;
  private readonly restLength: Uint8Array;
  private readonly fields: Int32Array;
  /** How the number was written, or how many digits. */
  private readonly kinds: Int32Array;
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
    this.fields = Int32Array.from(slots, ({ field }) => (field === PASSED ? meaning.keys.length : field));
    this.kinds = Int32Array.from(slots, ({ from, to, field }) =>
      field === DIGITS ? to - from : strict ? kindOf(bytes, from, to) : ANY,
    );
    this.wordsEnd = new Int32Array(count + 1);
    this.rest = new Int32Array(count + 1);
    this.mask = new Int32Array(count + 1);
    this.restLength = new Uint8Array(count + 1);
    const words: number[] = [];
    for (let part = 0, at = start; part <= count; part++) {
      const to = slots[part]?.from ?? end;
      for (; at + 4 <= to; at += 4) {
        words.push(bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24));
      }
      this.wordsEnd[part] = words.length;
      this.restLength[part] = to - at;
      for (let shift = 0; at < to; at++, shift += 8) {
        this.rest[part]! |= bytes[at]! << shift;
        this.mask[part]! |= 255 << shift;
      }
      at = slots[part]?.to ?? end;
    }
    this.words = Int32Array.from(words);
  }

  /** Bytes it takes to keep, about. */
  get size(): number {
    return 4 * this.words.length + 21 * (this.count + 1) + 8 * this.meaning.keys.length;
  }

  /**
   * Compares the line that starts at `at`, and leaves its numbers in `values`, which must have room for one more number
   * than the shape has fields.
   * @returns the offset of the line's end (LF, or CR and LF); -1 when the line has another shape.
   */
  match(bytes: Uint8Array, at: number, end: number, number: NumberScanner, values: Float64Array): number {
    const view = number.viewOf(bytes);
    // Words are compared beyond the end as well, as long as the buffer goes on: the end is looked at last.
    const limit = view.byteLength - 4;
    const { words, wordsEnd, rest, mask, restLength, fields, kinds, count } = this;
    let word = 0;
    for (let part = 0; part <= count; part++) {
      const stop = wordsEnd[part]!;
      if (at + ((stop - word) << 2) > limit) {
        return -1;
      }
      for (; word < stop; word++, at += 4) {
        if (view.getInt32(at, true) !== words[word]) {
          return -1;
        }
      }
      if (((view.getInt32(at, true) ^ rest[part]!) & mask[part]!) !== 0) {
        return -1;
      }
      at += restLength[part]!;
      if (part === count) {
        break;
      }
      const field = fields[part]!;
      const kind = kinds[part]!;
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
      same(this.wordsEnd, shape.wordsEnd) &&
      same(this.rest, shape.rest) &&
      same(this.restLength, shape.restLength) &&
      same(this.fields, shape.fields) &&
      same(this.kinds, shape.kinds) &&
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
    for (const part of [this.words, this.rest, this.restLength]) {
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
