import { drawsFromGenerator } from './drawn';
import type { PythonFacts } from './facts';
import type { Path } from './origins';
import type { Argument, CallExpr, Expr } from './syntax/ast';

/** Number of dimensions of an expression; null where that is not certain. */
type RankOf = (expr: Expr) => number | null;

/** Makers of tensors whose arguments are the sizes: `torch.randn(n, d)`, `np.zeros((n, d))`. */
const BY_SIZE = /^(?:torch|numpy|numpy\.random)\.(?:randn|rand|zeros|ones|empty)$/;
/** Makers of one row of numbers. */
const ROW = /^(?:torch|numpy)\.(?:arange|linspace|randperm|logspace|geomspace)$/;
/** Makers of a whole shape filled with a value: the shape comes first. */
const FILLED = /^(?:torch|numpy)\.full$/;
/** Where NumPy's draws take their size; the parameters before it may be arrays as well. */
const SIZE_AT: Readonly<Record<string, number>> = {
  random: 0,
  random_sample: 0,
  standard_normal: 0,
  standard_exponential: 0,
  poisson: 1,
  exponential: 1,
  choice: 1,
  normal: 2,
  uniform: 2,
  integers: 2,
  randint: 2,
  lognormal: 2,
  laplace: 2,
  beta: 2,
  gamma: 2,
  binomial: 2,
};
/** Tables: rows and columns. */
const TABLE = /^pandas\.(?:read_\w+|DataFrame)$/;

/** What a call is a call of. */
export interface Called {
  /** The last part of its name. */
  readonly word: string;
  /** It is a function of a library, not a method. */
  readonly isLibrary: boolean;
  /** What it works on: the first argument of a function, the object of a method. */
  readonly operand: Expr | undefined;
  /** The other positional arguments. */
  readonly given: readonly Argument[];
}

/** Splits `torch.sum(x, 1)` and `x.sum(1)` in the same way. */
export function calledOn(facts: PythonFacts, call: CallExpr): Called {
  const name = facts.nameOf(call.func) ?? '';
  const isLibrary = /^(?:torch|numpy|math)\./.test(name);
  const plain = call.args.filter((arg) => arg.name === null);
  const method = call.func.kind === 'attribute' ? call.func : null;
  return {
    word: isLibrary ? name.slice(name.lastIndexOf('.') + 1) : (method?.attr ?? ''),
    isLibrary,
    operand: isLibrary ? plain[0]?.value : method?.object,
    given: isLibrary ? plain.slice(1) : plain,
  };
}

/** Dimensions of what a library makes, draws or joins; null where that is not certain, undefined where it does none of these. */
export function madeRank(facts: PythonFacts, call: CallExpr, of: RankOf): number | null | undefined {
  const name = facts.nameOf(call.func) ?? '';
  const { word, operand, given, isLibrary } = calledOn(facts, call);
  const plain = call.args.filter((arg) => arg.name === null);
  if (BY_SIZE.test(name)) {
    return sizes(plain, of);
  }
  if (ROW.test(name)) {
    return 1;
  }
  if (FILLED.test(name)) {
    return sizes(plain.slice(0, 1), of);
  }
  if (name === 'torch.randint' || name === 'torch.normal') {
    const last = plain.at(-1)?.value;
    const isShape = plain.length > 1 && (last?.kind === 'tuple' || last?.kind === 'list');
    const size = named(call, 'size') ?? (isShape ? last : undefined);
    return size !== undefined
      ? shapeRank(size, of, null)
      : name === 'torch.normal'
        ? widestOf(plain, of)
        : null;
  }
  const at = SIZE_AT[word];
  if (at !== undefined && (name.startsWith('numpy.random.') || drawsFromGenerator(facts, call))) {
    const size = named(call, 'size') ?? plain[at]?.value;
    return size === undefined ? widestOf(plain, of) : shapeRank(size, of, 1);
  }
  if (TABLE.test(name)) {
    return 2;
  }
  if (name === 'torch.where' && plain.length === 3) {
    return widestOf(plain, of);
  }
  if (isLibrary && /^(?:stack|cat|concat|concatenate|hstack|column_stack)$/.test(word)) {
    return joined(word, operand, of);
  }
  if (/^(?:matmul|mv|mm)$/.test(word)) {
    const [right] = given;
    return operand === undefined || right === undefined ? null : productRank(of(operand), of(right.value));
  }
  if (/^(?:to_numpy|fit_transform|transform|inverse_transform|normalize)$/.test(word) && !isLibrary) {
    const data = word === 'to_numpy' ? operand : given[0]?.value;
    return data === undefined ? null : of(data);
  }
  if (/^(?:len|int|float)$/.test(name) || (word === 'size' && plain.length === 1)) {
    return 0;
  }
  return undefined;
}

/**
 * Dimensions of one of several values that a library gives at once: parts of `train_test_split(x, y)`, features and target of
 * a data set of scikit-learn. Undefined where it is no such call.
 */
export function elementRank(
  facts: PythonFacts,
  call: CallExpr,
  path: Path,
  of: RankOf,
): number | null | undefined {
  const name = facts.nameOf(call.func) ?? '';
  const [at, ...rest] = path;
  if (!name.startsWith('sklearn.') || typeof at !== 'number' || rest.length > 0) {
    return undefined;
  }
  if (name.endsWith('.train_test_split')) {
    const whole = call.args.filter((arg) => arg.name === null && arg.star === 0)[at >> 1];
    return whole === undefined ? null : of(whole.value);
  }
  const isPair =
    /\.(?:make_(?:regression|friedman\d|sparse_uncorrelated|moons|circles|blobs|classification)|load_diabetes|fetch_california_housing)$/;
  const isPlain = call.args.every((arg) => arg.name !== 'n_targets' && arg.name !== 'coef' && arg.star === 0);
  return isPair.test(name) && isPlain && at < 2 ? 2 - at : null;
}

/** Matrix product of so many dimensions; null where one is not known. */
export function productRank(left: number | null, right: number | null): number | null {
  return left === null || right === null || left === 0 || right === 0
    ? null
    : left === 1 || right === 1
      ? Math.max(left, right) - 1
      : Math.max(left, right);
}

function joined(word: string, parts: Expr | undefined, of: RankOf): number | null {
  // A list of parts that are alike has one dimension more than each.
  const list = parts === undefined ? null : of(parts);
  if (list === null || list < 1) {
    return null;
  }
  return word === 'column_stack' ? Math.max(2, list - 1) : word === 'stack' ? list : Math.max(1, list - 1);
}

function named(call: CallExpr, name: string): Expr | undefined {
  return call.args.find((arg) => arg.name === name)?.value;
}

function widestOf(args: readonly Argument[], of: RankOf): number | null {
  const ranks = args.map(({ value }) => of(value));
  return ranks.length === 0 || ranks.includes(null) ? null : Math.max(...ranks.map((one) => one ?? 0));
}

/** `(n,)`, or a number where that means one dimension. */
function shapeRank(size: Expr, of: RankOf, number: number | null): number | null {
  if (size.kind === 'tuple' || size.kind === 'list') {
    return size.items.some(({ kind }) => kind === 'starred') ? null : size.items.length;
  }
  return of(size) === 0 ? number : null;
}

/** `(n)`, `(n, d)` and `((n, d))`: a single argument may be a whole shape. */
function sizes(plain: readonly Argument[], of: RankOf): number | null {
  const [first] = plain;
  return first === undefined || plain.length > 1
    ? first === undefined
      ? null
      : plain.length
    : shapeRank(first.value, of, 1);
}
