import type { Finding } from '../rules/finding';
import type { TextRange } from '../text';
import type { LineSpan } from './view';

/**
 * Findings of a group of pieces after the pieces have moved up or down; null where it is not certain that a fresh look
 * would give the same.
 */
export function movedFindings(
  findings: readonly Finding[],
  from: readonly LineSpan[],
  to: readonly LineSpan[],
): readonly Finding[] | null {
  const isSame = from.every((span, index) => span.line === to[index]?.line);
  if (isSame && from.length === to.length) {
    return findings;
  }
  // What a text says of lines is not ours to rewrite.
  if (findings.length > 0 && (from.length !== to.length || /\blines? \d/.test(JSON.stringify(findings)))) {
    return null;
  }
  const move = new Move(from, to);
  const moved = findings.map((one) => ({
    ...one,
    range: move.range(one.range),
    fixes: one.fixes.map((fix) => ({ ...fix, edits: fix.edits.map((edit) => move.range(edit)) })),
    related: one.related.map((place) => ({ ...place, range: move.range(place.range) })),
  }));
  return move.isCertain ? moved : null;
}

class Move {
  isCertain = true;

  constructor(
    private readonly from: readonly LineSpan[],
    private readonly to: readonly LineSpan[],
  ) {}

  range<T extends TextRange>(range: T): T {
    const line = this.line(range.line, range.column);
    // An end at the start of a line is the end of the line before it.
    const endsBefore = range.endColumn === 1 && range.endLine > range.line;
    const endLine = endsBefore
      ? this.line(range.endLine - 1, 2) + 1
      : this.line(range.endLine, range.endColumn);
    return { ...range, line, endLine };
  }

  private line(line: number, column: number): number {
    const deltas = new Set<number>();
    for (const [index, span] of this.from.entries()) {
      const isEnd = column === 1 && line === span.end;
      if (isEnd || (span.line <= line && line < span.end)) {
        deltas.add((this.to[index]?.line ?? 0) - span.line);
      }
    }
    const [delta] = deltas;
    this.isCertain &&= deltas.size === 1;
    return line + (delta ?? 0);
  }
}
