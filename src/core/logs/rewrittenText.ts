import type { LineParser } from './format';
import type { Recorder } from './recorder';
import { bytesOf, find, textOf } from './scan/bytes';
import { TextLog } from './textLog';

/** A cue stands behind level, time and place, within this. */
const PREFIX = 200;

/**
 * Free text in which some lines are written so that only their tool knows what they mean.
 * @param cue what all of those lines have near their start; others are not looked at
 * @param rewrite such a line in words that everybody knows; null when it is none
 */
export function rewrittenText(
  recorder: Recorder,
  cue: string,
  rewrite: (line: string) => string | null,
): LineParser {
  const log = new TextLog(recorder);
  const word = bytesOf(cue);
  return {
    line(bytes, start, end, number) {
      const at = find(bytes, start, Math.min(end, start + PREFIX), word);
      const plain = at < 0 ? null : rewrite(textOf(bytes, start, end));
      if (plain === null) {
        log.line(bytes, start, end, number);
      } else {
        const rewritten = bytesOf(plain);
        log.line(rewritten, 0, rewritten.length, number);
      }
    },
  };
}
