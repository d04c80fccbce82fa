import type { Head, LineParser } from './format';
import { textOf } from './scan/bytes';

/** Longest line that a format which works on strings looks at. */
const LONGEST = 4000;

/** A parser that takes lines as strings: for formats whose logs are small or whose lines are few. */
export function stringLines(read: (line: string, number: number) => void): LineParser {
  return {
    line(bytes, start, end, number) {
      read(textOf(bytes, start, Math.min(end, start + LONGEST)), number);
    },
  };
}

/** Lines of the head that match; a format is sure of itself from a few on. */
export function matching(head: Head, pattern: RegExp): number {
  if (head.binary) {
    return 0;
  }
  let count = 0;
  for (const line of head.lines) {
    if (pattern.test(line)) {
      count++;
    }
  }
  return count;
}
