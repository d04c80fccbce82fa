import type { Scope } from './scopes';
import type { PythonSource } from './source';
import type { Expr } from './syntax/ast';

/** What a dotted name stands for: a class or function, or the value a module-level name is given. */
export interface Definition {
  readonly source: PythonSource;
  readonly scope: Scope | null;
  readonly value: Expr | null;
}

/** Re-exports and aliases are followed this far. */
const MAX_HOPS = 8;

interface ModuleFile {
  readonly source: PythonSource;
  /** Its path without `.py` and `__init__`. */
  readonly parts: readonly string[];
}

/** Python files that may import each other. */
export class Program {
  /** By the last part of the module's name. */
  private readonly modules = new Map<string, ModuleFile[]>();
  private readonly partsOf = new Map<PythonSource, readonly string[]>();
  private readonly found = new Map<PythonSource, Map<string, Definition | null>>();

  constructor(readonly sources: readonly PythonSource[]) {
    for (const source of sources) {
      const parts = source.path
        .replace(/\.pyw?$/, '')
        .replace(/(^|[/\\])__init__$/, '')
        .split(/[/\\]/)
        .filter((part) => part !== '' && part !== '.');
      this.partsOf.set(source, parts);
      const last = parts.at(-1) ?? '';
      const known = this.modules.get(last);
      if (known === undefined) {
        this.modules.set(last, [{ source, parts }]);
      } else {
        known.push({ source, parts });
      }
    }
  }

  /** Where a dotted origin of an import (`torchvision.ops.misc.MLP`, `..layers.Block`) is defined; null when in none of the files. */
  definition(origin: string, from: PythonSource, hops = 0): Definition | null {
    // torch itself is known without being read.
    if (hops > MAX_HOPS || origin.startsWith('torch.')) {
      return null;
    }
    const cache = this.found.get(from) ?? new Map<string, Definition | null>();
    this.found.set(from, cache);
    const known = cache.get(origin);
    if (known !== undefined) {
      return known;
    }
    cache.set(origin, null); // a name that leads back to itself leads nowhere
    const result = this.search(origin, from, hops);
    cache.set(origin, result);
    return result;
  }

  private search(origin: string, from: PythonSource, hops: number): Definition | null {
    const dots = /^\.+/.exec(origin)?.[0].length ?? 0;
    const segments = origin
      .slice(dots)
      .split('.')
      .filter((segment) => segment !== '');
    const lowest = dots > 0 ? 0 : 1;
    for (let cut = segments.length - 1; cut >= lowest; cut--) {
      const file = this.file(segments.slice(0, cut), dots, from);
      const [name, ...rest] = segments.slice(cut);
      if (name === undefined || rest.length > 0) {
        continue;
      }
      const found =
        file === null
          ? this.inPackage(segments.slice(0, cut), dots, name, from)
          : this.member(file, name, hops);
      if (found !== null) {
        return found;
      }
    }
    return null;
  }

  /** A class or function of a package whose `__init__` is not among the files: the only one of that name in its folder. */
  private inPackage(
    segments: readonly string[],
    dots: number,
    name: string,
    from: PythonSource,
  ): Definition | null {
    const folder = dots > 0 ? [...this.folderOf(from, dots), ...segments] : segments;
    if (folder.length === 0) {
      return null;
    }
    const found = this.sources.flatMap((source) => {
      const parts = this.partsOf.get(source) ?? [];
      const within = parts.slice(0, -1);
      const isThere = endsWith(within, folder) && (dots === 0 || within.length === folder.length);
      const stmt = isThere ? source.module.bindings.get(name)?.at(-1)?.stmt : null;
      return stmt?.kind === 'class' || stmt?.kind === 'function' ? [{ source, stmt }] : [];
    });
    const [only] = found;
    return only === undefined || found.length > 1
      ? null
      : { source: only.source, scope: only.source.scopeOf(only.stmt), value: null };
  }

  /** The file of a module's dotted name as one file imports it; null when there is none or no telling which. */
  private file(segments: readonly string[], dots: number, from: PythonSource): PythonSource | null {
    const here = this.partsOf.get(from) ?? [];
    if (dots > 0) {
      const wanted = [...this.folderOf(from, dots), ...segments];
      const same = this.modules.get(wanted.at(-1) ?? '')?.filter(({ parts }) => endsWith(parts, wanted));
      return same?.find(({ parts }) => parts.length === wanted.length)?.source ?? null;
    }
    const fitting = (this.modules.get(segments.at(-1) ?? '') ?? [])
      .filter(({ parts }) => endsWith(parts, segments))
      .map(({ source, parts }) => ({ source, distance: distance(here, parts) }))
      .sort((a, b) => a.distance - b.distance);
    const [best, second] = fitting;
    return best === undefined || second?.distance === best.distance ? null : best.source;
  }

  /** The package that the leading dots of a relative import mean. */
  private folderOf(from: PythonSource, dots: number): readonly string[] {
    const here = this.partsOf.get(from) ?? [];
    const isPackage = /(^|[/\\])__init__\.pyw?$/.test(from.path);
    return here.slice(0, Math.max(0, here.length - dots + (isPackage ? 1 : 0)));
  }

  /** A module-level name of a file. */
  private member(file: PythonSource, name: string, hops: number): Definition | null {
    const binding = file.module.bindings.get(name)?.at(-1);
    if (binding?.kind === 'import' && binding.origin !== null) {
      return this.definition(binding.origin, file, hops + 1);
    }
    const { stmt } = binding ?? {};
    if (stmt?.kind === 'class' || stmt?.kind === 'function') {
      return { source: file, scope: file.scopeOf(stmt), value: null };
    }
    if (binding?.kind === 'assign' && binding.value !== null) {
      return { source: file, scope: null, value: binding.value };
    }
    for (const { origin } of file.module.bindings.get('*') ?? []) {
      const separator = origin?.endsWith('.') ? '' : '.';
      const found = origin === null ? null : this.definition(`${origin}${separator}${name}`, file, hops + 1);
      if (found !== null) {
        return found;
      }
    }
    return null;
  }
}

function endsWith(parts: readonly string[], tail: readonly string[]): boolean {
  const offset = parts.length - tail.length;
  return offset >= 0 && tail.every((part, at) => parts[offset + at] === part);
}

/** Steps between the folders of two modules. */
function distance(a: readonly string[], b: readonly string[]): number {
  let common = 0;
  while (common < a.length - 1 && common < b.length - 1 && a[common] === b[common]) {
    common++;
  }
  return a.length + b.length - 2 * common;
}

/** The class a base expression names, in its own file or, with a program, in another. */
export function baseClass(base: Expr, source: PythonSource, program: Program | null): Scope | null {
  const own = base.kind === 'name' ? source.classNamed(base.id) : null;
  if (own !== null) {
    return own;
  }
  const origin = program === null ? null : source.nameOf(base);
  const found = origin === null ? null : program?.definition(origin, source)?.scope;
  return found?.kind === 'class' ? found : null;
}

/** The classes a class inherits from directly, as far as they can be seen. */
export function basesOf(owner: Scope, program: Program | null): readonly Scope[] {
  if (owner.node?.kind !== 'class') {
    return [];
  }
  return owner.node.bases.flatMap((base) => {
    const scope = base.name === null ? baseClass(base.value, owner.source, program) : null;
    return scope === null || scope === owner ? [] : [scope];
  });
}

/** A method by name, inherited ones included. */
export function methodOf(owner: Scope, name: string, program: Program | null, depth = 0): Scope | null {
  const stmt = owner.bindings.get(name)?.at(-1)?.stmt;
  if (stmt?.kind === 'function') {
    return owner.source.scopeOf(stmt);
  }
  for (const base of depth > MAX_HOPS ? [] : basesOf(owner, program)) {
    const found = methodOf(base, name, program, depth + 1);
    if (found !== null) {
      return found;
    }
  }
  return null;
}

/** The class of torch.nn that a class extends, directly or through classes that can be read; null when there is none. */
export function libraryBase(owner: Scope, program: Program | null, depth = 0): string | null {
  if (owner.node?.kind !== 'class' || depth > MAX_HOPS) {
    return null;
  }
  for (const { value, name } of owner.node.bases) {
    const origin = name === null ? owner.source.nameOf(value) : null;
    if (origin !== null && /^torch\.nn\.[A-Z]/.test(origin)) {
      return origin;
    }
    const scope = name === null ? baseClass(value, owner.source, program) : null;
    const found = scope === null || scope === owner ? null : libraryBase(scope, program, depth + 1);
    if (found !== null) {
      return found;
    }
  }
  return null;
}
