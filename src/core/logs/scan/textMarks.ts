import {
  BAR,
  bytesOf,
  CLOSE_PAREN,
  COLON,
  EQUALS,
  isDigit,
  isLetter,
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

/** First byte of a character that may be an emoji, an arrow, a check mark or a piece of a box. */
export const SYMBOL = 3;

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
  for (const byte of [0xc2, 0xe2, 0xef, 0xf0]) {
    table[byte] = SYMBOL;
  }
  return table;
}

/**
 * Length of the decoration at `at`: an emoji, an arrow, a check mark, a block or line of a drawing, or a variation
 * selector. 0 when the character belongs to a word: letters of any script, ‖, ∇ and other signs of formulas.
 */
export function decorationLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at];
  const second = bytes[at + 1] ?? 0;
  if (first === 0xf0) {
    return second === 0x9f ? 4 : 0;
  }
  if (first === 0xef) {
    return second === 0xb8 ? 3 : 0;
  }
  if (first === 0xc2) {
    // "·" between fields, "±" before a deviation.
    return second === 0xb7 || second === 0xb1 ? 2 : 0;
  }
  if (first === 0xe2 && second === 0x80) {
    // "•", and dashes between fields.
    const third = bytes[at + 2] ?? 0;
    return third === 0xa2 || ((third === 0x93 || third === 0x94) && bytes[at + 3] === SPACE) ? 3 : 0;
  }
  // U+2190–21FF arrows, U+2300–27BF technical signs, boxes, blocks, shapes and dingbats, U+2900–2BFF more of them.
  const arrow = second === 0x86 || second === 0x87;
  const sign = (second >= 0x8c && second <= 0x9e) || (second >= 0xa4 && second <= 0xaf);
  return first === 0xe2 && (arrow || sign) ? 3 : 0;
}

/** `n/a`, `None`, `null`: where a number might stand there is none. */
export function isMissing(bytes: Uint8Array, at: number, to: number): boolean {
  const first = bytes[at]! | 32;
  return (
    (first === 110 || first === 117) &&
    to - at <= 9 &&
    /^(?:n\/a|none|null|nil|undefined)$/i.test(textOf(bytes, at, to))
  );
}

/** `│`, `┃` or `║`. */
export function isDrawnBar(bytes: Uint8Array, at: number): boolean {
  const third = bytes[at + 2];
  return bytes[at] === 0xe2 && bytes[at + 1] === 0x94
    ? third === 0x82 || third === 0x83
    : bytes[at + 1] === 0x95 && third === 0x91;
}

const D = 100;
/** `|grad|`; a derivative (`|dconv1.weight|`, `|∇conv1|`) holds a parameter's name. */
const LONGEST_IN_BARS = 12;
const LONGEST_DERIVATIVE = 80;

/** Offset after a norm written with bars (`|g|`, `||grad||_2`) that starts at `at`, or -1. */
export function afterNormBars(bytes: Uint8Array, at: number, end: number): number {
  const double = bytes[at + 1] === BAR;
  let to = double ? at + 2 : at + 1;
  const inner = to;
  const afterSpelled = spelledTo(bytes, inner, end);
  const longest = bytes[inner] === D || bytes[inner] === 0xe2 ? LONGEST_DERIVATIVE : LONGEST_IN_BARS;
  while (to < end && to - inner < longest) {
    const kind = CLASSES[bytes[to]!];
    if (kind === BLANK && to === afterSpelled) {
      // "||grad L||"
      to++;
      continue;
    }
    // "||∇f(x)||"
    const close = bytes[to] === OPEN_PAREN && to > inner ? closedSoon(bytes, to, end) : -1;
    if (close > 0) {
      to = close;
      continue;
    }
    if (kind === BLANK || kind === MARK) {
      break;
    }
    to++;
  }
  if (
    to === inner ||
    to >= end ||
    bytes[to] !== BAR ||
    isDigit(bytes[inner]) ||
    (double && bytes[to + 1] !== BAR)
  ) {
    return -1;
  }
  return double ? to + 2 : to + 1;
}

const SPELLED = bytesOf('grad');

/** Offset after a "grad" that opens what stands in bars; -1 where something else does. */
function spelledTo(bytes: Uint8Array, at: number, end: number): number {
  return at + SPELLED.length < end && SPELLED.every((byte, index) => (bytes[at + index]! | 32) === byte)
    ? at + SPELLED.length
    : -1;
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
    return CLASSES[byte] !== SYMBOL || decorationLength(bytes, at) > 0;
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
  if (first !== 116 && first !== 110 && first !== 106 && (first | 32) !== 97 && first !== 68) {
    return at;
  }
  let to = at;
  while (to < end && to - at < 16 && CLASSES[bytes[to]!] === WORD) {
    to++;
  }
  if (
    to >= end ||
    bytes[to] !== OPEN_PAREN ||
    !/^(?:(?:torch\.|tf\.)?[tT]ensor|np\.float\d+|np\.float_|(?:j?np\.)?[aA]rray|DeviceArray)$/.test(
      textOf(bytes, at, to),
    )
  ) {
    return at;
  }
  return skipSpaces(bytes, to + 1, end);
}

/** Where the word that begins here ends. */
export function wordEnd(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && CLASSES[bytes[at]!] === WORD) {
    at++;
  }
  return at;
}

/** A gradient's letter or word before a colon and a name: `g:enc`. */
const LONGEST_LETTER = 5;
const LETTER = /^(?:g|gn|grad|gnorm|∇)$/i;
const JOINED = /^[a-z_][\w.]{0,60}(?=[ \t]+[-+\d]|[=:])/i;
const NO_JOINED = /^(?:nan|inf|none|null)/i;
const LONGEST_JOINED = 64;

/** Offset after the name that a colon joins to a gradient's letter, `g:enc`; -1 where the colon only separates. @param from where the letter begins */
export function afterJoined(bytes: Uint8Array, from: number, colon: number, end: number): number {
  if (
    colon - from > LONGEST_LETTER ||
    !isLetter(bytes[colon + 1]) ||
    !LETTER.test(textOf(bytes, from, colon))
  ) {
    return -1;
  }
  const name = JOINED.exec(textOf(bytes, colon + 1, Math.min(end, colon + LONGEST_JOINED)))?.[0];
  return name === undefined || NO_JOINED.test(name) ? -1 : colon + 1 + name.length;
}

export function afterParen(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && bytes[at] !== CLOSE_PAREN) {
    at++;
  }
  return Math.min(at + 1, end);
}

/** `(train)` inside a word, `(G(z))` at most. @returns the offset after it, or -1. */
export function closedSoon(bytes: Uint8Array, at: number, end: number, inner = false): number {
  for (let to = at + 1; to < end && to - at < 24; to++) {
    if (bytes[to] === CLOSE_PAREN) {
      return to + 1;
    }
    if (bytes[to] === OPEN_PAREN && !inner) {
      to = closedSoon(bytes, to, end, true) - 1;
      if (to < 0) {
        return -1;
      }
      continue;
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
