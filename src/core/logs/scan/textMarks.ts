import {
  CLOSE_PAREN,
  COLON,
  EQUALS,
  isDigit,
  OPEN_BRACKET,
  OPEN_PAREN,
  SLASH,
  SPACE,
  skipSpaces,
  TAB,
  textOf,
} from './bytes';

export const WORD = 0;
export const BLANK = 1;
export const MARK = 2;

/** What a byte does to a phrase: continue a word, separate words, or be looked at. A table, never written to. */
export const CLASSES: { readonly [byte: number]: number } = classTable();

function classTable(): Uint8Array {
  const table = new Uint8Array(256);
  for (const byte of [SPACE, TAB]) {
    table[byte] = BLANK;
  }
  for (const mark of ':=,;|[]{}<>"\'`()!*#\\^~?&') {
    table[mark.charCodeAt(0)] = MARK;
  }
  return table;
}

/** A number stands alone when a blank, a mark or the end follows; a full stop may close the sentence. */
export function endsNumber(bytes: Uint8Array, at: number, end: number): boolean {
  if (at >= end) {
    return true;
  }
  const byte = bytes[at]!;
  if (byte === COLON || byte === EQUALS) {
    return false;
  }
  if (CLASSES[byte] !== WORD || byte === SLASH) {
    return true;
  }
  return byte === 46 && (at + 1 >= end || bytes[at + 1] === SPACE);
}

/** ` [00:12<00:30` or `[01:06` behind `5/40`: a progress bar. */
export function isBar(bytes: Uint8Array, at: number, end: number): boolean {
  at = skipSpaces(bytes, at, end);
  return (
    at + 4 < end &&
    bytes[at] === OPEN_BRACKET &&
    isDigit(bytes[at + 1]) &&
    (bytes[at + 2] === COLON || bytes[at + 3] === COLON)
  );
}

/** Start of the number inside `tensor(0.5, …)`; the same offset when there is no such wrapper. */
export function tensorNumber(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at]!;
  if (first !== 116 && first !== 110 && first !== 97 && first !== 65) {
    return at;
  }
  let to = at;
  while (to < end && to - at < 16 && CLASSES[bytes[to]!] === WORD) {
    to++;
  }
  if (
    to >= end ||
    bytes[to] !== OPEN_PAREN ||
    !/^(?:tensor|np\.float\d+|np\.float_|array|Array)$/.test(textOf(bytes, at, to))
  ) {
    return at;
  }
  return skipSpaces(bytes, to + 1, end);
}

export function afterParen(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && bytes[at] !== CLOSE_PAREN) {
    at++;
  }
  return Math.min(at + 1, end);
}

/** `(train)` inside a word. @returns the offset after it, or -1. */
export function closedSoon(bytes: Uint8Array, at: number, end: number): number {
  for (let to = at + 1; to < end && to - at < 24; to++) {
    if (bytes[to] === CLOSE_PAREN) {
      return to + 1;
    }
    if (CLASSES[bytes[to]!] !== WORD) {
      return -1;
    }
  }
  return -1;
}

/** Skips a time of day or another thing of digits and colons. */
export function skipDigits(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && (isDigit(bytes[at]) || bytes[at] === COLON || bytes[at] === 46)) {
    at++;
  }
  return at;
}
