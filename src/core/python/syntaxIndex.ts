import type { BinaryExpr, CallExpr, Stmt } from './syntax/ast';
import { eachExpression, statementsIn } from './syntax/walk';

/** What many ask for of the syntax of a file, gathered in one walk when somebody first asks. */
export class SyntaxIndex {
  private all: readonly Stmt[] | null = null;
  private found: Found | null = null;

  constructor(private readonly body: readonly Stmt[]) {}

  /** Every statement, outer before inner, in source order. */
  statements(): readonly Stmt[] {
    this.all ??= statementsIn(this.body);
    return this.all;
  }

  /** The calls of each statement itself (not of those inside it), outer before inner; statements without calls left out. */
  calls(): ReadonlyMap<Stmt, readonly CallExpr[]> {
    return this.expressions().calls;
  }

  /** Every `a <op> b`, in source order of their statements. */
  binaries(op: string): readonly BinaryExpr[] {
    return this.expressions().binaries.filter((one) => one.op === op);
  }

  private expressions(): Found {
    this.found ??= gather(this.statements());
    return this.found;
  }
}

interface Found {
  readonly calls: ReadonlyMap<Stmt, readonly CallExpr[]>;
  readonly binaries: readonly BinaryExpr[];
}

function gather(statements: readonly Stmt[]): Found {
  const calls = new Map<Stmt, CallExpr[]>();
  const binaries: BinaryExpr[] = [];
  for (const stmt of statements) {
    let own: CallExpr[] | null = null;
    eachExpression(stmt, (expr) => {
      if (expr.kind === 'call') {
        if (own === null) {
          own = [];
          calls.set(stmt, own);
        }
        own.push(expr);
      } else if (expr.kind === 'binary') {
        binaries.push(expr);
      }
    });
  }
  return { calls, binaries };
}
