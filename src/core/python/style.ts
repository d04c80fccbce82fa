import type { Stmt } from './syntax/ast';
import { childBlocks, statementsIn } from './syntax/walk';

/** The line ending that most lines have. */
export function lineEndingOf(text: string): '\n' | '\r\n' {
  return countOf(text, '\r\n') * 2 > countOf(text, '\n') ? '\r\n' : '\n';
}

/** How often a text holds another. */
export function countOf(text: string, part: string): number {
  let count = 0;
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) {
    count++;
  }
  return count;
}

/** One level of indentation, as the first indented block writes it; four spaces in a file without one. */
export function indentUnitOf(body: readonly Stmt[], indentAt: (offset: number) => string): string {
  for (const stmt of statementsIn(body)) {
    const outer = indentAt(stmt.start);
    for (const block of childBlocks(stmt)) {
      const first = block[0];
      const inner = first === undefined ? '' : indentAt(first.start);
      if (inner.length > outer.length && inner.startsWith(outer)) {
        return inner.slice(outer.length);
      }
    }
  }
  return '    ';
}
