import type { PythonFacts } from '../../python/facts';
import type { Expr, FunctionStmt, Stmt } from '../../python/syntax/ast';
import { childBlocks, expressionsOf } from '../../python/syntax/walk';

/** Meets every expression of code that gradients flow through: models, training loops and what these call. */
export function visitTrained(facts: PythonFacts, found: (expr: Expr) => void): void {
  visit(facts, facts.body, false, found);
}

function visit(
  facts: PythonFacts,
  body: readonly Stmt[],
  onPath: boolean,
  found: (expr: Expr) => void,
): void {
  for (const stmt of body) {
    if (isWithoutGradient(facts, stmt)) {
      continue;
    }
    const inside =
      onPath || (stmt.kind === 'function' && isOnTrainingPath(facts, stmt)) || isTrainingLoop(facts, stmt);
    if (inside) {
      for (const expr of expressionsOf(stmt)) {
        found(expr);
      }
    }
    for (const block of childBlocks(stmt)) {
      visit(facts, block, inside, found);
    }
  }
}

function isWithoutGradient(facts: PythonFacts, stmt: Stmt): boolean {
  const noGrad = (expr: Expr) => /\b(?:no_grad|inference_mode)\b/.test(facts.textOf(facts.rangeOf(expr)));
  if (stmt.kind === 'with') {
    return stmt.items.some((item) => noGrad(item.value));
  }
  return stmt.kind === 'function' && stmt.decorators.some(noGrad);
}

/** A method of a model, or a function that a training loop calls. */
function isOnTrainingPath(facts: PythonFacts, stmt: FunctionStmt): boolean {
  const { line } = facts.rangeOf(stmt);
  const owner = facts.classes.find((one) => one.range.line <= line && line <= one.range.endLine);
  if (owner !== undefined && owner.kind !== 'other') {
    return stmt.name !== '__init__';
  }
  const call = new RegExp(`\\b${stmt.name}\\(`);
  return facts.loops.some(
    (loop) =>
      call.test(facts.textOf(loop.range)) && lossDependsOn(facts, loop.range.line, loop.range.endLine, call),
  );
}

/** The call feeds a value (not only a log line): it stands before `backward`, on a line that assigns or returns. */
function lossDependsOn(facts: PythonFacts, from: number, to: number, call: RegExp): boolean {
  const lines = facts.text.split('\n').slice(from - 1, to);
  const backward = lines.findIndex((line) => /\bbackward\(/.test(line));
  return lines.some((line, at) => (backward < 0 || at <= backward) && call.test(line));
}

function isTrainingLoop(facts: PythonFacts, stmt: Stmt): boolean {
  if (stmt.kind !== 'for' && stmt.kind !== 'while') {
    return false;
  }
  const { line } = facts.rangeOf(stmt);
  return facts.loops.some((loop) => loop.range.line === line);
}
