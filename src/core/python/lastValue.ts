import type { PythonFacts } from './facts';
import type { Expr, Stmt } from './syntax/ast';
import { childBlocks } from './syntax/walk';

/** The value a name was given last before a statement, in its own block or one around it; null when a branch may change it. */
export function lastValue(facts: PythonFacts, name: string, before: Stmt): Expr | null {
  for (const { block, index } of pathTo(facts.body, before).reverse()) {
    const found = lastIn(block.slice(0, index), name);
    if (found !== undefined) {
      return found;
    }
  }
  return null;
}

/** The last value a block gives a name; null when that is unclear, undefined when it gives none. */
function lastIn(block: readonly Stmt[], name: string): Expr | null | undefined {
  for (const stmt of [...block].reverse()) {
    const [target] = stmt.kind === 'assign' && stmt.targets.length === 1 ? stmt.targets : [];
    if (stmt.kind === 'assign' && target?.kind === 'name' && target.id === name) {
      return stmt.value;
    }
    const inside = stmt.kind === 'with' ? lastIn(stmt.body, name) : undefined;
    if (inside !== undefined) {
      return inside;
    }
    if (stmt.kind !== 'function' && stmt.kind !== 'class' && writes(stmt, name)) {
      return null;
    }
  }
  return undefined;
}

/** May a statement give a name another value? */
function writes(stmt: Stmt, name: string): boolean {
  switch (stmt.kind) {
    case 'assign':
      return stmt.targets.some((target) => mentions(target, name));
    case 'augmented':
      return mentions(stmt.target, name);
    case 'for':
      return mentions(stmt.target, name) || stmt.body.some((inner) => writes(inner, name));
    default:
      return childBlocks(stmt).some((block) => block.some((inner) => writes(inner, name)));
  }
}

function mentions(target: Expr, name: string): boolean {
  if (target.kind === 'name') {
    return target.id === name;
  }
  return (
    (target.kind === 'tuple' || target.kind === 'list') && target.items.some((item) => mentions(item, name))
  );
}

interface Position {
  readonly block: readonly Stmt[];
  readonly index: number;
}

/** Blocks from the outermost to the one that holds a statement; starts anew at functions and classes. */
function pathTo(body: readonly Stmt[], wanted: Stmt): Position[] {
  for (const [index, stmt] of body.entries()) {
    if (stmt === wanted) {
      return [{ block: body, index }];
    }
    if (stmt.start <= wanted.start && wanted.end <= stmt.end) {
      for (const block of childBlocks(stmt)) {
        const inner = pathTo(block, wanted);
        if (inner.length > 0) {
          return stmt.kind === 'function' || stmt.kind === 'class'
            ? inner
            : [{ block: body, index }, ...inner];
        }
      }
    }
  }
  return [];
}
