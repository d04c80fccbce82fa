import type { CallExpr, Expr, Stmt } from './ast';

/** Expressions directly inside an expression. */
export function childExpressions(expr: Expr): readonly Expr[] {
  const out: Expr[] = [];
  eachChild(expr, (part) => out.push(part));
  return out;
}

/** Meets what childExpressions returns, without a list of it: most of a file's tree is gone through this way. */
function eachChild(expr: Expr, meet: (part: Expr) => void): void {
  switch (expr.kind) {
    case 'name':
    case 'number':
    case 'constant':
      return;
    case 'attribute':
      meet(expr.object);
      return;
    case 'call':
      meet(expr.func);
      for (const arg of expr.args) {
        meet(arg.value);
      }
      return;
    case 'list':
    case 'tuple':
    case 'set':
      expr.items.forEach(meet);
      return;
    case 'dict':
      for (const { key, value } of expr.entries) {
        if (key !== null) {
          meet(key);
        }
        meet(value);
      }
      return;
    case 'comprehension':
      for (const { target, iter, conditions } of expr.generators) {
        meet(target);
        meet(iter);
        conditions.forEach(meet);
      }
      if (expr.key !== null) {
        meet(expr.key);
      }
      meet(expr.element);
      return;
    case 'binary':
      meet(expr.left);
      meet(expr.right);
      return;
    case 'unary':
      meet(expr.operand);
      return;
    case 'compare':
      expr.operands.forEach(meet);
      return;
    case 'conditional':
      meet(expr.test);
      meet(expr.whenTrue);
      meet(expr.whenFalse);
      return;
    case 'subscript':
      meet(expr.object);
      expr.indices.forEach(meet);
      return;
    case 'lambda':
      meet(expr.body);
      return;
    case 'walrus':
      meet(expr.target);
      meet(expr.value);
      return;
    default:
      // A string, and what has parts and no more to it.
      expr.parts.forEach(meet);
  }
}

/** Expressions that belong to a statement itself, not to the statements inside it. */
export function ownExpressions(stmt: Stmt): readonly Expr[] {
  const out: Expr[] = [];
  eachOwnExpression(stmt, (expr) => out.push(expr));
  return out;
}

/** Meets what ownExpressions returns, without a list of it. */
export function eachOwnExpression(stmt: Stmt, meet: (expr: Expr) => void): void {
  switch (stmt.kind) {
    case 'expr':
      meet(stmt.value);
      return;
    case 'assign':
      if (stmt.value !== null) {
        meet(stmt.value);
      }
      stmt.targets.forEach(meet);
      return;
    case 'augmented':
      meet(stmt.value);
      meet(stmt.target);
      return;
    case 'return':
      if (stmt.value !== null) {
        meet(stmt.value);
      }
      return;
    case 'if':
    case 'while':
      meet(stmt.test);
      return;
    case 'for':
      meet(stmt.iter);
      meet(stmt.target);
      return;
    case 'with':
      for (const { value } of stmt.items) {
        meet(value);
      }
      return;
    case 'match':
      meet(stmt.subject);
      return;
    case 'function':
      stmt.decorators.forEach(meet);
      for (const param of stmt.params) {
        if (param.default !== null) {
          meet(param.default);
        }
      }
      return;
    case 'class':
      stmt.decorators.forEach(meet);
      for (const base of stmt.bases) {
        meet(base.value);
      }
      return;
    case 'other':
      stmt.parts.forEach(meet);
      return;
    default:
  }
}

/** Statement lists inside a statement, in source order. */
export function childBlocks(stmt: Stmt): readonly (readonly Stmt[])[] {
  switch (stmt.kind) {
    case 'if':
    case 'for':
    case 'while':
      return [stmt.body, stmt.orelse];
    case 'with':
    case 'function':
    case 'class':
      return [stmt.body];
    case 'try':
      return [stmt.body, ...stmt.handlers, stmt.orelse, stmt.final];
    case 'match':
      return stmt.cases;
    default:
      return [];
  }
}

/** Every statement below, outer before inner, in source order. `enter` may refuse to look inside one. */
export function statementsIn(body: readonly Stmt[], enter: (stmt: Stmt) => boolean = () => true): Stmt[] {
  const out: Stmt[] = [];
  collectStatements(body, enter, out);
  return out;
}

function collectStatements(body: readonly Stmt[], enter: (stmt: Stmt) => boolean, out: Stmt[]): void {
  for (const stmt of body) {
    out.push(stmt);
    if (isCompound(stmt) && enter(stmt)) {
      for (const block of childBlocks(stmt)) {
        collectStatements(block, enter, out);
      }
    }
  }
}

/** Can a statement hold others? */
function isCompound({ kind }: Stmt): boolean {
  return !(kind === 'expr' || kind === 'assign' || kind === 'augmented' || kind === 'return');
}

/** Statements of one function or module body: functions and classes defined inside are named but not entered. */
export function ownStatements(body: readonly Stmt[]): Stmt[] {
  return statementsIn(body, (stmt) => stmt.kind !== 'function' && stmt.kind !== 'class');
}

/** What the `return`s of a function's body give, those of functions inside it left out. */
export function returnedIn(body: readonly Stmt[]): Expr[] {
  return ownStatements(body).flatMap((stmt) =>
    stmt.kind === 'return' && stmt.value !== null ? [stmt.value] : [],
  );
}

/** An expression and everything inside it, outer before inner. */
export function expressionsIn(expr: Expr): Expr[] {
  const out: Expr[] = [];
  const meet = (part: Expr): void => {
    out.push(part);
    eachChild(part, meet);
  };
  meet(expr);
  return out;
}

/** Meets every expression of a statement itself (see ownExpressions), at any depth, outer before inner. */
export function eachExpression(stmt: Stmt, found: (expr: Expr) => void): void {
  const meet = (part: Expr): void => {
    found(part);
    eachChild(part, meet);
  };
  eachOwnExpression(stmt, meet);
}

/** Every expression of a statement itself (see ownExpressions), at any depth. */
export function expressionsOf(stmt: Stmt): Expr[] {
  const out: Expr[] = [];
  eachExpression(stmt, (expr) => out.push(expr));
  return out;
}

/** The calls of a statement itself (see ownExpressions), at any depth, outer before inner. */
export function callsOf(stmt: Stmt): CallExpr[] {
  const out: CallExpr[] = [];
  eachExpression(stmt, (expr) => {
    if (expr.kind === 'call') {
      out.push(expr);
    }
  });
  return out;
}
