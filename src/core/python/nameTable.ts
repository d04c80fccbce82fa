import { canonicalName, frameworkOf } from './names';
import type { PythonSource } from './source';
import type { Expr } from './syntax/ast';

/** Aliases are followed this far; a chain longer than this is not something a person wrote. */
export const MAX_ALIASES = 8;

/** The canonical dotted names that expressions of a file are bound to (see PythonFacts.nameOf), each worked out once. */
export class NameTable {
  private readonly known = new Map<Expr, string | null>();

  constructor(private readonly source: PythonSource) {}

  of(expr: Expr, depth = 0): string | null {
    if (expr.kind !== 'name' && expr.kind !== 'attribute') {
      return null;
    }
    const known = this.known.get(expr);
    if (known !== undefined) {
      return known;
    }
    this.source.work.spend(1);
    const name = this.resolve(expr, depth);
    this.known.set(expr, name);
    return name;
  }

  private resolve(expr: Expr & { kind: 'name' | 'attribute' }, depth: number): string | null {
    if (depth > MAX_ALIASES) {
      return null;
    }
    if (expr.kind === 'attribute') {
      const object = this.of(expr.object, depth);
      return object === null ? null : canonicalName(`${object}.${expr.attr}`);
    }
    const bindings = this.source.bindings(expr);
    const [first] = bindings;
    if (first === undefined) {
      return this.starName(expr.id) ?? expr.id;
    }
    const imported = bindings.find((binding) => binding.kind === 'import');
    if (imported?.origin != null) {
      return canonicalName(imported.origin);
    }
    if (first.kind === 'class' || first.kind === 'function') {
      return expr.id;
    }
    if (bindings.length === 1 && first.kind === 'assign' && first.value !== null) {
      const { value } = first;
      const alias = value.kind === 'name' || value.kind === 'attribute';
      return alias && !(value.kind === 'name' && value.id === expr.id) ? this.of(value, depth + 1) : null;
    }
    return null;
  }

  /** `from torch.nn import *`: a capitalised name that nothing else defines is one of its classes. */
  private starName(id: string): string | null {
    if (!/^[A-Z][a-z]/.test(id)) {
      return null;
    }
    const stars = this.source.module.bindings.get('*') ?? [];
    const only = stars.length === 1 ? stars[0]?.origin : null;
    return only != null && frameworkOf(only) !== null ? canonicalName(`${only}.${id}`) : null;
  }
}
