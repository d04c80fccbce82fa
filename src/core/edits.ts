import type { TextEdit } from './text';

/**
 * Applies edits to a text, all computed against that same text.
 * @returns the new text, or null when two edits overlap or one lies outside the text.
 */
export function applyEdits(text: string, edits: readonly TextEdit[]): string | null {
  const starts = lineStarts(text);
  const spans = edits.map((edit, order) => ({
    from: offsetOf(text, starts, edit.line, edit.column),
    to: offsetOf(text, starts, edit.endLine, edit.endColumn),
    newText: edit.newText,
    order,
  }));
  spans.sort((a, b) => a.from - b.from || a.to - b.to || a.order - b.order);
  let result = '';
  let at = 0;
  for (const { from, to, newText } of spans) {
    if (!(from >= at && to >= from)) {
      return null;
    }
    result += text.slice(at, from) + newText;
    at = to;
  }
  return result + text.slice(at);
}

/** Offsets at which lines begin; LF, CRLF and a lone CR end a line. */
function lineStarts(text: string): number[] {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|\n|\r/g)) {
    starts.push(match.index + match[0].length);
  }
  return starts;
}

/** Offset of a 1-based position; NaN outside the text. The line after the last one is its end. */
function offsetOf(text: string, starts: readonly number[], line: number, column: number): number {
  if (line === starts.length + 1 && column === 1) {
    return text.length;
  }
  const start = starts[line - 1];
  if (start === undefined || column < 1) {
    return Number.NaN;
  }
  const end = starts[line] ?? text.length;
  const offset = start + column - 1;
  return offset <= end ? offset : Number.NaN;
}
