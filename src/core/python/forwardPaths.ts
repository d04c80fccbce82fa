import type { ModuleEntry } from './facts';
import type { PythonSource } from './source';
import type { Expr } from './syntax/ast';

/** What a variable holds: a value (step), a module (path), several values, or nothing known. */
export type Held =
  | { readonly kind: 'step'; readonly id: number }
  | { readonly kind: 'module'; readonly path: string }
  | { readonly kind: 'many'; readonly items: readonly Held[] }
  | null;

export type Vars = Map<string, Held>;

/** The steps a value comes from. */
export function stepsIn(held: Held): readonly number[] {
  if (held === null || held.kind === 'module') {
    return [];
  }
  return held.kind === 'step' ? [held.id] : held.items.flatMap((item) => stepsIn(item));
}

/** The registered modules of a class by path, and the expressions of its forward that denote them. */
export class ModulePaths {
  private readonly entries: ReadonlyMap<string, ModuleEntry>;
  /** Types of modules that are called by a number in their name. */
  private readonly patterns = new Map<string, string>();

  /** @param loose the modules are variables, and not attributes */
  constructor(
    private readonly source: PythonSource,
    modules: readonly ModuleEntry[],
    private readonly loose = false,
  ) {
    const entries = new Map<string, ModuleEntry>();
    for (const entry of modules) {
      if (!entries.has(entry.path)) {
        entries.set(entry.path, entry);
      }
    }
    this.entries = entries;
  }

  /** Constructor of the module at a path. */
  typeAt(path: string): string {
    return this.entries.get(path)?.type ?? this.patterns.get(path) ?? 'unknown';
  }

  /** The modules of a list as one entry. */
  under(path: string): ModuleEntry | undefined {
    return this.entries.get(`${path}.*`);
  }

  /** Path of the registered module an expression denotes; null when it denotes none. */
  of(expr: Expr, vars: Vars): string | null {
    if (expr.kind === 'name') {
      const held = vars.get(expr.id);
      if (held === undefined && this.loose && this.entries.has(expr.id)) {
        return expr.id;
      }
      return held?.kind === 'module' ? held.path : null;
    }
    if (expr.kind === 'attribute') {
      const base = this.source.isSelf(expr.object) ? '' : this.of(expr.object, vars);
      const path = base === null ? null : base === '' ? expr.attr : `${base}.${expr.attr}`;
      return path !== null && this.entries.has(path) ? path : null;
    }
    if (expr.kind === 'subscript') {
      const base = this.of(expr.object, vars);
      const [index] = expr.indices;
      if (base === null || index === undefined) {
        return null;
      }
      if (index.kind === 'slice') {
        return base;
      }
      const key =
        index.kind === 'number' ? String(index.value) : index.kind === 'string' ? index.value : null;
      return key !== null && this.entries.has(`${base}.${key}`) ? `${base}.${key}` : `${base}.*`;
    }
    if (expr.kind === 'call' && expr.func.kind === 'name' && expr.func.id === 'getattr') {
      const name = expr.args[1]?.value;
      const isOwn = expr.args[0] !== undefined && this.source.isSelf(expr.args[0].value);
      if (!isOwn || name?.kind !== 'string') {
        return null;
      }
      return name.value === null ? this.numbered(name) : this.entries.has(name.value) ? name.value : null;
    }
    return null;
  }

  /** `fc*` for `f"fc{i}"`, where modules of one type have such names. */
  private numbered(name: Expr & { kind: 'string' }): string | null {
    const pattern = /^f["'](\w*)\{[^{}]{1,40}\}(\w*)["']$/i.exec(this.source.source(name));
    const [, head = '', tail = ''] = pattern ?? [];
    if (pattern === null || head + tail === '') {
      return null;
    }
    const isOne = new RegExp(`^${head}\\d+${tail}$`);
    const types = new Set(
      [...this.entries.values()].flatMap(({ path, type }) => (isOne.test(path) ? [type] : [])),
    );
    const [type] = types;
    if (types.size !== 1 || type === undefined) {
      return null;
    }
    const path = `${head}*${tail}`;
    this.patterns.set(path, type);
    return path;
  }
}
