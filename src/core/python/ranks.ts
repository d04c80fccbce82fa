import type { PythonFacts } from './facts';
import { handedOn, type Path, placesOf, Walk } from './origins';
import { changed } from './rankChanges';
import type { Binding } from './scopes';
import type { Argument, CallExpr, Expr } from './syntax/ast';
import { returnedIn } from './syntax/walk';

/** Makers of tensors whose arguments are the sizes: `torch.randn(n, d)`, `np.zeros((n, d))`. */
const BY_SIZE = /^(?:torch|numpy|numpy\.random)\.(?:randn|rand|zeros|ones|empty|standard_normal)$/;
/** Makers of one row of numbers. */
const ROW = /^(?:torch|numpy)\.(?:arange|linspace|randperm|logspace)$/;

/**
 * Number of dimensions of what an expression stands for, read off the code that makes it: through names, attributes,
 * arithmetic, cuts, data sets of this file and their loaders. Null where one step of that is not certain.
 */
export function rankOf(facts: PythonFacts, expr: Expr): number | null {
  return new RankWalk(facts).of(expr);
}

class RankWalk extends Walk<number | null> {
  constructor(facts: PythonFacts) {
    super(facts, null, null);
  }

  protected judge(expr: Expr, path: Path): number | null {
    if (expr.kind === 'name' || expr.kind === 'attribute') {
      return this.ofVariable(expr, path);
    }
    const origins = handedOn(this.facts, expr, path);
    if (origins !== null) {
      return same(this.ofAll(origins));
    }
    return path.length > 0 ? this.ofPart(expr, path) : this.ofWhole(expr);
  }

  private ofWhole(expr: Expr): number | null {
    switch (expr.kind) {
      case 'number':
        return 0;
      case 'unary':
        return this.of(expr.operand);
      case 'compare':
        return widest(expr.operands.map((one) => this.of(one)));
      case 'conditional':
        return same([this.of(expr.whenTrue), this.of(expr.whenFalse)]);
      case 'binary':
        return expr.op === '@'
          ? product(this.of(expr.left), this.of(expr.right))
          : /^(?:and|or)$/.test(expr.op)
            ? null
            : widest([this.of(expr.left), this.of(expr.right)]);
      case 'list':
      case 'tuple': {
        const inner = same(expr.items.map((one) => this.of(one)));
        return inner === null ? null : inner + 1;
      }
      case 'subscript':
        return this.cut(expr);
      case 'call':
        return this.ofCall(expr);
      default:
        return null;
    }
  }

  /** `x[:, 0]`, `x[i:j]`, `x[:, None]`, `x[order]`. */
  private cut(expr: Expr & { kind: 'subscript' }): number | null {
    if (expr.object.kind === 'attribute' && expr.object.attr === 'shape') {
      return expr.indices.length === 1 && expr.indices[0]?.kind !== 'slice' ? 0 : null;
    }
    const whole = this.of(expr.object);
    if (whole === null) {
      return null;
    }
    let left = whole;
    for (const index of expr.indices) {
      if (index.kind === 'constant' && index.value === null) {
        left += 1;
      } else if (index.kind !== 'slice') {
        const by = this.of(index);
        // More than one list of indices, and masks of many dimensions, follow rules of their own.
        if (by === null || by > 1) {
          return null;
        }
        left += by - 1;
      }
    }
    return left < 0 ? null : left;
  }

  /** What all places that give a name its value agree on; what they add to it changes no dimension. */
  private ofVariable(expr: Expr & { kind: 'name' | 'attribute' }, path: Path): number | null {
    const { facts } = this;
    const isOwn = expr.kind === 'attribute' && facts.source.isSelf(expr.object);
    if (expr.kind === 'attribute' && !isOwn && path.length === 0 && /^(?:data|T)$/.test(expr.attr)) {
      return this.of(expr.object);
    }
    if (path.length === 0 && isIndex(facts, expr)) {
      return 0;
    }
    const bindings = fieldsOf(facts, expr);
    const places = placesOf(facts, expr, path, bindings);
    return this.once(bindings, path, () =>
      same(places.flatMap(({ by, from }) => (by === 'augmented' ? [] : this.ofAll(from)))),
    );
  }

  /** What a loop over something gives in each round: `y` of `for x, y in loader`. */
  private ofPart(expr: Expr, path: Path): number | null {
    const [first, ...rest] = path;
    if (first !== 'each' || expr.kind !== 'call') {
      return null;
    }
    const name = this.facts.nameOf(expr.func) ?? '';
    if (name.slice(name.lastIndexOf('.') + 1) === 'DataLoader') {
      const sample = isPlainLoader(expr.args) ? this.of(expr.args[0]?.value, path) : null;
      return sample === null ? null : sample + 1;
    }
    if (name === 'range') {
      return 0;
    }
    // A data set of this file.
    const owner = this.facts.source.classNamed(name);
    const getItem = owner === null ? null : this.facts.source.methodOf(owner, '__getitem__');
    if (getItem !== null) {
      return same(returnedIn(getItem.body).map((one) => this.of(one, rest)));
    }
    if (rest.length > 0) {
      return null;
    }
    // `for batch in torch.randperm(n).split(64)`: parts of it; of a tensor itself its rows.
    if (expr.func.kind === 'attribute' && /^(?:split|chunk)$/.test(expr.func.attr)) {
      return this.of(expr.func.object);
    }
    const whole = this.ofWhole(expr);
    return whole === null || whole === 0 ? null : whole - 1;
  }

  private ofCall(call: CallExpr): number | null {
    const name = this.facts.nameOf(call.func) ?? '';
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
      return this.sizes(plain);
    }
    if (ROW.test(name)) {
      return 1;
    }
    if (name === 'torch.randint') {
      const size = call.args.find((arg) => arg.name === 'size')?.value ?? plain.at(-1)?.value;
      return size?.kind === 'tuple' || size?.kind === 'list' ? size.items.length : null;
    }
    if (name === 'torch.where' && plain.length === 3) {
      return widest(plain.map(({ value }) => this.of(value)));
    }
    if (/^(?:len|int|float)$/.test(name) || (word === 'size' && plain.length === 1)) {
      return 0;
    }
    const operand = isLibrary
      ? plain[0]?.value
      : call.func.kind === 'attribute'
        ? call.func.object
        : undefined;
    const own = this.of(operand);
    return own === null ? null : changed(word, own, call.args, isLibrary ? plain.slice(1) : plain);
  }

  /** `(n)`, `(n, d)` and `((n, d))`: a single argument may be a whole shape. */
  private sizes(plain: readonly Argument[]): number | null {
    const [first] = plain;
    if (first === undefined || plain.length > 1) {
      return first === undefined ? null : plain.length;
    }
    const { value } = first;
    if (value.kind === 'tuple' || value.kind === 'list') {
      return value.items.length;
    }
    return this.of(value) === 0 ? 1 : null;
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

/** What a data set's `__getitem__` is asked for is one index. */
function isIndex({ source }: PythonFacts, expr: Expr): boolean {
  const method = expr.kind === 'name' ? source.functionAt(expr.start) : null;
  return (
    expr.kind === 'name' &&
    method?.node?.kind === 'function' &&
    method.node.name === '__getitem__' &&
    method.node.params[1]?.name === expr.id
  );
}

/** Also of `train_set.y` of an object of a class of this file. */
function fieldsOf(facts: PythonFacts, expr: Expr & { kind: 'name' | 'attribute' }): readonly Binding[] {
  const { source } = facts;
  if (expr.kind === 'name' || source.isSelf(expr.object)) {
    return source.bindings(expr);
  }
  const value = facts.valueOf(expr.object);
  const name = value?.kind === 'call' ? facts.nameOf(value.func) : null;
  const owner = name === null ? null : source.classNamed(name);
  return owner === null ? [] : source.attributeBindings(owner, expr.attr);
}

/** A loader that puts samples together in the usual way. */
function isPlainLoader(args: readonly Argument[]): boolean {
  return !args.some(
    ({ name, star, value }) =>
      star !== 0 || name === 'collate_fn' || (name === 'batch_size' && value.kind === 'constant'),
  );
}
