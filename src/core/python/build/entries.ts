import type { TextRange } from '../../text';
import { definition } from '../definitions';
import type { ArgumentFact, Literal, ModuleEntry, ModuleInstance, StatementFact } from '../facts';
import { argumentFact } from '../literals';
import { shortType } from '../names';
import { libraryBase, type Program } from '../program';
import type { PythonSource } from '../source';
import type { CallExpr, Expr } from '../syntax/ast';
import { type BuildPlan, type Child, isSamePlan, type ModuleValue } from './value';

/** A tree wider or deeper than this is cut: it no longer helps anyone. */
const MAX_ENTRIES = 4000;
const MAX_DEPTH = 12;
/** A type that is handed on is followed this far. */
const MAX_HOPS = 4;
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

class Flattening {
  private readonly entries = new Map<string, Entry>();
  private readonly instances: { path: string; entry: Entry; value: ModuleValue }[] = [];
  /** By the path of its entry what was built last there. */
  private readonly built = new Map<string, Built>();

  constructor(
    private readonly root: string,
    private readonly program: Program | null,
  ) {}

  finished(): ModuleTree {
    return {
      entries: [...this.entries.values()],
      instances: this.instances.map(({ path, entry, value }) => ({ path, entry, values: value.values })),
    };
  }

  /** @param above the module and those it is part of: none is entered once more inside itself */
  children(
    module: ModuleValue,
    entryPrefix: string,
    pathPrefix: string,
    depth: number,
    above: Set<ModuleValue>,
  ): void {
    for (const child of module.children) {
      if (depth > MAX_DEPTH || this.instances.length > MAX_ENTRIES || above.has(child.value)) {
        continue;
      }
      child.source.work.spend(INSTANCE_WORK);
      const isIndex = child.looped && /^\d+$/.test(child.key);
      const entryPath = entryPrefix + (isIndex ? '*' : child.key);
      const path = pathPrefix + child.key;
      const entry = this.entry(entryPath, child, isIndex ? Number(child.key) : null);
      this.instances.push({ path, entry, value: child.value });
      const plan = child.value.plan ?? null;
      const twin = plan === null ? undefined : this.built.get(entryPath);
      if (plan !== null && twin !== undefined && isSamePlan(twin.plan, plan)) {
        this.repeat(twin, path, child.source);
        continue;
      }
      const from = this.instances.length;
      above.add(child.value);
      this.children(child.value, `${entryPath}.`, `${path}.`, depth + 1, above);
      above.delete(child.value);
      if (plan !== null) {
        this.built.set(entryPath, { plan, path, from, to: this.instances.length });
      }
    }
  }

  /** Of `[Block(64) for _ in range(6)]` one is built: the others are the same at other paths. */
  private repeat(twin: Built, path: string, source: PythonSource): void {
    for (let at = twin.from; at < twin.to && this.instances.length <= MAX_ENTRIES; at++) {
      const one = this.instances[at];
      if (one !== undefined) {
        source.work.spend(INSTANCE_WORK + ENTRY_WORK);
        this.instances.push({ ...one, path: path + one.path.slice(twin.path.length) });
      }
    }
  }

  private entry(path: string, child: Child, index: number | null): Entry {
    const { value } = child;
    child.source.work.spend(ENTRY_WORK);
    // The same code gives the same entry; two constructors under one pattern give two.
    const isAttribute = child.node === child.stmt;
    const { call } = value;
    const source = isAttribute || call === null ? child.source : value.source;
    const file = this.program === null ? '' : source.path;
    const key = `${path} ${value.type} ${call?.start ?? child.node.start} ${file}`;
    const known = this.entries.get(key);
    if (known !== undefined) {
      if (index !== null) {
        known.meet(index);
      }
      return known;
    }
    const entry = new Entry(path, this.root, source, child, index, baseOf(value, this.program));
    this.entries.set(key, entry);
    return entry;
  }
}

/** What was met within one module: its part of the instances. */
interface Built {
  readonly plan: BuildPlan;
  readonly path: string;
  readonly from: number;
  readonly to: number;
}

/** An entry, made by the hundred: its places are worked out when somebody asks for them. */
class Entry implements ModuleEntry {
  readonly type: string;
  readonly owner: string | null;
  readonly exact: boolean;
  readonly file: string;
  readonly #source: PythonSource;
  readonly #child: Child;
  readonly #found: number[] | null;
  #args: readonly ArgumentFact[] | null = null;

  /** @param source file of its places */
  constructor(
    readonly path: string,
    readonly root: string,
    source: PythonSource,
    child: Child,
    index: number | null,
    readonly base: string | undefined,
  ) {
    const { value, owner } = child;
    this.#source = source;
    this.#child = child;
    this.type = value.type === '' ? 'unknown' : shortType(value.type);
    this.owner = owner?.node?.name ?? null;
    this.exact = value.exact;
    this.file = source.path;
    this.#found = index === null ? null : [index];
  }

  /** Notes another index that its `*` stands for. */
  meet(index: number): void {
    if (this.#found?.includes(index) === false) {
      this.#found.push(index);
    }
  }

  get count(): number | null {
    return this.#found?.length ?? null;
  }

  get indices(): readonly number[] | null {
    return this.#found;
  }

  /** The constructor may stand in another file than the line that registers what it makes. */
  get #isTogether(): boolean {
    return this.#child.value.source === this.#source;
  }

  get #shown(): CallExpr | null {
    return this.#isTogether ? this.#child.value.call : null;
  }

  get range(): TextRange {
    const { node, stmt, value } = this.#child;
    return this.#source.range(node === stmt ? node : (value.call ?? node));
  }

  get call(): TextRange | null {
    return this.#shown === null ? null : this.#source.range(this.#shown);
  }

  get callee(): TextRange | null {
    const call = this.#shown;
    return call === null
      ? null
      : this.#source.range(writtenType(this.#source, call.func, this.#child.value.type));
  }

  get args(): readonly ArgumentFact[] {
    this.#args ??= this.#shown?.args.map((arg) => argumentFact(this.#source, arg)) ?? [];
    return this.#args;
  }

  get statement(): StatementFact {
    const { value, stmt } = this.#child;
    return this.#source.statement(value.type === '' || !this.#isTogether ? stmt : value.stmt);
  }

  get values(): readonly (Literal | undefined)[] {
    return this.#isTogether ? this.#child.value.values : [];
  }

  get through(): readonly TextRange[] {
    return this.#child.value.through.flatMap((one) =>
      one.source === this.#source ? [this.#source.range(one.node)] : [],
    );
  }
}

/** Where the type is written that a call makes: `nn.Tanh` in `act=nn.Tanh`, for `act()` of a parameter that is given nothing else. */
function writtenType(source: PythonSource, func: Expr, type: string): Expr {
  let at = func;
  for (let hops = 0; hops < MAX_HOPS && source.nameOf(at) !== type; hops++) {
    const behind = definition(source, at);
    if (behind === null) {
      return func;
    }
    at = behind;
  }
  return source.nameOf(at) === type ? at : func;
}

/** `nn.LayerNorm` for an object of a class that extends it. */
function baseOf(value: ModuleValue, program: Program | null): string | undefined {
  const base = value.scope === null ? null : libraryBase(value.scope, program);
  return base === null || base === 'torch.nn.Module' ? undefined : shortType(base);
}
