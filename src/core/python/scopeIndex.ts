import { addTo } from './multimap';
import type { Scope } from './scopes';
import type { Stmt } from './syntax/ast';

/** The scopes of a file by name, by statement and by place. */
export class ScopeIndex {
  private readonly inner = new Map<Scope, Scope[]>();
  private readonly byNode = new Map<Stmt, Scope>();
  private readonly classes = new Map<string, Scope>();
  private readonly functions = new Map<string, Scope>();
  private readonly byName = new Map<string, Scope[]>();

  constructor(scopes: readonly Scope[]) {
    for (const scope of scopes) {
      this.add(scope);
    }
  }

  private add(scope: Scope): void {
    const { node, parent } = scope;
    if (node === null || parent === null) {
      return;
    }
    addTo(this.inner, parent, scope);
    this.byNode.set(node, scope);
    addTo(this.byName, node.name, scope);
    const names = scope.kind === 'class' ? this.classes : this.functions;
    const name = scope.kind === 'class' ? node.name : scope.name;
    if (!names.has(name)) {
      names.set(name, scope);
    }
  }

  /** Scopes directly inside one, in source order. */
  inside(scope: Scope): readonly Scope[] {
    return this.inner.get(scope) ?? [];
  }

  /** Innermost scope around an offset that a scope holds. */
  around(outer: Scope, offset: number): Scope {
    let found = outer;
    for (;;) {
      const inside = scopeAround(this.inner.get(found) ?? [], offset);
      if (inside === undefined) {
        return found;
      }
      found = inside;
    }
  }

  classNamed(name: string): Scope | null {
    return this.classes.get(name) ?? null;
  }

  /** Function defined at module level. */
  functionNamed(name: string): Scope | null {
    return this.functions.get(name) ?? null;
  }

  /** Every class and function of a name, at any depth. */
  named(name: string): readonly Scope[] {
    return this.byName.get(name) ?? [];
  }

  /** Scope of a class or function statement. */
  of(node: Stmt): Scope | null {
    return this.byNode.get(node) ?? null;
  }
}

/** Of scopes in source order that do not overlap, the one around an offset. */
function scopeAround(scopes: readonly Scope[], offset: number): Scope | undefined {
  let low = 0;
  let high = scopes.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const scope = scopes[middle];
    if (scope === undefined || offset < scope.start) {
      high = middle - 1;
    } else if (offset >= scope.end) {
      low = middle + 1;
    } else {
      return scope;
    }
  }
  return undefined;
}
