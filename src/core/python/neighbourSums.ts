import type { TextRange } from '../text';
import { isPlainAdjacency } from './adjacency';
import { evaluate, lengthOf } from './arithmetic';
import type { PythonFacts } from './facts';
import { instanceCalls } from './objects';
import type { Scope } from './scopes';
import type { Expr, ForStmt, Stmt } from './syntax/ast';
import { expressionsIn, expressionsOf } from './syntax/walk';
import { orElse } from './work';

/** Two sums over neighbours multiply by the square of the degree, which a network still lives with; more do not stay small. */
export const MANY_LAYERS = 3;
/** Helpers and classes are followed this far from a product to the loop that stacks it. */
const MAX_CALLERS = 3;

/** A graph network's layer that sums over neighbours, `adj @ self.msg(h)`, in a stack of several. */
export interface NeighbourSum {
  /** The whole product. */
  readonly range: TextRange;
  /** The adjacency that it multiplies by. */
  readonly adjacency: TextRange;
  /** `operator`: `adj @ x`; `method`: `adj.matmul(x)`; `function`: `torch.matmul(adj, x)`; `scatter`: messages added up at the ends of their edges, where `adjacency` is that list of ends. */
  readonly form: 'operator' | 'method' | 'function' | 'scatter';
  /** How often the signal goes through such sums; null for a stack whose depth cannot be seen. */
  readonly layers: number | null;
}

interface Product {
  readonly expr: Expr;
  readonly left: Expr;
  readonly right: Expr;
  readonly form: NeighbourSum['form'];
}

const sumsOfFile = new WeakMap<PythonFacts, readonly NeighbourSum[]>();

/** The stacked layers of a file that sum over neighbours by an adjacency that nothing normalises, with nothing that keeps the size of what comes out. */
export function neighbourSums(facts: PythonFacts): readonly NeighbourSum[] {
  const known = sumsOfFile.get(facts);
  if (known !== undefined) {
    return known;
  }
  const found = facts.source.mentions(/@|matmul|\bmm\(|bmm|einsum|index_add|scatter_add/)
    ? orElse(() => find(facts), [])
    : [];
  sumsOfFile.set(facts, found);
  return found;
}

function find(facts: PythonFacts): readonly NeighbourSum[] {
  const byScope = new Map<Scope, { readonly product: Product; readonly times: number }[]>();
  for (const product of products(facts)) {
    const scope = facts.source.functionAt(product.expr.start);
    if (scope === null || !isLayer(facts, scope, product) || !sumsEdges(facts, product)) {
      continue;
    }
    const times = timesRun(facts, scope, product.expr, 0);
    if (times > 0) {
      byScope.set(scope, [...(byScope.get(scope) ?? []), { product, times }]);
    }
  }
  return [...byScope.values()].flatMap((sums) => {
    const layers = sums.reduce((sum, { times }) => sum + times, 0);
    return layers < MANY_LAYERS
      ? []
      : sums.map(({ product: { expr, left, form } }) => ({
          range: facts.rangeOf(expr),
          adjacency: facts.rangeOf(left),
          form,
          layers: Number.isFinite(layers) ? layers : null,
        }));
  });
}

/** `ij,jd->id`, also of batches: what a product of matrices is. */
const SUMS_ROWS = /^(\w?)(\w)(\w),\1\3(\w)->\1\2\4$/;

/** Is it zeros to add to: `torch.zeros(n, d)`, `torch.zeros_like(x)`, `x.new_zeros(n, d)`? */
function isZeros(facts: PythonFacts, expr: Expr): boolean {
  const value = facts.valueOf(expr);
  const { func } = value?.kind === 'call' ? value : { func: null };
  return func?.kind === 'attribute' && /^(?:zeros|zeros_like|new_zeros)$/.test(func.attr);
}

/** Does a product add up what neighbours send, with a weight of one for each? */
function sumsEdges(facts: PythonFacts, { left, right, form }: Product): boolean {
  // Messages are gathered from the nodes by the other end of the edges.
  return form === 'scatter' ? gathers(facts, right, 0) : isPlainAdjacency(facts, left);
}

/** Is something made of rows that an index picks: `self.lin(x)[src]`, `torch.cat([h[s], h[t]], -1)`? */
function gathers(facts: PythonFacts, expr: Expr, hops: number): boolean {
  return expressionsIn(expr).some((one) => {
    if (one.kind === 'subscript') {
      const [index, another] = one.indices;
      return another === undefined && index?.kind === 'name';
    }
    const value = one.kind === 'name' && hops < MAX_CALLERS ? facts.valueOf(one) : null;
    return value !== null && value !== one && gathers(facts, value, hops + 1);
  });
}

/** Matrix products in the order they are written. */
function products(facts: PythonFacts): readonly Product[] {
  const operators = facts.source
    .binaries('@')
    .map((expr): Product => ({ expr, left: expr.left, right: expr.right, form: 'operator' }));
  const calls = facts.calls.flatMap(({ call }): readonly Product[] => {
    const { func, args } = call;
    const [first, second, third] = args.map(({ value }) => value);
    const isSum = first?.kind === 'string' && SUMS_ROWS.test((first.value ?? '').replace(/\s/g, ''));
    if (isSum && facts.nameOf(func) === 'torch.einsum') {
      return second === undefined || third === undefined
        ? []
        : [{ expr: call, left: second, right: third, form: 'function' }];
    }
    if (func.kind === 'attribute' && /^(?:index_add|scatter_add)_?$/.test(func.attr)) {
      const isRows = first?.kind === 'number' && first.value === 0 && isZeros(facts, func.object);
      return !isRows || second === undefined || third === undefined
        ? []
        : [{ expr: call, left: second, right: third, form: 'scatter' }];
    }
    if (first !== undefined && /^torch\.(?:sparse\.)?(?:matmul|mm|bmm)$/.test(facts.nameOf(func) ?? '')) {
      return second === undefined ? [] : [{ expr: call, left: first, right: second, form: 'function' }];
    }
    return first !== undefined && func.kind === 'attribute' && /^(?:matmul|mm|bmm)$/.test(func.attr)
      ? [{ expr: call, left: func.object, right: first, form: 'method' }]
      : [];
  });
  return [...operators, ...calls].sort((a, b) => a.expr.start - b.expr.start);
}

/** Is a product one of a network's, with weights in it: in a module, or of what is itself a product? */
function isLayer(facts: PythonFacts, scope: Scope, { expr, right }: Product): boolean {
  if (scope.parent?.kind === 'class') {
    const kind = scope.parent.node?.kind === 'class' ? facts.classNamed(scope.parent.node.name)?.kind : null;
    return kind === 'module' || kind === 'lightning';
  }
  const inside = (outer: Expr, inner: Expr) => outer.start <= inner.start && outer.end >= inner.end;
  // `x = adj @ x` alone walks over the graph; a network multiplies by weights before, or after: `adj @ x @ w`.
  const values =
    right.kind === 'name' ? facts.source.bindings(right).flatMap(({ value }) => value ?? []) : [right];
  return (
    values.some(
      (value) => !inside(value, expr) && /@|matmul|\.mm\(|linear/i.test(facts.textOf(facts.rangeOf(value))),
    ) || facts.source.binaries('@').some((outer) => outer !== expr && inside(outer.left, expr))
  );
}

/**
 * How often a place in a function runs one on top of the other: 1 where it stands alone, Infinity in a loop of unknown
 * length, 0 where something on the way scales or normalises what it makes.
 */
function timesRun(facts: PythonFacts, scope: Scope, place: Expr, depth: number): number {
  if (depth > MAX_CALLERS || rescales(facts, scope)) {
    return 0;
  }
  const here = loopsAround(facts, scope, place).reduce((times, loop) => times * lengthOfLoop(facts, loop), 1);
  const owner = scope.parent?.kind === 'class' ? scope.parent : null;
  const isForward = owner !== null && scope.node?.kind === 'function' && scope.node.name === 'forward';
  const calls = isForward ? instanceCalls(facts, owner) : facts.source.callsOf(scope).map(({ call }) => call);
  let most = 0;
  const byCaller = new Map<Scope, number>();
  for (const call of calls) {
    const caller = facts.source.functionAt(call.start);
    // Training code runs a whole model again and again, each time from the start.
    if (caller !== null && isModel(facts, caller)) {
      const times = timesRun(facts, caller, call, depth + 1);
      if (times === 0) {
        return 0;
      }
      byCaller.set(caller, (byCaller.get(caller) ?? 0) + times);
    }
  }
  for (const times of byCaller.values()) {
    most = Math.max(most, times);
  }
  return here * Math.max(1, most);
}

/** Is a function part of the forward pass: one that does not itself train, draw batches or print? */
function isModel(facts: PythonFacts, scope: Scope): boolean {
  return (
    !facts.source
      .callsWithin(scope)
      .some(
        ({ call }) => call.func.kind === 'attribute' && /^(?:backward|step|zero_grad)$/.test(call.func.attr),
      ) && !/no_grad|inference_mode/.test(facts.source.source(scope))
  );
}

const rescaling = new WeakMap<Scope, boolean>();

function rescales(facts: PythonFacts, scope: Scope): boolean {
  const known = rescaling.get(scope) ?? findsScale(facts, scope);
  rescaling.set(scope, known);
  return known;
}

/** Does a function normalise or scale what it computes: by a layer, a quotient or a factor? */
function findsScale(facts: PythonFacts, scope: Scope): boolean {
  const { source } = facts;
  if (/norm|std\(|softmax|tanh|sigmoid/i.test(source.source(scope))) {
    return true;
  }
  const within = (span: { readonly start: number; readonly end: number }): boolean =>
    span.start >= scope.start && span.end <= scope.end;
  const indices = source
    .statements()
    .filter(within)
    .flatMap((stmt) => expressionsOf(stmt))
    .flatMap((expr) => (expr.kind === 'subscript' ? expr.indices : []));
  const isIndex = (span: Expr): boolean =>
    indices.some((index) => span.start >= index.start && span.end <= index.end);
  return (
    ['*', '/'].some((op) => source.binaries(op).some((one) => within(one) && !isIndex(one))) ||
    /[^/]\/=|\*=|\.(?:div|mul)_?\(/.test(source.source(scope))
  );
}

function loopsAround(facts: PythonFacts, scope: Scope, place: Expr): readonly Stmt[] {
  return facts.source
    .statements()
    .filter(
      (stmt) =>
        (stmt.kind === 'for' || stmt.kind === 'while') &&
        stmt.start >= scope.start &&
        stmt.end <= scope.end &&
        stmt.start <= place.start &&
        stmt.end >= place.end,
    );
}

function lengthOfLoop(facts: PythonFacts, loop: Stmt): number {
  return loop.kind === 'for' ? (countOf(facts, loop) ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
}

/** How many times a loop runs: over a range, a list, or a list of modules that the file counts. */
function countOf(facts: PythonFacts, { iter }: ForStmt): number | null {
  const over = expressionsIn(iter).find((one) => one.kind === 'attribute' && facts.source.isSelf(one.object));
  if (over?.kind === 'attribute') {
    const owner = facts.source.classAt(iter.start)?.node;
    const instances = owner?.kind === 'class' ? (facts.classNamed(owner.name)?.instances ?? []) : [];
    const indices = instances.flatMap(
      ({ path }) => new RegExp(`^${over.attr}\\.(\\d+)(?:\\.|$)`).exec(path)?.[1] ?? [],
    );
    return indices.length > 0 ? new Set(indices).size : null;
  }
  const isRange = iter.kind === 'call' && facts.nameOf(iter.func) === 'range';
  const [only, another] = isRange ? iter.args.map(({ value }) => value) : [];
  return only !== undefined && another === undefined
    ? evaluate(facts.source, only)
    : lengthOf(facts.source, iter);
}
