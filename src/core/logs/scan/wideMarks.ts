/** Punctuation of East Asian typing, which is three bytes wide: `损失：0.5，梯度范数：1.5`. */

const FIRST = 0xef;
const SECOND = 0xbc;
/** Third bytes of U+FF01–FF3F whose ASCII twins are marks, from `（` to `？`. */
const MARKS = new Set([...'()+,-.:;=|'].map((mark) => mark.charCodeAt(0)));
/** U+FF01 ends in 0x81 and stands for 0x21. */
const SHIFT = 0x60;
/** `、` and `。`, which divide as a comma does: U+3001, U+3002. */
const DIVIDERS = [0x81, 0x82];

/** Makes the line's wide punctuation ASCII and blanks, in the bytes themselves: all else keeps its place. */
export function narrow(bytes: Uint8Array, end: number): void {
  for (let at = 0; at + 2 < end; at++) {
    const mark = markAt(bytes, at);
    if (mark > 0) {
      bytes[at] = mark;
      bytes[at + 1] = 32;
      bytes[at + 2] = 32;
      at += 2;
    }
  }
}

/** A cheap look first. */
export function hasWide(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at + 2 < end; at++) {
    if (bytes[at]! >= 0xe3 && markAt(bytes, at) > 0) {
      return true;
    }
  }
  return false;
}

function markAt(bytes: Uint8Array, at: number): number {
  const third = bytes[at + 2]!;
  if (bytes[at] === FIRST && bytes[at + 1] === SECOND) {
    const mark = third - SHIFT;
    return MARKS.has(mark) ? mark : 0;
  }
  return bytes[at] === 0xe3 && bytes[at + 1] === 0x80 && DIVIDERS.includes(third) ? 44 : 0;
}
