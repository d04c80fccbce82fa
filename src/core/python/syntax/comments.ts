/** Lines of comment in a row that the parser is given as they are. */
const LONGEST_RUN = 20;

/**
 * The parser looks past all comments below each line of comment for the next statement, which takes the square of
 * their number. Of a long run it is shown blanks instead: the offsets stay, and comments are never asked for. Lines that
 * could end a string (the run may stand in one) are left; a text in which those alone are too many is cut before them.
 */
export function withoutLongComments(text: string): string {
  let shown = '';
  let from = 0;
  let run = 0;
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline + 1;
    const isComment = startsComment(text, start);
    run = isComment ? run + 1 : 0;
    if (run > LONGEST_RUN) {
      const line = text.slice(start, end);
      if (!/["'\\{}]/.test(line)) {
        shown += text.slice(from, start) + line.replace(/[^\r\n]/g, ' ');
        from = end;
        run--;
      } else if (run > MOST_LEFT) {
        return shown + text.slice(from, start);
      }
    }
    start = end;
  }
  return shown === '' ? text : shown + text.slice(from);
}

/** Comments with quotes in a row: a thousand lines are passed over within a few milliseconds each hundred. */
const MOST_LEFT = 1000;

function startsComment(text: string, start: number): boolean {
  let at = start;
  while (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9) {
    at++;
  }
  return text.charCodeAt(at) === 35;
}
