/** Passing over values, strings and brackets of JSON and of Python's literals. */
import {
  APOSTROPHE,
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  CLOSE_PAREN,
  COMMA,
  CR,
  LF,
  OPEN_BRACE,
  OPEN_BRACKET,
  OPEN_PAREN,
  QUOTE,
  SPACE,
  TAB,
} from './bytes';

/** A value ends where the object goes on or closes. */
export function endsValue(bytes: Uint8Array, at: number, end: number): boolean {
  const byte = at < end ? bytes[at]! : 0;
  if (byte === COMMA || byte === CLOSE_BRACE) {
    return true;
  }
  const next = afterBlanks(bytes, at, end);
  return next < end && (bytes[next] === COMMA || bytes[next] === CLOSE_BRACE);
}

/** Skips blanks and line ends. */
export function afterBlanks(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && (bytes[at] === SPACE || bytes[at] === LF || bytes[at] === CR || bytes[at] === TAB)) {
    at++;
  }
  return at;
}

/** Offset of the quote that closes a string, or -1. */
export function closingQuote(bytes: Uint8Array, at: number, end: number, quote: number): number {
  for (; at < end; at++) {
    const byte = bytes[at];
    if (byte === BACKSLASH) {
      at++;
    } else if (byte === quote) {
      return at;
    }
  }
  return -1;
}

/** Offset after the bracket that closes the one at `at`, strings skipped; -1 when it stays open. */
export function skipBalanced(bytes: Uint8Array, at: number, end: number): number {
  let depth = 0;
  for (; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === QUOTE || byte === APOSTROPHE) {
      at = closingQuote(bytes, at + 1, end, byte);
      if (at < 0) {
        return -1;
      }
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET || byte === OPEN_PAREN) {
      depth++;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET || byte === CLOSE_PAREN) {
      depth--;
      if (depth === 0) {
        return at + 1;
      }
    }
  }
  return -1;
}

/** Line ends in a range, counted as VS Code does. */
export function lineEnds(bytes: Uint8Array, at: number, end: number): number {
  let count = 0;
  for (; at < end; at++) {
    if (bytes[at] === LF || (bytes[at] === CR && bytes[at + 1] !== LF)) {
      count++;
    }
  }
  return count;
}
