import { entryOf } from './definitions';
import type { PythonFacts } from './facts';
import { handedOn, type Path, placesOf, Walk } from './origins';
import { changed } from './rankChanges';
import { calledOn, elementRank, madeRank, productRank } from './rankMakers';
import { reachingBindings } from './reaching';
import type { Binding } from './scopes';
import type { Argument, CallExpr, Expr } from './syntax/ast';
import { returnedIn } from './syntax/walk';

/** Attributes of a tensor or a table that have as many dimensions. */
const KEEPING = /^(?:data|T|values|iloc|loc|iat|at)$/;

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
          ? productRank(this.of(expr.left), this.of(expr.right))
          : /^(?:and|or)$/.test(expr.op)
            ? null
            : widest([this.of(expr.left), this.of(expr.right)]);
      case 'list':
      case 'tuple': {
        const inner = same(expr.items.map((one) => this.of(one)));
        return inner === null ? null : inner + 1;
      }
      case 'comprehension': {
        const element = this.of(expr.element);
        return element === null || expr.generators.length > 1 ? null : element + 1;
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
    const [key] = expr.indices;
    const held =
      key?.kind === 'string' && key.value !== null
        ? entryOf(this.facts.source, expr.object, key.value)
        : null;
    if (held !== null) {
      return this.of(held);
    }
    // Two places in a table that was read make it one of two dimensions.
    const isTable = expr.indices.length === 2 && isRead(this.facts, expr.object);
    const whole = isTable ? 2 : this.of(expr.object);
    if (whole === null) {
      return null;
    }
    let left = whole;
    for (const index of expr.indices) {
      if (index.kind === 'constant' && index.value === null) {
        left += 1;
      } else if (index.kind === 'string') {
        // A column of a table by its name.
        left -= 1;
      } else if (index.kind !== 'slice' && !isNames(index)) {
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
    if (expr.kind === 'attribute' && !isOwn && path.length === 0 && KEEPING.test(expr.attr)) {
      return this.of(expr.object);
    }
    if (path.length === 0 && isIndex(facts, expr)) {
      return 0;
    }
    const bindings = reachingBindings(facts.source, fieldsOf(facts, expr), expr);
    const places = placesOf(facts, expr, path, bindings);
    return this.once(bindings.length === 1 ? (bindings[0] ?? bindings) : bindings, path, () =>
      same(places.flatMap(({ by, from }) => (by === 'augmented' ? [] : this.ofAll(from)))),
    );
  }

  /** What a loop over something gives in each round: `y` of `for x, y in loader`. */
  private ofPart(expr: Expr, path: Path): number | null {
    const [first, ...rest] = path;
    if (expr.kind !== 'call') {
      return first === 'each' && rest.length === 0 ? this.row(expr) : null;
    }
    const known = elementRank(this.facts, expr, path, (one) => this.of(one));
    if (known !== undefined || first !== 'each') {
      return known ?? null;
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
    return this.row(expr);
  }

  /** What a loop over a tensor itself gives. */
  private row(expr: Expr): number | null {
    const whole = this.ofWhole(expr);
    return whole === null || whole === 0 ? null : whole - 1;
  }

  private ofCall(call: CallExpr): number | null {
    if (call.args.some((arg) => arg.star !== 0)) {
      return null;
    }
    const made = madeRank(this.facts, call, (one) => this.of(one));
    if (made !== undefined) {
      return made;
    }
    const { word, operand, given } = calledOn(this.facts, call);
    const own = this.of(operand);
    return own === null ? null : changed(word, own, call.args, given);
  }
}

function widest(ranks: readonly (number | null)[]): number | null {
  return ranks.includes(null) || ranks.length === 0 ? null : Math.max(...ranks.map((one) => one ?? 0));
}

function same(ranks: readonly (number | null)[]): number | null {
  const [first, ...others] = new Set(ranks);
  return first === undefined || others.length > 0 ? null : first;
}

/** Several columns of a table: `["area", "rooms"]`. */
function isNames(index: Expr): boolean {
  return (
    index.kind === 'list' && index.items.length > 0 && index.items.every(({ kind }) => kind === 'string')
  );
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

const READS = /^numpy\.(?:loadtxt|genfromtxt|load)$/;

/** Is it the array that was read from a file, as it was read? */
function isRead(facts: PythonFacts, expr: Expr): boolean {
  const value = facts.valueOf(expr);
  return value?.kind === 'call' && READS.test(facts.nameOf(value.func) ?? '');
}

/** A loader that puts samples together in the usual way. */
function isPlainLoader(args: readonly Argument[]): boolean {
  return !args.some(
    ({ name, star, value }) =>
      star !== 0 || name === 'collate_fn' || (name === 'batch_size' && value.kind === 'constant'),
  );
}
