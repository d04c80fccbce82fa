import type { ModuleEntry, ModuleInstance } from '../facts';
import { argumentFact } from '../literals';
import { shortType } from '../names';
import { libraryBase, type Program } from '../program';
import type { Child, ModuleValue } from './value';

/** A tree wider or deeper than this is cut: it no longer helps anyone. */
const MAX_ENTRIES = 4000;
const MAX_DEPTH = 12;
/** Steps that one entry of a tree costs, and one instance of it. */
const ENTRY_WORK = 8;
const INSTANCE_WORK = 2;

export interface ModuleTree {
  readonly entries: readonly ModuleEntry[];
  readonly instances: readonly ModuleInstance[];
}

/** Flattens a built module into entries (one for each place in the code) and instances (one for each path). */
export function flattenModule(root: string, module: ModuleValue, program: Program | null = null): ModuleTree {
  const flat = new Flattening(root, program);
  flat.children(module, '', '', 0, new Set([module]));
  return flat.finished();
}

/** An entry whose indices are still being gathered; null where there are none. */
interface Growing {
  current: ModuleEntry;
  readonly indices: number[] | null;
}

class Flattening {
  private readonly entries = new Map<string, Growing>();
  private readonly instances: { path: string; entry: Growing; value: ModuleValue }[] = [];

  constructor(
    private readonly root: string,
    private readonly program: Program | null,
  ) {}

  finished(): ModuleTree {
    for (const entry of this.entries.values()) {
      const { indices } = entry;
      if (indices !== null) {
        entry.current = { ...entry.current, indices, count: indices.length };
      }
    }
    return {
      entries: [...this.entries.values()].map((entry) => entry.current),
      instances: this.instances.map(({ path, entry, value }) => ({
        path,
        entry: entry.current,
        values: value.values,
      })),
    };
  }

  children(
    module: ModuleValue,
    entryPrefix: string,
    pathPrefix: string,
    depth: number,
    above: ReadonlySet<ModuleValue>,
  ): void {
    for (const child of module.children) {
      if (depth > MAX_DEPTH || this.instances.length > MAX_ENTRIES || above.has(child.value)) {
        continue;
      }
      child.source.work.spend(INSTANCE_WORK);
      const isIndex = /^\d+$/.test(child.key);
      const segment = child.looped && isIndex ? '*' : child.key;
      const entryPath = entryPrefix + segment;
      const path = pathPrefix + child.key;
      const entry = this.entry(entryPath, child, isIndex && segment === '*' ? Number(child.key) : null);
      this.instances.push({ path, entry, value: child.value });
      this.children(child.value, `${entryPath}.`, `${path}.`, depth + 1, new Set(above).add(child.value));
    }
  }

  private entry(path: string, child: Child, index: number | null): Growing {
    const { value } = child;
    child.source.work.spend(ENTRY_WORK);
    // The same code gives the same entry; two constructors under one pattern give two.
    const isAttribute = child.node === child.stmt;
    const { call } = value;
    const source = isAttribute || call === null ? child.source : value.source;
    const key = `${path} ${value.type} ${source.path} ${call?.start ?? child.node.start}`;
    const known = this.entries.get(key);
    if (known !== undefined) {
      if (index !== null && known.indices?.includes(index) === false) {
        known.indices.push(index);
      }
      return known;
    }
    // The constructor may stand in another file than the line that registers what it makes.
    const isTogether = value.source === source;
    const stmt = value.type === '' || !isTogether ? child.stmt : value.stmt;
    const shown = isTogether ? call : null;
    const entry: Growing = {
      indices: index === null ? null : [index],
      current: {
        path,
        type: value.type === '' ? 'unknown' : shortType(value.type),
        ...baseOf(value, this.program),
        range: source.range(isAttribute || call === null ? child.node : call),
        root: this.root,
        owner: child.owner?.node?.name ?? null,
        call: shown === null ? null : source.range(shown),
        callee: shown === null ? null : source.range(shown.func),
        args: shown === null ? [] : shown.args.map((arg) => argumentFact(source, arg)),
        statement: source.statement(stmt),
        count: null,
        indices: null,
        values: isTogether ? value.values : [],
        through: value.through.flatMap((one) => (one.source === source ? [source.range(one.node)] : [])),
        exact: value.exact,
        file: source.path,
      },
    };
    this.entries.set(key, entry);
    return entry;
  }
}

/** `{ base: 'nn.LayerNorm' }` for an object of a class that extends it. */
function baseOf(value: ModuleValue, program: Program | null): { base?: string } {
  const base = value.scope === null ? null : libraryBase(value.scope, program);
  return base === null || base === 'torch.nn.Module' ? {} : { base: shortType(base) };
}
