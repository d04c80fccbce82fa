import type { ForStmt, Stmt } from '../syntax/ast';
import { expressionsOf, ownStatements } from '../syntax/walk';
import { UNKNOWN, type Value } from './value';

/** Of two possible values the one that is a module, and then not for certain. */
export function preferred(first: Value, second: Value): Value {
  const isPlain = (value: Value): boolean => value.kind === 'literal' && value.value === null;
  const isIdentity = (value: Value): boolean => value.kind === 'module' && value.type === 'torch.nn.Identity';
  if (first.kind === 'module' && second.kind === 'module') {
    if (isIdentity(first)) {
      return second;
    }
    if (!isIdentity(second) && second.type !== first.type) {
      first.exact = false;
    }
    return first;
  }
  if (second.kind === 'module' || isPlain(first)) {
    return second;
  }
  return first.kind === 'module' || isPlain(second) ? first : UNKNOWN;
}

/** May a statement leave its body unrun? */
export function isConditional(stmt: Stmt): boolean {
  return stmt.kind === 'if' || stmt.kind === 'for' || stmt.kind === 'while';
}

/** Does a loop build layers, as against train? */
export function buildsSomething(loop: ForStmt): boolean {
  let builds = false;
  for (const stmt of ownStatements(loop.body)) {
    builds ||=
      stmt.kind === 'augmented' ||
      (stmt.kind === 'assign' && stmt.targets.some((target) => target.kind !== 'name'));
    for (const expr of expressionsOf(stmt)) {
      if (expr.kind !== 'call') {
        continue;
      }
      const word =
        expr.func.kind === 'attribute' ? expr.func.attr : expr.func.kind === 'name' ? expr.func.id : '';
      if (word === 'backward' || word === 'step' || word === 'no_grad') {
        return false;
      }
      builds ||= /^(?:append|extend|insert|add_module|register_module|setattr|add)$/.test(word);
    }
  }
  return builds;
}
