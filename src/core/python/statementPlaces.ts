import type { StatementFact } from './facts';
import type { LineIndex } from './lines';
import { childBlocks } from './syntax/walk';
import type { SyntaxIndex } from './syntaxIndex';

/** Where the statements of a file stand, as an edit sees them. */
export class StatementPlaces {
  private sole: ReadonlySet<number> | null = null;
  /** By offset: a statement is asked for by many. */
  private readonly known = new Map<number, { readonly end: number; readonly fact: StatementFact }>();

  constructor(
    private readonly text: string,
    private readonly lines: LineIndex,
    private readonly syntax: SyntaxIndex,
  ) {}

  of(stmt: { readonly start: number; readonly end: number }): StatementFact {
    const known = this.known.get(stmt.start);
    if (known?.end === stmt.end) {
      return known.fact;
    }
    const fact = this.look(stmt);
    this.known.set(stmt.start, { end: stmt.end, fact });
    return fact;
  }

  private look(stmt: { readonly start: number; readonly end: number }): StatementFact {
    const range = this.lines.range(stmt);
    const lineStart = this.lines.startOf(range.line);
    const before = this.text.slice(lineStart, stmt.start);
    const after = this.text.slice(stmt.end, this.lines.endOf(range.endLine)).trim();
    const indent = /^[ \t\f]*/.exec(before)?.[0] ?? '';
    const ownLines = indent === before && (after === '' || after.startsWith('#'));
    return { range, indent, ownLines, soleInBlock: this.soleStatements().has(stmt.start) };
  }

  /** Offsets of statements that are alone in their block. */
  private soleStatements(): ReadonlySet<number> {
    if (this.sole === null) {
      const sole = new Set<number>();
      for (const stmt of this.syntax.statements()) {
        for (const block of childBlocks(stmt)) {
          const [only] = block;
          if (block.length === 1 && only !== undefined) {
            sole.add(only.start);
          }
        }
      }
      this.sole = sole;
    }
    return this.sole;
  }
}
