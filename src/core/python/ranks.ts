import { argumentFor, argumentsFor } from './definitions';
import type { PythonFacts } from './facts';
import { changed } from './rankChanges';
import type { Binding, Scope } from './scopes';
import type { Argument, CallExpr, Expr } from './syntax/ast';
import { statementsIn } from './syntax/walk';

/** Names, calls and data sets followed from a use back to where a tensor is made. */
const MAX_HOPS = 40;

/** Makers of tensors whose arguments are the sizes: `torch.randn(n, d)`, `np.zeros((n, d))`. */
const BY_SIZE = /^(?:torch|numpy|numpy\.random)\.(?:randn|rand|zeros|ones|empty|standard_normal)$/;
/** Makers of one row of numbers. */
const ROW = /^(?:torch|numpy)\.(?:arange|linspace|randperm|logspace)$/;

/**
 * Number of dimensions of what an expression stands for, read off the code that makes it: through names, attributes,
 * arithmetic, cuts, data sets of this file and their loaders. Null where one step of that is not certain.
 */
export function rankOf(facts: PythonFacts, expr: Expr): number | null {
  return rank({ facts, item: null, known: new Map() }, expr, 0);
}

/** Where an expression is looked at. */
interface Look {
  readonly facts: PythonFacts;
  /** Parameter that is one index, in a data set's `__getitem__`. */
  readonly item: string | null;
  /** What was found before, so that nothing is followed twice; null also while it is being followed. */
  readonly known: Map<Expr, number | null>;
}

function rank(look: Look, expr: Expr, hops: number): number | null {
  const before = look.known.get(expr);
  if (before !== undefined || hops > MAX_HOPS) {
    return before ?? null;
  }
  look.known.set(expr, null);
  const found = rankAnew(look, expr, hops);
  look.known.set(expr, found);
  return found;
}

function rankAnew(look: Look, expr: Expr, hops: number): number | null {
  const of = (one: Expr | undefined): number | null => (one === undefined ? null : rank(look, one, hops + 1));
  switch (expr.kind) {
    case 'number':
      return 0;
    case 'name':
    case 'attribute':
      return ofName(look, expr, hops);
    case 'unary':
      return of(expr.operand);
    case 'compare':
      return widest(expr.operands.map(of));
    case 'conditional':
      return same([of(expr.whenTrue), of(expr.whenFalse)]);
    case 'binary':
      return expr.op === '@'
        ? product(of(expr.left), of(expr.right))
        : /^(?:and|or)$/.test(expr.op)
          ? null
          : widest([of(expr.left), of(expr.right)]);
    case 'list':
    case 'tuple': {
      const inner = same(expr.items.map(of));
      return inner === null ? null : inner + 1;
    }
    case 'subscript':
      return cut(look, expr, hops);
    case 'call':
      return ofCall(look, expr, hops);
    default:
      return null;
  }
}

function widest(ranks: readonly (number | null)[]): number | null {
  return ranks.includes(null) || ranks.length === 0 ? null : Math.max(...ranks.map((one) => one ?? 0));
}

function same(ranks: readonly (number | null)[]): number | null {
  const [first, ...others] = new Set(ranks);
  return first === undefined || others.length > 0 ? null : first;
}

function product(left: number | null, right: number | null): number | null {
  return left === null || right === null || left === 0 || right === 0
    ? null
    : left === 1 || right === 1
      ? Math.max(left, right) - 1
      : Math.max(left, right);
}

/** `x[:, 0]`, `x[i:j]`, `x[:, None]`, `x[order]`. */
function cut(look: Look, expr: Expr & { kind: 'subscript' }, hops: number): number | null {
  if (expr.object.kind === 'attribute' && expr.object.attr === 'shape') {
    return expr.indices.length === 1 && expr.indices[0]?.kind !== 'slice' ? 0 : null;
  }
  const whole = rank(look, expr.object, hops + 1);
  if (whole === null) {
    return null;
  }
  let left = whole;
  for (const index of expr.indices) {
    if (index.kind === 'constant' && index.value === null) {
      left += 1;
    } else if (index.kind === 'name' && index.id === look.item) {
      left -= 1;
    } else if (index.kind !== 'slice') {
      const by = rank(look, index, hops + 1);
      // More than one list of indices, and masks of many dimensions, follow rules of their own.
      if (by === null || by > 1) {
        return null;
      }
      left += by - 1;
    }
  }
  return left < 0 ? null : left;
}

function ofName(look: Look, expr: Expr & { kind: 'name' | 'attribute' }, hops: number): number | null {
  const { source } = look.facts;
  if (expr.kind === 'name' && expr.id === look.item) {
    return 0;
  }
  if (expr.kind === 'attribute' && !source.isSelf(expr.object)) {
    return /^(?:data|T)$/.test(expr.attr) ? rank(look, expr.object, hops + 1) : ofField(look, expr, hops);
  }
  return ofBindings(look, source.bindings(expr), expr, hops);
}

/** What all places that give a name its value agree on; what they add to it changes no dimension. */
function ofBindings(look: Look, bindings: readonly Binding[], expr: Expr, hops: number): number | null {
  const ranks = bindings.flatMap(({ kind, value, index }) => {
    switch (kind) {
      case 'augmented':
        return [];
      case 'assign':
        return [value === null ? null : rank(look, value, hops + 1)];
      case 'unpack':
        return [value === null ? null : ofElement(look, value, [index], hops + 1)];
      case 'loop':
        return [value === null ? null : ofRound(look, value, index < 0 ? [] : [index], hops + 1)];
      case 'parameter':
        return [ofParameter(look, expr, (given, at) => rank(look, given, at), hops)];
      default:
        return [null];
    }
  });
  return same(ranks);
}

/** What the calls in the file hand to a function, where all of them hand the same. */
function ofParameter(
  look: Look,
  expr: Expr,
  each: (given: Expr, hops: number) => number | null,
  hops: number,
): number | null {
  const { source } = look.facts;
  if (expr.kind !== 'name') {
    return null;
  }
  const scope = source.scopeAt(expr.start);
  // Where no call gives a value, all get the default.
  const fallback = argumentFor(source, scope, expr.id);
  const given = argumentsFor(source, scope, expr.id) ?? (fallback === null ? [] : [fallback]);
  return same(given.map((one) => each(one, hops + 1)));
}

/** `train_set.y` of an object of a class of this file. */
function ofField(look: Look, expr: Expr & { kind: 'attribute' }, hops: number): number | null {
  const owner = classOf(look.facts, expr.object);
  const bindings = owner === null ? [] : look.facts.source.attributeBindings(owner, expr.attr);
  return ofBindings(look, bindings, expr, hops);
}

function classOf(facts: PythonFacts, expr: Expr): Scope | null {
  const value = facts.valueOf(expr);
  const name = value?.kind === 'call' ? facts.nameOf(value.func) : null;
  return name === null ? null : facts.source.classNamed(name);
}

/** Elements wanted of tuples, outermost first. */
type Path = readonly number[];

/** The rank of a part of a tuple: of the first of `x, y = load()`. */
function ofElement(look: Look, expr: Expr, path: Path, hops: number): number | null {
  const [first, ...rest] = path;
  if (first === undefined) {
    return rank(look, expr, hops + 1);
  }
  if (hops > MAX_HOPS) {
    return null;
  }
  if (expr.kind === 'tuple' || expr.kind === 'list') {
    const item = expr.items[first];
    return item === undefined || expr.items.some(({ kind }) => kind === 'starred')
      ? null
      : ofElement(look, item, rest, hops + 1);
  }
  if (expr.kind === 'name') {
    const value = look.facts.valueOf(expr);
    return value === null || value === expr ? null : ofElement(look, value, path, hops + 1);
  }
  if (expr.kind !== 'call') {
    return null;
  }
  // `next(iter(loader))`, and a function of the file that returns a tuple.
  const inner = expr.args[0]?.value;
  if (expr.func.kind === 'name' && expr.func.id === 'next' && inner?.kind === 'call' && inner.args[0]) {
    return ofRound(look, inner.args[0].value, path, hops + 1);
  }
  return ofReturned(look, expr, path, hops);
}

function ofReturned(look: Look, call: CallExpr, path: Path, hops: number): number | null {
  const scope = look.facts.source.helperOf(call);
  return scope === null ? null : same(returned(scope).map((one) => ofElement(look, one, path, hops + 1)));
}

function returned(scope: Scope): readonly Expr[] {
  return statementsIn(scope.body, ({ kind }) => kind !== 'function' && kind !== 'class').flatMap((stmt) =>
    stmt.kind === 'return' && stmt.value !== null ? [stmt.value] : [],
  );
}

/** The rank of what a loop gives in each round: of `y` in `for x, y in loader`. */
function ofRound(look: Look, iter: Expr, path: Path, hops: number): number | null {
  if (hops > MAX_HOPS) {
    return null;
  }
  const { facts } = look;
  const value = iter.kind === 'name' || iter.kind === 'attribute' ? facts.valueOf(iter) : iter;
  if (value === null) {
    return ofParameter(look, iter, (given, at) => ofRound(look, given, path, at), hops);
  }
  if (value.kind !== 'call') {
    return null;
  }
  const [first] = value.args;
  const name = facts.nameOf(value.func) ?? '';
  const word = name.slice(name.lastIndexOf('.') + 1);
  if (word === 'enumerate' && first !== undefined && path[0] === 1) {
    return ofRound(look, first.value, path.slice(1), hops + 1);
  }
  if (word === 'tqdm' && first !== undefined) {
    return ofRound(look, first.value, path, hops + 1);
  }
  if (word === 'range') {
    return 0;
  }
  if (word === 'DataLoader' && first !== undefined && isPlainLoader(value.args)) {
    const sample = ofSample(look, first.value, path, hops + 1);
    return sample === null ? null : sample + 1;
  }
  // `for batch in torch.randperm(n).split(64)`
  if (value.func.kind === 'attribute' && /^(?:split|chunk)$/.test(value.func.attr) && path.length === 0) {
    return rank(look, value.func.object, hops + 1);
  }
  return null;
}

/** A loader that puts samples together in the usual way. */
function isPlainLoader(args: readonly Argument[]): boolean {
  return !args.some(
    ({ name, star, value }) =>
      star !== 0 || name === 'collate_fn' || (name === 'batch_size' && value.kind === 'constant'),
  );
}

/** The rank of one sample of a data set, or of a part of it. */
function ofSample(look: Look, dataset: Expr, path: Path, hops: number): number | null {
  const { facts } = look;
  const value = facts.valueOf(dataset);
  if (value === null) {
    return ofParameter(look, dataset, (given, at) => ofSample(look, given, path, at), hops);
  }
  if (value.kind !== 'call') {
    return null;
  }
  const name = facts.nameOf(value.func) ?? '';
  const [at, ...rest] = path;
  if (name.endsWith('.TensorDataset')) {
    const part = at === undefined || rest.length > 0 ? undefined : value.args[at];
    const whole = part === undefined || part.star !== 0 ? null : rank(look, part.value, hops + 1);
    return whole === null || whole < 1 ? null : whole - 1;
  }
  const owner = facts.source.classNamed(name);
  const getItem = owner === null ? null : facts.source.methodOf(owner, '__getitem__');
  const item = getItem?.node?.kind === 'function' ? getItem.node.params[1]?.name : undefined;
  return getItem === null || item === undefined
    ? null
    : same(returned(getItem).map((one) => ofElement({ facts, item, known: new Map() }, one, path, hops + 1)));
}

function ofCall(look: Look, call: CallExpr, hops: number): number | null {
  const { facts } = look;
  const name = facts.nameOf(call.func) ?? '';
  const isLibrary = /^(?:torch|numpy|math)\./.test(name);
  const word = isLibrary
    ? name.slice(name.lastIndexOf('.') + 1)
    : call.func.kind === 'attribute'
      ? call.func.attr
      : '';
  const plain = call.args.filter((arg) => arg.name === null);
  if (call.args.some((arg) => arg.star !== 0)) {
    return null;
  }
  if (BY_SIZE.test(name)) {
    return sizes(look, plain, hops);
  }
  if (ROW.test(name)) {
    return 1;
  }
  if (name === 'torch.randint') {
    const size = call.args.find((arg) => arg.name === 'size')?.value ?? plain.at(-1)?.value;
    return size?.kind === 'tuple' || size?.kind === 'list' ? size.items.length : null;
  }
  if (name === 'torch.where' && plain.length === 3) {
    return widest(plain.map(({ value }) => rank(look, value, hops + 1)));
  }
  if (/^(?:len|int|float)$/.test(name) || (word === 'size' && plain.length === 1)) {
    return 0;
  }
  if (!isLibrary && call.func.kind !== 'attribute') {
    return ofReturned(look, call, [], hops);
  }
  const operand = isLibrary ? plain[0]?.value : call.func.kind === 'attribute' ? call.func.object : undefined;
  const own = operand === undefined ? null : rank(look, operand, hops + 1);
  return own === null ? null : changed(word, own, call.args, isLibrary ? plain.slice(1) : plain);
}

/** `(n)`, `(n, d)` and `((n, d))`: a single argument may be a whole shape. */
function sizes(look: Look, plain: readonly Argument[], hops: number): number | null {
  const [first] = plain;
  if (first === undefined || plain.length > 1) {
    return first === undefined ? null : plain.length;
  }
  const { value } = first;
  if (value.kind === 'tuple' || value.kind === 'list') {
    return value.items.length;
  }
  return rank(look, value, hops + 1) === 0 ? 1 : null;
}
