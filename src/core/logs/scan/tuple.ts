import { closingQuote } from './balanced';
import { APOSTROPHE, CLOSE_PAREN, COMMA, QUOTE, skipSpaces } from './bytes';
import type { NumberScanner } from './number';
import { afterParen, tensorNumber } from './textMarks';

/** Longest name in a pair. */
const LONGEST_NAME = 300;

/** A pair of a quoted name and a number, as Python prints it. */
export interface NamedTuple {
  readonly nameStart: number;
  readonly nameEnd: number;
  /** Offset after the closing parenthesis. */
  readonly after: number;
}

/** Reads `('fc1.weight', 0.5)` at `at`; the value is left in `number`. Null when it is something else. */
export function tupleAt(
  bytes: Uint8Array,
  at: number,
  end: number,
  number: NumberScanner,
): NamedTuple | null {
  const quote = bytes[at + 1];
  if (quote !== QUOTE && quote !== APOSTROPHE) {
    return null;
  }
  const close = closingQuote(bytes, at + 2, Math.min(end, at + 2 + LONGEST_NAME), quote);
  if (close < 0 || bytes[close + 1] !== COMMA) {
    return null;
  }
  const from = skipSpaces(bytes, close + 2, end);
  if (from >= end) {
    return null;
  }
  const inner = tensorNumber(bytes, from, end);
  const after = number.scan(bytes, inner, end);
  if (after < 0) {
    return null;
  }
  const last = skipSpaces(bytes, inner === from ? after : afterParen(bytes, after, end), end);
  return last < end && bytes[last] === CLOSE_PAREN
    ? { nameStart: at + 2, nameEnd: close, after: last + 1 }
    : null;
}
