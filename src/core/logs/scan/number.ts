import { DOT, isDigit, MINUS, NINE, PLUS, textOf, ZERO } from './bytes';

/** 10^0 … 10^22, the powers of ten that a double holds exactly. */
const EXACT_POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** Outside of this range of decimal exponents the error terms of {@link scaled} could underflow. */
const LARGEST_EXPONENT = 250;

/** 10^e as an unevaluated sum high + low with a relative error below 2^-105; filled when first needed. */
const powerHigh = new Float64Array(2 * LARGEST_EXPONENT + 1).fill(Number.NaN);
const powerLow = new Float64Array(2 * LARGEST_EXPONENT + 1);

/** Veltkamp's splitting constant, 2^27 + 1. */
const SPLITTER = 134217729;

/** Bound on the relative error of {@link scaled} before the last rounding (the arithmetic keeps about 2^-102). */
const ERROR_BOUND = 2 ** -98;

function fillPower(exponent: number): void {
  const index = exponent + LARGEST_EXPONENT;
  const high = Number(`1e${exponent}`);
  powerHigh[index] = high;
  if (exponent >= 0) {
    powerLow[index] = Number(10n ** BigInt(exponent) - BigInt(high));
    return;
  }
  // high = significand * 2^shift exactly; the rest 10^exponent - high, as a fraction, times 2^extra.
  const shift = Math.floor(Math.log2(high)) - 52;
  const significand = BigInt(high * 2 ** -(shift + 500) * 2 ** 500);
  const ten = 10n ** BigInt(-exponent);
  const extra = 70n;
  const bits = BigInt(-shift);
  const rest = ((1n << (bits + extra)) - ((significand * ten) << extra)) / ten;
  powerLow[index] = Number(rest) * 2 ** (shift + 400) * 2 ** -470;
}

/**
 * Reads decimal numbers straight from bytes. The value always equals `Number()` of the same text, to the last bit:
 * up to 15 digits with a small exponent are one exact operation; up to 18 digits go through double-double arithmetic
 * with a rounding test (Ziv); whatever fails the test is left to `Number()`.
 */
export class NumberScanner {
  /** The value found last, in an array because a number field would be boxed at every store. */
  readonly result = new Float64Array(1);
  /** Digits as an exact sum of two numbers, on their way to {@link scaled}. */
  private readonly parts = new Float64Array(2);
  private seen: Uint8Array | null = null;
  private seenView: DataView = new DataView(new ArrayBuffer(0));
  /** The last number was written without fraction and exponent. */
  whole = false;

  /** Value found by the last successful {@link scan}. */
  get value(): number {
    return this.result[0]!;
  }

  set value(value: number) {
    this.result[0] = value;
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
    let byte = at < end ? bytes[at]! : 0;
    let negative = false;
    if (byte === MINUS || byte === PLUS) {
      negative = byte === MINUS;
      at++;
      byte = at < end ? bytes[at]! : 0;
    }
    if ((byte > NINE || byte < ZERO) && byte !== DOT) {
      return this.scanWord(bytes, at, end, negative);
    }
    // At most 9 digits in `high` and 9 in `low`, so that both stay small integers.
    let high = 0;
    let low = 0;
    let digits = 0;
    const first = at;
    let point = -1;
    const view = this.viewOf(bytes);
    for (;;) {
      if (at + 4 <= end && (digits <= 5 || (digits >= 9 && digits <= 14))) {
        const word = view.getInt32(at, true);
        // All four bytes are digits (the check of simdjson's parse_number, in 32 bits).
        if (((word & 0xf0f0f0f0) | (((word + 0x06060606) & 0xf0f0f0f0) >>> 4)) === 0x33333333) {
          let four = word - 0x30303030;
          four = (four * 10 + (four >>> 8)) & 0x00ff00ff;
          four = (four & 255) * 100 + (four >>> 16);
          if (digits >= 9) {
            low = low * 10000 + four;
            digits += 4;
          } else {
            digits += high > 0 || four > 999 ? 4 : four > 99 ? 3 : four > 9 ? 2 : four > 0 ? 1 : 0;
            high = high * 10000 + four;
          }
          at += 4;
          continue;
        }
      }
      byte = at < end ? bytes[at]! : 0;
      if (byte < ZERO || byte > NINE) {
        if (byte !== DOT || point >= 0) {
          break;
        }
        point = at++;
        continue;
      }
      if (digits < 9) {
        high = high * 10 + (byte - ZERO);
        digits += high === 0 ? 0 : 1;
      } else {
        low = digits < 18 ? low * 10 + (byte - ZERO) : low;
        digits++;
      }
      at++;
    }
    let exponent = 0;
    this.whole = point < 0;
    if (!this.whole) {
      exponent = point + 1 - at;
      if (at === first + 1) {
        return -1;
      }
    }
    if (at < end && (byte === 101 || byte === 69)) {
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
        this.whole = false;
      }
    }
    let value: number;
    if (digits <= 9) {
      if (exponent >= -22 && exponent <= 22) {
        value = exponent < 0 ? high / EXACT_POWERS[-exponent]! : high * EXACT_POWERS[exponent]!;
      } else if (high === 0) {
        value = 0;
      } else {
        this.parts[0] = high;
        this.parts[1] = 0;
        this.scaled(exponent, bytes, start, at);
        value = this.result[0]!;
      }
    } else if (digits <= 15 && exponent >= -22 && exponent <= 22) {
      const mantissa = high * EXACT_POWERS[digits - 9]! + low;
      value = exponent < 0 ? mantissa / EXACT_POWERS[-exponent]! : mantissa * EXACT_POWERS[exponent]!;
    } else if (digits <= 18) {
      const scale = EXACT_POWERS[digits - 9]!;
      // high * scale exactly, as product + rest.
      const product = high * scale;
      const splitA = SPLITTER * high;
      const highA = splitA - (splitA - high);
      const lowA = high - highA;
      const splitB = SPLITTER * scale;
      const highB = splitB - (splitB - scale);
      const lowB = scale - highB;
      const rest = lowA * lowB - (product - highA * highB - lowA * highB - highA * lowB);
      // Add the low digits: the sum of all is an integer below 10^18, so both parts stay exact.
      const sum = product + low;
      const back = sum - product;
      const lost = product - (sum - back) + (low - back);
      this.parts[0] = sum;
      this.parts[1] = lost + rest;
      this.scaled(exponent, bytes, start, at);
      value = this.result[0]!;
    } else {
      value = Math.abs(Number(textOf(bytes, start, at)));
    }
    this.result[0] = negative ? -value : value;
    return at;
  }

  /**
   * Leaves (parts[0] + parts[1]) * 10^exponent, correctly rounded and without sign, in {@link result}. `Number()` of
   * the text from `start` to `at` decides what is too close to call.
   */
  private scaled(exponent: number, bytes: Uint8Array, start: number, at: number): void {
    const mantissa = this.parts[0]!;
    const rest = this.parts[1]!;
    if (exponent >= -LARGEST_EXPONENT && exponent <= LARGEST_EXPONENT) {
      const index = exponent + LARGEST_EXPONENT;
      let factor = powerHigh[index]!;
      if (Number.isNaN(factor)) {
        fillPower(exponent);
        factor = powerHigh[index]!;
      }
      const product = mantissa * factor;
      const splitA = SPLITTER * mantissa;
      const highA = splitA - (splitA - mantissa);
      const lowA = mantissa - highA;
      const splitB = SPLITTER * factor;
      const highB = splitB - (splitB - factor);
      const lowB = factor - highB;
      const error = lowA * lowB - (product - highA * highB - lowA * highB - highA * lowB);
      const tail = error + (mantissa * powerLow[index]! + rest * factor);
      const high = product + tail;
      const low = tail - (high - product);
      const slack = high * ERROR_BOUND;
      const up = high + (low + slack);
      if (up === high + (low - slack)) {
        this.result[0] = up;
        return;
      }
    }
    this.result[0] = Math.abs(Number(textOf(bytes, start, at)));
  }

  /** `nan`, `inf`, `infinity` in any case, not followed by a letter. */
  private scanWord(bytes: Uint8Array, at: number, end: number, negative: boolean): number {
    const first = at < end ? bytes[at]! | 32 : 0;
    if (first === 110) {
      if (matchesWord(bytes, at, end, 'nan')) {
        this.value = Number.NaN;
        this.whole = false;
        return at + 3;
      }
    } else if (first === 105) {
      const length = matchesWord(bytes, at, end, 'infinity') ? 8 : matchesWord(bytes, at, end, 'inf') ? 3 : 0;
      if (length > 0) {
        this.value = negative ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
        this.whole = false;
        return at + length;
      }
    }
    return -1;
  }
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
