const ESCAPE = 27;
const BACKSPACE = 8;
const BELL = 7;
/** From here on no byte is of UTF-8: what stands there is the byte order mark of UTF-16 that was appended. */
const MARK = 0xfe;

/**
 * Leaves what a terminal would show: without escape sequences (colours, cursor moves, window titles), byte
 * order marks and control characters but tabs; a backspace moves back, and what follows is written over what stood there.
 * @returns the length of the clean text in `target`, which must hold `end - start` bytes.
 */
export function cleanLine(bytes: Uint8Array, start: number, end: number, target: Uint8Array): number {
  let length = 0;
  let cursor = 0;
  let at = start;
  while (at < end) {
    const byte = bytes[at]!;
    if (byte === ESCAPE) {
      at = afterEscape(bytes, at, end);
      continue;
    }
    if (byte === BACKSPACE) {
      cursor = beforeLastCharacter(target, cursor);
    } else if ((byte >= 32 && byte < MARK) || byte === 9) {
      target[cursor++] = byte;
      length = Math.max(length, cursor);
    }
    at++;
  }
  return length;
}

/** Steps back over one UTF-8 character. */
function beforeLastCharacter(bytes: Uint8Array, length: number): number {
  if (length === 0) {
    return 0;
  }
  length--;
  while (length > 0 && (bytes[length]! & 0xc0) === 0x80) {
    length--;
  }
  return length;
}

/** Offset after the escape sequence that starts at `at` (ECMA-48: CSI, OSC and two-byte sequences). */
function afterEscape(bytes: Uint8Array, at: number, end: number): number {
  const kind = at + 1 < end ? bytes[at + 1]! : 0;
  at += 2;
  if (kind === 0x5b) {
    while (at < end && (bytes[at]! < 0x40 || bytes[at]! > 0x7e)) {
      at++;
    }
    return Math.min(at + 1, end);
  }
  if (kind === 0x5d) {
    while (at < end && bytes[at] !== BELL && bytes[at] !== ESCAPE) {
      at++;
    }
    if (at < end && bytes[at] === ESCAPE) {
      at++;
    }
    return Math.min(at + 1, end);
  }
  return Math.min(at, end);
}
