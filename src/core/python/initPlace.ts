import { argumentFor, argumentsFor } from './definitions';
import type { ModelFact } from './facts';
import type { Around } from './inits';
import type { Scope } from './scopes';
import type { PythonSource } from './source';
import type { CallExpr, Expr } from './syntax/ast';

/** What a call that writes initial values reaches. */
export interface InitPlace {
  /** Class, or root of a model without one; null when unknown. */
  readonly root: string | null;
  /** Paths in `root`, `*` for any index; null: everything that filters let through. */
  readonly paths: readonly string[] | null;
  /** It goes over all modules or parameters. */
  readonly sweeps: boolean;
  /** Constructors of the layers, where a local variable holds one, or a helper is handed them. */
  readonly makers: readonly CallExpr[];
}

/** A module an expression stands for: the model itself has an empty path. */
interface Module {
  readonly root: string | null;
  readonly path: string;
}

/** Parameters, aliases and loops are followed this far. */
const MAX_HOPS = 5;

/** Finds what is written: by `self`, by the variables that hold models, by loops over them, and by what helpers are handed. */
export function initPlace(
  source: PythonSource,
  tensor: Expr,
  around: readonly Around[],
  scope: Scope | null,
  models: () => readonly ModelFact[],
): InitPlace {
  const search = new Search(source, around, models);
  const holder =
    tensor.kind === 'attribute' && /^(?:weight|bias|in_proj|gamma|beta|alpha)/.test(tensor.attr)
      ? tensor.object
      : tensor;
  const found = search.modules(holder, MAX_HOPS);
  const own = source.classAt(tensor.start)?.node?.name ?? null;
  if (found !== null) {
    const roots = new Set(found.map(({ root }) => root));
    const [root] = roots;
    const whole = found.some(({ path }) => path === '');
    return {
      root: roots.size === 1 && root !== undefined ? root : own,
      paths: whole ? null : found.map(({ path }) => path),
      sweeps: search.swept || whole,
      makers: [],
    };
  }
  return {
    root: own ?? search.appliedTo(scope),
    paths: null,
    sweeps: search.swept,
    makers: own === null ? search.makers(holder) : [],
  };
}

class Search {
  /** A loop over modules() or parameters() was met on the way. */
  swept = false;

  constructor(
    private readonly source: PythonSource,
    private readonly around: readonly Around[],
    private readonly models: () => readonly ModelFact[],
  ) {
    this.swept = around.some(
      ({ stmt }) =>
        stmt.kind === 'for' &&
        /\.(?:named_)?(?:modules|parameters)\(|state_dict\(/.test(source.source(stmt.iter)),
    );
  }

  /** The modules an expression may stand for; null when that is not seen. */
  modules(expr: Expr, hops: number): readonly Module[] | null {
    this.source.work.spend(1);
    const named = hops < 0 ? null : this.named(expr);
    if (named !== null || hops < 0) {
      return named;
    }
    switch (expr.kind) {
      case 'attribute':
        return this.source.isSelf(expr.object)
          ? this.ofSelf(expr)
          : this.below(expr.object, expr.attr, hops - 1);
      case 'subscript': {
        const [index] = expr.indices;
        // Which one is the last depends on how many there are.
        if (index?.kind === 'unary' && index.operand.kind === 'number') {
          return this.below(expr.object, this.source.source(index), hops - 1);
        }
        const isKey = index?.kind === 'number' || (index?.kind === 'string' && index.value !== null);
        return this.below(expr.object, isKey ? String(index.value) : '*', hops - 1);
      }
      case 'name':
        return this.source.isSelf(expr) ? this.ofSelf(expr) : this.ofName(expr, hops);
      default:
        return null;
    }
  }

  /** A variable that holds a model, or a layer that is part of one. */
  private named(expr: Expr): readonly Module[] | null {
    if (expr.kind !== 'name' && expr.kind !== 'attribute') {
      return null;
    }
    const text = this.source.source(expr);
    const last = text.slice(text.lastIndexOf('.') + 1);
    const known = this.models();
    const whole = known.find(({ members }) => members.includes(text));
    if (whole !== undefined) {
      return [{ root: whole.root, path: last }];
    }
    // A layer by itself is no model: a helper makes it for one. What is in a model is asked last: it has to be built then.
    const model = known.find(
      (one) => one.name === text && one.members.length === 0 && one.instances.length > 0,
    );
    return model === undefined ? null : [{ root: model.root, path: '' }];
  }

  private ofSelf(expr: Expr): readonly Module[] | null {
    const root = this.source.classAt(expr.start)?.node?.name ?? null;
    return root === null ? null : [{ root, path: expr.kind === 'attribute' ? expr.attr : '' }];
  }

  private below(expr: Expr, key: string, hops: number): readonly Module[] | null {
    const found = this.modules(expr, hops);
    return found?.map(({ root, path }) => ({ root, path: path === '' ? key : `${path}.${key}` })) ?? null;
  }

  /** A loop's variable, a parameter that all calls give the same, or another name for something. */
  private ofName(expr: Expr & { kind: 'name' }, hops: number): readonly Module[] | null {
    for (const { stmt } of this.around.toReversed()) {
      const at = stmt.kind === 'for' ? namesIn(stmt.target).indexOf(expr.id) : -1;
      if (stmt.kind === 'for' && at !== -1) {
        return this.ofLoop(stmt.iter, at, hops - 1);
      }
    }
    const [only, another] = this.source.bindings(expr);
    if (only === undefined || another !== undefined) {
      return null;
    }
    if (only.kind === 'parameter') {
      const given = argumentFor(this.source, this.source.scopeAt(expr.start), expr.id);
      return given === null ? null : this.modules(given, hops - 1);
    }
    const isAlias =
      only.value?.kind === 'name' || only.value?.kind === 'attribute' || only.value?.kind === 'subscript';
    return only.kind === 'assign' && only.value !== null && isAlias
      ? this.modules(only.value, hops - 1)
      : null;
  }

  /** @param at which of the loop's variables: of `for i, layer in enumerate(layers)` the second is the layer */
  private ofLoop(iter: Expr, at: number, hops: number): readonly Module[] | null {
    if (iter.kind === 'list' || iter.kind === 'tuple') {
      const found = iter.items.map((item) => this.modules(item, hops));
      return found.some((one) => one === null) ? null : found.flatMap((one) => one ?? []);
    }
    if (iter.kind === 'comprehension') {
      const [generator] = iter.generators;
      return generator === undefined ? null : this.ofLoop(generator.iter, at, hops - 1);
    }
    if (iter.kind !== 'call') {
      return this.inside(iter, hops);
    }
    const { func, args } = iter;
    const word = func.kind === 'attribute' ? func.attr : func.kind === 'name' ? func.id : '';
    const object = func.kind === 'attribute' ? func.object : null;
    if (object !== null && /^(?:named_)?(?:modules|parameters)$/.test(word)) {
      const found = this.modules(object, hops);
      return found?.map(({ root, path }) => ({ root, path: path === '' ? '' : `${path}.**` })) ?? null;
    }
    if (object !== null && /^(?:(?:named_)?children|values|items)$/.test(word)) {
      return this.inside(object, hops);
    }
    const source = word === 'filter' ? args[1] : word === 'zip' ? args[at] : args[0];
    return source !== undefined && /^(?:enumerate|reversed|list|tuple|filter|zip)$/.test(word)
      ? this.ofLoop(source.value, 0, hops - 1)
      : null;
  }

  /** The elements of a container. */
  private inside(expr: Expr, hops: number): readonly Module[] | null {
    const found = this.modules(expr, hops);
    // Going over a model that is a container is going over all its layers.
    return found?.map(({ root, path }) => ({ root, path: path === '' ? '' : `${path}.*` })) ?? null;
  }

  /** The model whose `apply` is handed the function around. */
  appliedTo(scope: Scope | null): string | null {
    const handed = this.source.callsNamed('apply').find(({ call }) => {
      const arg = call.args[0]?.value;
      return call.func.kind === 'attribute' && arg?.kind === 'name' && arg.id === scope?.node?.name;
    })?.call;
    if (handed?.func.kind !== 'attribute') {
      return null;
    }
    const { object } = handed.func;
    if (this.source.isSelf(object)) {
      return this.source.classAt(handed.start)?.node?.name ?? null;
    }
    return this.named(object)?.[0]?.root ?? null;
  }

  /** `nn.Linear(...)` of `layer = nn.Linear(...)` in the same function, and of `reset(nn.Linear(...))` where `layer` is a parameter. */
  makers(holder: Expr): readonly CallExpr[] {
    const [only, another] = holder.kind === 'name' ? this.source.bindings(holder) : [];
    if (only === undefined || another !== undefined || holder.kind !== 'name') {
      return [];
    }
    if (only.kind === 'parameter') {
      const given = argumentsFor(this.source, this.source.scopeAt(holder.start), holder.id) ?? [];
      return given.flatMap((value) => (value.kind === 'call' ? [value] : []));
    }
    return only.kind === 'assign' && only.value?.kind === 'call' ? [only.value] : [];
  }
}

function namesIn(target: Expr): readonly string[] {
  const items = target.kind === 'tuple' || target.kind === 'list' ? target.items : [target];
  return items.map((item) => (item.kind === 'name' ? item.id : ''));
}
