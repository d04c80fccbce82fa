import { CR, LF } from './bytes';
import type { LineMeaning } from './lineShape';
import { fourDigits, type NumberScanner } from './number';

/** `0.123456` and the delimiter behind it, as tables print most numbers. */
const SHORT_CELL = 9;

/** A column of numbers that are no part of the record. */
export const NO_FIELD = -1;

/** A row of a table that is all numbers, one byte apart: the others are read by their bytes, with nothing to understand. */
export class TableRow {
  private readonly fields: Int32Array;

  /**
   * @param fields where the number of each column goes; {@link NO_FIELD} where it goes nowhere
   * @param delimiter between two cells
   * @param meaning of the row
   */
  constructor(
    fields: readonly number[],
    private readonly delimiter: number,
    readonly meaning: LineMeaning,
  ) {
    this.fields = new Int32Array(fields.length);
    for (let column = 0; column < fields.length; column++) {
      const field = fields[column]!;
      this.fields[column] = field === NO_FIELD ? meaning.keys.length : field;
    }
  }

  get columns(): number {
    return this.fields.length;
  }

  /**
   * Reads the row that starts at `at`, and leaves its numbers in `values`, which must have room for one more number than
   * the row has fields.
   * @returns the offset of the line's end (LF, or CR and LF); -1 when the row is another
   */
  match(bytes: Uint8Array, at: number, end: number, number: NumberScanner, values: Float64Array): number {
    const view = number.viewOf(bytes);
    const { fields, delimiter } = this;
    const last = fields.length - 1;
    const limit = end - SHORT_CELL;
    for (let column = 0; ; column++) {
      if (at <= limit && column < last) {
        const head = view.getInt32(at, true) ^ 0x30302e30;
        const next = view.getInt32(at + 4, true) ^ 0x30303030;
        if (
          (((head + 0x76767f76) | head | ((next + 0x76767676) | next)) & 0x80808080) === 0 &&
          bytes[at + 8] === delimiter
        ) {
          values[fields[column]!] =
            (((head & 255) * 100 + ((head >>> 16) & 255) * 10 + (head >>> 24)) * 10000 + fourDigits(next)) /
            1e6;
          at += SHORT_CELL;
          continue;
        }
      }
      at = number.scan(bytes, at, end);
      if (at < 0) {
        return -1;
      }
      values[fields[column]!] = number.result[0]!;
      if (column === last) {
        break;
      }
      if (bytes[at++] !== delimiter) {
        return -1;
      }
    }
    if (at < end && bytes[at] === LF) {
      return at;
    }
    return at + 1 < end && bytes[at] === CR && bytes[at + 1] === LF ? at : -1;
  }
}
