import type { TextRange } from '../text';

/** Turns offsets (UTF-16 units) into lines and columns. */
export class LineIndex {
  private readonly starts: number[] = [0];
  /** The line found last: what is asked for next is most often on it. */
  private last = 0;

  constructor(readonly text: string) {
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
      this.starts.push(at + 1);
    }
  }

  /** 1-based line of an offset. */
  lineOf(offset: number): number {
    const { starts, last } = this;
    if ((starts[last] ?? 0) <= offset && offset < (starts[last + 1] ?? Number.POSITIVE_INFINITY)) {
      return last + 1;
    }
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    this.last = low;
    return low + 1;
  }

  /** Offset of the first character of a 1-based line; the text's length past the last line. */
  startOf(line: number): number {
    return this.starts[line - 1] ?? this.text.length;
  }

  /** Offset just past the last character of a line, its line break left out. */
  endOf(line: number): number {
    const next = this.starts[line];
    if (next === undefined) {
      return this.text.length;
    }
    return this.text[next - 2] === '\r' ? next - 2 : next - 1;
  }

  get count(): number {
    return this.starts.length;
  }

  range(node: { readonly start: number; readonly end: number }): TextRange {
    const line = this.lineOf(node.start);
    const endLine = this.lineOf(node.end);
    return {
      line,
      column: node.start - this.startOf(line) + 1,
      endLine,
      endColumn: node.end - this.startOf(endLine) + 1,
    };
  }

  offsetOf(line: number, column: number): number {
    return Math.min(this.startOf(line) + column - 1, this.text.length);
  }
}
