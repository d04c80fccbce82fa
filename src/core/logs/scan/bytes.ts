/** Byte values that the scanners name. */
export const TAB = 9;
export const LF = 10;
export const CR = 13;
export const SPACE = 32;
export const QUOTE = 34;
export const HASH = 35;
export const PERCENT = 37;
export const APOSTROPHE = 39;
export const OPEN_PAREN = 40;
export const CLOSE_PAREN = 41;
export const PLUS = 43;
export const COMMA = 44;
export const MINUS = 45;
export const DOT = 46;
export const SLASH = 47;
export const ZERO = 48;
export const NINE = 57;
export const COLON = 58;
export const SEMICOLON = 59;
export const LESS = 60;
export const EQUALS = 61;
export const GREATER = 62;
export const OPEN_BRACKET = 91;
export const BACKSLASH = 92;
export const CLOSE_BRACKET = 93;
export const OPEN_BRACE = 123;
export const BAR = 124;
export const CLOSE_BRACE = 125;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Up to this length characters put together one by one are there sooner than a decoder's answer. */
const SHORT_TEXT = 12;

/** Text of a byte range. Invalid UTF-8 becomes U+FFFD; never throws. */
export function textOf(bytes: Uint8Array, start: number, end: number): string {
  if (end - start <= SHORT_TEXT && end <= bytes.length) {
    let text = '';
    let all = 0;
    let at = start;
    for (; at + 4 <= end; at += 4) {
      all |= bytes[at]! | bytes[at + 1]! | bytes[at + 2]! | bytes[at + 3]!;
      text += String.fromCharCode(bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!);
    }
    for (; at < end; at++) {
      all |= bytes[at]!;
      text += String.fromCharCode(bytes[at]!);
    }
    if (all < 128) {
      return text;
    }
  }
  return decoder.decode(bytes.subarray(start, end));
}

const encoder = new TextEncoder();

/** UTF-8 of a text. */
export function bytesOf(text: string): Uint8Array {
  return encoder.encode(text);
}

/** True when `wanted` stands at `at`, wholly before `end`. */
export function startsWith(bytes: Uint8Array, at: number, end: number, wanted: Uint8Array): boolean {
  const length = wanted.length;
  if (at + length > end) {
    return false;
  }
  for (let index = 0; index < length; index++) {
    if (bytes[at + index] !== wanted[index]) {
      return false;
    }
  }
  return true;
}

/** Bytes that are looked at one by one, before a call that searches many at a time pays. */
const NEAR = 64;

/** First place of a byte in [start, end), or -1. */
export function indexOfByte(bytes: Uint8Array, byte: number, start: number, end: number): number {
  const near = Math.min(end, start + NEAR);
  for (let at = start; at < near; at++) {
    if (bytes[at] === byte) {
      return at;
    }
  }
  // A part of the bytes, because a search goes on to the end of what it is given: the whole buffer, line after line.
  const found = near < end ? bytes.subarray(near, end).indexOf(byte) : -1;
  return found < 0 ? -1 : near + found;
}

/** First place of `wanted` in [start, end), or -1. */
export function find(bytes: Uint8Array, start: number, end: number, wanted: Uint8Array): number {
  const first = wanted[0];
  if (first === undefined) {
    return start;
  }
  const last = end - wanted.length;
  for (let at = start; at <= last; at++) {
    at = indexOfByte(bytes, first, at, last + 1);
    if (at < 0) {
      return -1;
    }
    if (startsWith(bytes, at, end, wanted)) {
      return at;
    }
  }
  return -1;
}

/** Skips spaces and tabs. */
export function skipSpaces(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && (bytes[at] === SPACE || bytes[at] === TAB)) {
    at++;
  }
  return at;
}

export function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE;
}

export function isLetter(byte: number | undefined): boolean {
  return byte !== undefined && ((byte >= 97 && byte <= 122) || (byte >= 65 && byte <= 90));
}
