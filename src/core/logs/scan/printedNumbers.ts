import type { Recorder } from '../recorder';
import { COMMA, isDigit, OPEN_PAREN, SLASH, SPACE, skipSpaces, textOf } from './bytes';
import type { NumberScanner } from './number';
import { afterParen, CLASSES, endsNumber, WORD } from './textMarks';

/** Units that may stand right behind a number. */
const UNIT = /^(?:%|ms|s|us|sec|secs|it\/s|s\/it|[kmgt]i?b|b|gb|x|tflops|tok\/s)$/i;
const MULTIPLES: ReadonlyMap<number, number> = new Map([
  [75, 1e3],
  [77, 1e6],
  [71, 1e9],
  [66, 1e9],
  [84, 1e12],
]);

/** Numbers as people print them: with units, thousands separators and totals. The value is left in `recorder.number`. */
export class PrintedNumbers {
  /** The number read last was printed rounded (`50K`). */
  rounded = false;
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
      after = this.thousands(bytes, after, end);
    }
    if (endsNumber(bytes, after, end)) {
      return after;
    }
    return this.withUnit(bytes, after, end);
  }

  /** `8,641` and `1,273,373` are one number each. */
  private thousands(bytes: Uint8Array, at: number, end: number): number {
    let value = this.number.value;
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
    this.number.value = negative ? -value : value;
    return stop;
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
    const value = this.number.value;
    const after = this.number.scan(bytes, skipSpaces(bytes, slash + 1, end), end);
    const total = this.number.value;
    this.number.value = value;
    if (after < 0 || slash >= end) {
      return -1;
    }
    this.recorder.setTotal(total);
    return after;
  }
}

/** Python's spelling of a number. */
export function numberOf(text: string): number {
  const word = text.toLowerCase().replace(/^[+-]/, '');
  const value =
    word === 'nan' ? Number.NaN : word.startsWith('inf') ? Number.POSITIVE_INFINITY : Number(word);
  return text.startsWith('-') ? -value : value;
}
