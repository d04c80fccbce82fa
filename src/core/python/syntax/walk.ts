import type { CallExpr, Expr, Stmt } from './ast';

/** Expressions directly inside an expression. */
export function childExpressions(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'name':
    case 'number':
    case 'constant':
      return [];
    case 'attribute':
      return [expr.object];
    case 'call':
      return [expr.func, ...expr.args.map((arg) => arg.value)];
    case 'string':
      return expr.parts;
    case 'list':
    case 'tuple':
    case 'set':
      return expr.items;
    case 'dict':
      return expr.entries.flatMap((entry) => (entry.key === null ? [entry.value] : [entry.key, entry.value]));
    case 'comprehension':
      return [
        ...expr.generators.flatMap((part) => [part.target, part.iter, ...part.conditions]),
        ...(expr.key === null ? [] : [expr.key]),
        expr.element,
      ];
    case 'binary':
      return [expr.left, expr.right];
    case 'unary':
      return [expr.operand];
    case 'compare':
      return expr.operands;
    case 'conditional':
      return [expr.test, expr.whenTrue, expr.whenFalse];
    case 'subscript':
      return [expr.object, ...expr.indices];
    case 'lambda':
      return [expr.body];
    case 'walrus':
      return [expr.target, expr.value];
    default:
      return expr.parts;
  }
}

/** Expressions that belong to a statement itself, not to the statements inside it. */
export function ownExpressions(stmt: Stmt): readonly Expr[] {
  switch (stmt.kind) {
    case 'expr':
      return [stmt.value];
    case 'assign':
      return stmt.value === null ? stmt.targets : [stmt.value, ...stmt.targets];
    case 'augmented':
      return [stmt.value, stmt.target];
    case 'return':
      return stmt.value === null ? [] : [stmt.value];
    case 'if':
    case 'while':
      return [stmt.test];
    case 'for':
      return [stmt.iter, stmt.target];
    case 'with':
      return stmt.items.map((item) => item.value);
    case 'match':
      return [stmt.subject];
    case 'function':
      return [
        ...stmt.decorators,
        ...stmt.params.flatMap((param) => (param.default === null ? [] : [param.default])),
      ];
    case 'class':
      return [...stmt.decorators, ...stmt.bases.map((base) => base.value)];
    case 'other':
      return stmt.parts;
    default:
      return [];
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
    if (enter(stmt)) {
      for (const block of childBlocks(stmt)) {
        collectStatements(block, enter, out);
      }
    }
  }
}

/** Statements of one function or module body: functions and classes defined inside are named but not entered. */
export function ownStatements(body: readonly Stmt[]): Stmt[] {
  return statementsIn(body, (stmt) => stmt.kind !== 'function' && stmt.kind !== 'class');
}

/** An expression and everything inside it, outer before inner. */
export function expressionsIn(expr: Expr): Expr[] {
  const out: Expr[] = [];
  collectExpressions(expr, out);
  return out;
}

function collectExpressions(expr: Expr, out: Expr[]): void {
  out.push(expr);
  for (const part of childExpressions(expr)) {
    collectExpressions(part, out);
  }
}

/** Every expression of a statement itself (see ownExpressions), at any depth. */
export function expressionsOf(stmt: Stmt): Expr[] {
  const out: Expr[] = [];
  for (const expr of ownExpressions(stmt)) {
    collectExpressions(expr, out);
  }
  return out;
}

/** The calls of a statement itself (see ownExpressions), at any depth, outer before inner. */
export function callsOf(stmt: Stmt): CallExpr[] {
  const out: CallExpr[] = [];
  for (const expr of ownExpressions(stmt)) {
    collectCalls(expr, out);
  }
  return out;
}

function collectCalls(expr: Expr, out: CallExpr[]): void {
  switch (expr.kind) {
    case 'name':
    case 'number':
    case 'constant':
      return;
    case 'attribute':
      collectCalls(expr.object, out);
      return;
    case 'call':
      out.push(expr);
      collectCalls(expr.func, out);
      for (const arg of expr.args) {
        collectCalls(arg.value, out);
      }
      return;
    default:
      for (const part of childExpressions(expr)) {
        collectCalls(part, out);
      }
  }
}
