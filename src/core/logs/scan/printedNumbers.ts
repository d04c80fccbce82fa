import type { Recorder } from '../recorder';
import { COLON, COMMA, DOT, isDigit, OPEN_PAREN, SLASH, SPACE, skipSpaces, textOf } from './bytes';
import type { NumberScanner } from './number';
import { afterParen, CLASSES, endsNumber, WORD } from './textMarks';

/** Units that may stand right behind a number. */
const UNIT = /^(?:%|ms|s|us|sec|secs|it\/s|s\/it|[kmgt]i?b|b|gb|x|tflops|tok\/s)$/i;
const MULTIPLES: ReadonlyMap<number, number> = new Map([
  [75, 1e3],
  [107, 1e3],
  [77, 1e6],
  [71, 1e9],
  [66, 1e9],
  [84, 1e12],
]);

/** A comma before decimals: what stands behind it is no group of three digits, or the whole part is zero. */
const DECIMAL_COMMA = /^[+-]?(\d{1,15}),(\d{1,17})(e[+-]?\d{1,3})?(?!\d|[,.]\d)/i;
const UNDERSCORE = 95;
const UNDERSCORED = /^[+-]?\d{1,3}(?:_\d{3}){1,4}(?:\.\d{1,17})?(?![\w.])/;
/** Longest number that is read again as text. */
const LONGEST_PRINTED = 40;

/** Numbers as people print them: with units, thousands separators and totals. The value is left in `recorder.number`. */
export class PrintedNumbers {
  /** The number read last was printed rounded (`50K`). */
  rounded = false;
  /** `0,81` was seen, so `1,234` is no thousand. */
  private decimalComma = false;
  private readonly number: NumberScanner;

  constructor(private readonly recorder: Recorder) {
    this.number = recorder.number;
  }

  /**
   * Reads the number at `at` into `this.number.value`, with its unit.
   * @returns the offset after it, or -1 when it is no number of its own.
   */
  valueAt(bytes: Uint8Array, at: number, end: number, quote: number): number {
    this.rounded = false;
    let after = this.number.scan(bytes, at, end);
    if (after < 0) {
      return -1;
    }
    if (quote !== 0) {
      return bytes[after] === quote ? after + 1 : -1;
    }
    if (
      this.number.whole &&
      after < end &&
      bytes[after] === COMMA &&
      isDigit(bytes[after + 1]) &&
      Math.abs(this.number.value) < 1000
    ) {
      const decimals = this.decimals(bytes, at, end);
      after = decimals > 0 ? decimals : this.thousands(bytes, after, end);
    }
    if (this.number.whole && bytes[after] === UNDERSCORE) {
      after = this.underscored(bytes, at, after, end);
    }
    if (endsNumber(bytes, after, end) || (!this.number.whole && endsBeforeBar(bytes, after, end))) {
      return after;
    }
    return this.withUnit(bytes, after, end);
  }

  /** `8,641` and `1,273,373` are one number each. */
  private thousands(bytes: Uint8Array, at: number, end: number): number {
    const whole = this.number.value;
    let value = whole;
    const negative = value < 0 || Object.is(value, -0);
    value = Math.abs(value);
    let stop = at;
    while (
      bytes[stop] === COMMA &&
      stop + 3 < end &&
      isDigit(bytes[stop + 1]) &&
      isDigit(bytes[stop + 2]) &&
      isDigit(bytes[stop + 3]) &&
      !isDigit(bytes[stop + 4])
    ) {
      value = value * 1000 + Number(textOf(bytes, stop + 1, stop + 4));
      stop += 4;
    }
    if (stop === at) {
      return at;
    }
    if (bytes[stop] === DOT && isDigit(bytes[stop + 1])) {
      const fraction = this.number.scan(bytes, stop, end);
      const printed = textOf(bytes, at, Math.min(fraction, at + LONGEST_PRINTED)).replaceAll(',', '');
      value = Number(`${Math.abs(whole)}${printed}`);
      stop = fraction;
    }
    this.number.value = negative ? -value : value;
    return stop;
  }

  /** `10_000`, as Python's `{:_}` prints it. @returns the offset after it */
  private underscored(bytes: Uint8Array, at: number, after: number, end: number): number {
    const printed = UNDERSCORED.exec(textOf(bytes, at, Math.min(end, at + LONGEST_PRINTED)))?.[0];
    if (printed === undefined) {
      return after;
    }
    this.number.value = Number(printed.replaceAll('_', ''));
    return at + printed.length;
  }

  /** `0,81` and `1,5e-04`, as half of Europe writes them. @returns the offset after the number, or -1 when the comma is none. */
  private decimals(bytes: Uint8Array, at: number, end: number): number {
    const match = DECIMAL_COMMA.exec(textOf(bytes, at, Math.min(end, at + LONGEST_PRINTED)));
    if (match === null) {
      return -1;
    }
    const zero = match[1] === '0';
    if (!zero && match[2]?.length === 3 && match[3] === undefined && !this.decimalComma) {
      return -1;
    }
    this.decimalComma ||= zero;
    this.number.value = Number(match[0].replace(',', '.'));
    return at + match[0].length;
  }

  private withUnit(bytes: Uint8Array, at: number, end: number): number {
    const multiple = MULTIPLES.get(bytes[at]!);
    if (multiple !== undefined && endsNumber(bytes, at + 1, end)) {
      this.number.value *= multiple;
      this.rounded = true;
      return at + 1;
    }
    let to = at;
    while (to < end && to - at < 8 && CLASSES[bytes[to]!] === WORD) {
      to++;
    }
    if (to === at || !UNIT.test(textOf(bytes, at, to))) {
      return -1;
    }
    return bytes[to] === OPEN_PAREN ? afterParen(bytes, to, end) : to;
  }

  /** `/ 640` behind a step or epoch. @returns the offset after it, or -1. */
  totalAfter(bytes: Uint8Array, at: number, end: number): number {
    if (bytes[at] !== SLASH && !(bytes[at] === SPACE && bytes[at + 1] === SLASH)) {
      return -1;
    }
    const slash = bytes[at] === SLASH ? at : at + 1;
    const last = this.number.last;
    const after = this.number.scan(bytes, skipSpaces(bytes, slash + 1, end), end);
    // "0.25 / 0.125": two values.
    const { value: total, whole } = this.number;
    this.number.last = last;
    if (after < 0 || slash >= end || !whole) {
      return -1;
    }
    this.recorder.setTotal(total);
    return after;
  }
}

/** `norm 1.5:   1%|`: the colon behind a bar's description. A whole number before a colon may be a time or a line. */
function endsBeforeBar(bytes: Uint8Array, at: number, end: number): boolean {
  return bytes[at] === COLON && (at + 1 >= end || bytes[at + 1] === SPACE);
}

/** Python's spelling of a number. */
export function numberOf(text: string): number {
  const word = text.toLowerCase().replace(/^[+-]/, '');
  const value =
    word === 'nan' ? Number.NaN : word.startsWith('inf') ? Number.POSITIVE_INFINITY : Number(word);
  return text.startsWith('-') ? -value : value;
}
