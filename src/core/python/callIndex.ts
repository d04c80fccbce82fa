import { addTo } from './multimap';
import type { CallExpr, Expr, Stmt } from './syntax/ast';
import type { SyntaxIndex } from './syntaxIndex';

/** A call and the statement it is written in. */
export interface PlacedCall {
  readonly call: CallExpr;
  readonly stmt: Stmt;
}

/** The calls of a file, found once when first asked for. */
export class CallIndex {
  private calls: readonly PlacedCall[] | null = null;
  private callsByWord: ReadonlyMap<string, readonly PlacedCall[]> | null = null;
  private callsByName: ReadonlyMap<string, readonly PlacedCall[]> | null = null;
  private statements: ReadonlyMap<CallExpr, Stmt> | null = null;

  /** @param nameOf canonical name of the function that is called */
  constructor(
    private readonly syntax: SyntaxIndex,
    private readonly nameOf: (func: Expr) => string | null,
  ) {}

  /** Every call of the file, in source order of their statements. */
  all(): readonly PlacedCall[] {
    if (this.calls === null) {
      const calls: PlacedCall[] = [];
      for (const [stmt, own] of this.syntax.calls()) {
        for (const call of own) {
          calls.push({ call, stmt });
        }
      }
      this.calls = calls;
    }
    return this.calls;
  }

  /** The calls of a statement itself (not of those inside it), outer before inner. */
  of(stmt: Stmt): readonly CallExpr[] {
    return this.syntax.calls().get(stmt) ?? [];
  }

  /** The calls written between two offsets that hold whole statements. */
  within(span: { readonly start: number; readonly end: number }): readonly PlacedCall[] {
    const calls = this.all();
    return calls.slice(firstFrom(calls, span.start), firstFrom(calls, span.end));
  }

  /** The statement a call is written in. */
  statementAround(call: CallExpr): Stmt | null {
    this.statements ??= new Map(this.all().map((placed) => [placed.call, placed.stmt]));
    return this.statements.get(call) ?? null;
  }

  /** Calls of functions whose canonical name passes a test, in source order, outer before inner. */
  ofNamed(test: RegExp): readonly PlacedCall[] {
    if (this.callsByName === null) {
      const byName = new Map<string, PlacedCall[]>();
      for (const placed of this.all()) {
        const name = this.nameOf(placed.call.func);
        if (name !== null) {
          addTo(byName, name, placed);
        }
      }
      this.callsByName = byName;
    }
    const found: (readonly PlacedCall[])[] = [];
    for (const [name, calls] of this.callsByName) {
      if (test.test(name)) {
        found.push(calls);
      }
    }
    // Most often there is one name, or none.
    const [first, another] = found;
    if (first === undefined || another === undefined) {
      return first ?? [];
    }
    return found
      .flat()
      .sort((a, b) => a.stmt.start - b.stmt.start || a.call.start - b.call.start || b.call.end - a.call.end);
  }

  /** Calls whose function ends in a word: `word(...)`, `x.word(...)`. */
  named(word: string): readonly PlacedCall[] {
    if (this.callsByWord === null) {
      const byWord = new Map<string, PlacedCall[]>();
      for (const placed of this.all()) {
        const { func } = placed.call;
        const key = func.kind === 'name' ? func.id : func.kind === 'attribute' ? func.attr : '';
        addTo(byWord, key, placed);
      }
      this.callsByWord = byWord;
    }
    return this.callsByWord.get(word) ?? [];
  }
}

/** Index of the first call whose statement starts at an offset or after it: outer statements come before inner ones. */
function firstFrom(calls: readonly PlacedCall[], offset: number): number {
  let low = 0;
  let high = calls.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((calls[middle]?.stmt.start ?? 0) < offset) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
