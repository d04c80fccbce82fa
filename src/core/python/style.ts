import type { Stmt } from './syntax/ast';
import { childBlocks, statementsIn } from './syntax/walk';

/** The line ending that most lines have. */
export function lineEndingOf(text: string): '\n' | '\r\n' {
  const breaks = text.split('\n').length - 1;
  const windows = text.split('\r\n').length - 1;
  return windows * 2 > breaks ? '\r\n' : '\n';
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
