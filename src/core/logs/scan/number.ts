import { DOT, isDigit, MINUS, NINE, PLUS, textOf, ZERO } from './bytes';
import { Decimal, EXACT_POWERS } from './decimal';

/** Up to here, one or four more digits fit into an integer that a double holds exactly (2^53). */
const ROOM_FOR_ONE = 900719925474098;
const ROOM_FOR_FOUR = 900719925473;
/** Digits behind those that still keep the arithmetic exact. */
const MOST_LOW_DIGITS = 5;

/** Bytes that are looked at to read a short number at once. */
const SHORT_REACH = 9;
const LETTER_E = 101;

/** How a number was written. */
export const WHOLE = 0;
export const FRACTION = 1;
/** `nan` or `inf`. */
export const NAMED = 2;

/** A number and where it stands; `from` is -1 when the text there is not simply the number. */
export interface NumberRead {
  readonly value: number;
  readonly from: number;
  readonly to: number;
  readonly kind: number;
}

/**
 * Reads decimal numbers straight from bytes. The value always equals `Number()` of the same text, to the last bit:
 * digits below 2^53 with a small exponent are one exact operation; up to five digits more, or a large exponent, go
 * through double-double arithmetic with a rounding test (Ziv); whatever fails the test is left to `Number()`.
 */
export class NumberScanner {
  /** The value found last, in an array because a number field would be boxed at every store. */
  readonly result = new Float64Array(1);
  private readonly decimal = new Decimal();
  private seen: Uint8Array | null = null;
  private seenView: DataView = new DataView(new ArrayBuffer(0));
  /** {@link WHOLE} and the others. */
  kind = WHOLE;
  /** Where the number begins that was found last; -1 when its value was set, not read. */
  from = -1;
  to = -1;

  /** The last number was written without fraction and exponent. */
  get whole(): boolean {
    return this.kind === WHOLE;
  }

  /** Value found by the last successful {@link scan}. */
  get value(): number {
    return this.result[0]!;
  }

  set value(value: number) {
    this.result[0] = value;
    this.from = -1;
  }

  /** The number found last, to be put back after others were read. */
  get last(): NumberRead {
    return { value: this.value, from: this.from, to: this.to, kind: this.kind };
  }

  set last({ value, from, to, kind }: NumberRead) {
    this.result[0] = value;
    this.from = from;
    this.to = to;
    this.kind = kind;
  }

  /** The same bytes for access to words; kept, because mostly the same array is asked about. */
  viewOf(bytes: Uint8Array): DataView {
    if (bytes !== this.seen) {
      this.seen = bytes;
      this.seenView = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    return this.seenView;
  }

  /**
   * Reads the number that starts at `at`: `-12`, `.5`, `1e-7`, `nan`, `Infinity`, with an optional sign.
   * @returns the offset after it, or -1 when no number starts there.
   */
  scan(bytes: Uint8Array, at: number, end: number): number {
    const start = at;
    const view = this.viewOf(bytes);
    let negative = false;
    let digits = 0;
    let point = -1;
    let kind = WHOLE;
    let byte = 0;
    if (at + SHORT_REACH <= end) {
      // "0.12" and more: a digit, the point, two digits, in one word.
      const head = view.getInt32(at, true) ^ 0x30302e30;
      if ((((head + 0x76767f76) | head) & 0x80808080) === 0) {
        const next = view.getInt32(at + 4, true) ^ 0x30303030;
        const others = ((next + 0x76767676) | next) & 0x80808080;
        digits = (head & 255) * 100 + ((head >>> 16) & 255) * 10 + (head >>> 24);
        point = start + 2;
        kind = FRACTION;
        if (others === 0) {
          digits = digits * 10000 + fourDigits(next);
          at = start + 8;
          byte = bytes[at]!;
          if ((byte < ZERO || byte > NINE) && (byte | 32) !== LETTER_E) {
            this.result[0] = digits / 1e6;
            this.kind = FRACTION;
            this.from = start;
            this.to = at;
            return at;
          }
        } else {
          // The lowest byte that is no digit tells how many there are: carries go upwards only.
          const count = (31 - Math.clz32(others & -others)) >> 3;
          if (count > 0) {
            digits = digits * EXACT_POWERS[count]! + fourDigits(next << (32 - 8 * count));
          }
          at = start + 4 + count;
          if ((bytes[at]! | 32) !== LETTER_E) {
            this.result[0] = digits / EXACT_POWERS[at - point]!;
            this.kind = FRACTION;
            this.from = start;
            this.to = at;
            return at;
          }
        }
      }
    }
    if (point < 0) {
      byte = at < end ? bytes[at]! : 0;
      if (byte === MINUS || byte === PLUS) {
        negative = byte === MINUS;
        at++;
        byte = at < end ? bytes[at]! : 0;
      }
      if ((byte > NINE || byte < ZERO) && byte !== DOT) {
        return this.scanWord(bytes, start, at, end, negative);
      }
      const first = at;
      while (byte >= ZERO && byte <= NINE && digits <= ROOM_FOR_ONE) {
        digits = digits * 10 + (byte - ZERO);
        at++;
        byte = at < end ? bytes[at]! : 0;
      }
      if (byte === DOT) {
        point = ++at;
        kind = FRACTION;
        if (at === first + 1 && !(at < end && isDigit(bytes[at]))) {
          return -1;
        }
      }
    }
    if (point > 0) {
      while (at + 4 <= end && digits <= ROOM_FOR_FOUR) {
        const word = view.getInt32(at, true) ^ 0x30303030;
        if ((((word + 0x76767676) | word) & 0x80808080) !== 0) {
          break;
        }
        digits = digits * 10000 + fourDigits(word);
        at += 4;
      }
      byte = at < end ? bytes[at]! : 0;
      while (byte >= ZERO && byte <= NINE && digits <= ROOM_FOR_ONE) {
        digits = digits * 10 + (byte - ZERO);
        at++;
        byte = at < end ? bytes[at]! : 0;
      }
    }
    // What does not fit: up to five digits more of a fraction, exactly; the rest is for `Number()`.
    let low = 0;
    let lowDigits = 0;
    let tooLong = false;
    if (byte >= ZERO && byte <= NINE) {
      while (byte >= ZERO && byte <= NINE && lowDigits < MOST_LOW_DIGITS) {
        low = low * 10 + (byte - ZERO);
        lowDigits++;
        at++;
        byte = at < end ? bytes[at]! : 0;
      }
      tooLong = kind === WHOLE || (byte >= ZERO && byte <= NINE);
      while ((byte >= ZERO && byte <= NINE) || (byte === DOT && kind === WHOLE)) {
        kind = byte === DOT ? FRACTION : kind;
        at++;
        byte = at < end ? bytes[at]! : 0;
      }
    }
    let exponent = point > 0 ? point - at : 0;
    if ((byte | 32) === LETTER_E) {
      let from = at + 1;
      let down = false;
      if (from < end && (bytes[from] === MINUS || bytes[from] === PLUS)) {
        down = bytes[from] === MINUS;
        from++;
      }
      if (from < end && isDigit(bytes[from])) {
        let size = 0;
        for (; from < end && isDigit(bytes[from]); from++) {
          if (size < 100000) {
            size = size * 10 + bytes[from]! - ZERO;
          }
        }
        exponent += down ? -size : size;
        at = from;
        kind = FRACTION;
      }
    }
    let value: number;
    if (lowDigits === 0 && exponent >= -22 && exponent <= 22 && !tooLong) {
      value = exponent < 0 ? digits / EXACT_POWERS[-exponent]! : digits * EXACT_POWERS[exponent]!;
    } else if (!tooLong && this.isScaled(digits, low, lowDigits, exponent)) {
      value = this.decimal.result[0]!;
    } else {
      value = Math.abs(Number(textOf(bytes, start, at)));
    }
    this.kind = kind;
    this.result[0] = negative ? -value : value;
    this.from = start;
    this.to = at;
    return at;
  }

  private isScaled(digits: number, low: number, lowDigits: number, exponent: number): boolean {
    if (lowDigits > 0) {
      this.decimal.join(digits, low, lowDigits);
    } else {
      this.decimal.set(digits);
    }
    return this.decimal.scale(exponent);
  }

  /** `nan`, `inf`, `infinity` in any case, not followed by a letter. */
  private scanWord(bytes: Uint8Array, start: number, at: number, end: number, negative: boolean): number {
    const first = at < end ? bytes[at]! | 32 : 0;
    if (first === 110) {
      if (matchesWord(bytes, at, end, 'nan')) {
        this.last = { value: Number.NaN, from: start, to: at + 3, kind: NAMED };
        return at + 3;
      }
    } else if (first === 105) {
      const length = matchesWord(bytes, at, end, 'infinity') ? 8 : matchesWord(bytes, at, end, 'inf') ? 3 : 0;
      if (length > 0) {
        const value = negative ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
        this.last = { value, from: start, to: at + length, kind: NAMED };
        return at + length;
      }
    }
    return -1;
  }
}

/** The number of four digits, the first in the lowest byte (simdjson's parse_number, in 32 bits). @param word of 0 … 9 */
export function fourDigits(word: number): number {
  const pairs = (word * 10 + (word >>> 8)) & 0x00ff00ff;
  return (pairs & 255) * 100 + (pairs >>> 16);
}

function matchesWord(bytes: Uint8Array, at: number, end: number, word: string): boolean {
  if (at + word.length > end) {
    return false;
  }
  for (let index = 0; index < word.length; index++) {
    if ((bytes[at + index]! | 32) !== word.charCodeAt(index)) {
      return false;
    }
  }
  const after = at + word.length < end ? bytes[at + word.length]! | 32 : 0;
  return !(after >= 97 && after <= 122) && after !== 127;
}
