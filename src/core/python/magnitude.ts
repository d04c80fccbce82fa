import { isCentred } from './dataScale';
import { appendedTo, drawsFromGenerator } from './drawn';
import type { PythonFacts } from './facts';
import { numberPlace } from './literals';
import type { CallExpr, Expr } from './syntax/ast';

/** Names and operations followed. */
const MAX_DEPTH = 24;
/** Functions that give numbers of size 1 whatever they get. */
const TO_ONE =
  /^(?:sin|cos|tan|tanh|sigmoid|softmax|sign|normalize|standardize|fmod|remainder|one_hot|log|log1p|bernoulli|eq|gt|lt)$/;
/** Functions that keep the size of what they get. */
const KEEPS =
  /^(?:view|reshape|flatten|squeeze|unsqueeze|permute|transpose|contiguous|float|double|to|cpu|clone|type|byte|int|long|half|expand|astype|abs|relu|clamp|clip|cumsum|roll|repeat|as_tensor|tensor|from_numpy|array|asarray|Tensor|round|floor|detach|t|T|maximum|minimum|where)$/;
/** Python's own, of several values. */
const LARGEST = /^(?:max|min)$/;
/** Draws and rows of numbers between or around their first two arguments. */
const RANGE =
  /^(?:normal|uniform|randint|linspace|arange|gauss|normalvariate|integers|randrange|triangular)$/;
const JOINS = /^(?:stack|cat|concat|concatenate|hstack|vstack|column_stack)$/;

/**
 * About how large the numbers of a tensor are, by the way the code makes them: `1900 + 120 * torch.rand(n)` is 1900. Of
 * joined tensors the largest. Null where the code does not tell.
 */
export function magnitudeOf(facts: PythonFacts, expr: Expr, depth = 0): number | null {
  if (depth > MAX_DEPTH) {
    return null;
  }
  const of = (one: Expr | undefined): number | null =>
    one === undefined ? null : magnitudeOf(facts, one, depth + 1);
  const number = numberPlace(facts.source, expr);
  if (number !== null) {
    return Math.abs(number.value);
  }
  switch (expr.kind) {
    case 'number':
      return Math.abs(expr.value);
    case 'compare':
      return 1;
    case 'unary':
      return of(expr.operand);
    case 'subscript':
      return of(expr.object);
    case 'list':
    case 'tuple':
      return largest(expr.items.map(of));
    case 'conditional':
      return largest([of(expr.whenTrue), of(expr.whenFalse)]);
    case 'comprehension':
      return of(expr.element);
    case 'name':
      return ofName(facts, expr, depth);
    case 'binary':
      return ofBinary(facts, expr, of);
    case 'call':
      return ofCall(facts, expr, of);
    default:
      return null;
  }
}

function largest(sizes: readonly (number | null)[]): number | null {
  const known = sizes.filter((size) => size !== null);
  return known.length === 0 ? null : Math.max(...known);
}

/** Numbers between half and twice each other. */
function areAlike(a: number, b: number): boolean {
  return Math.max(a, b) <= 2 * Math.min(a, b);
}

function ofName(facts: PythonFacts, expr: Expr, depth: number): number | null {
  const bindings = facts.source.bindings(expr);
  // `img = 110 * img`: the value that this use sees, which may use the one before it.
  const seen = bindings.filter(({ stmt }) => stmt !== null && stmt.end <= expr.start);
  const last = seen.at(-1) ?? bindings[0];
  if (last === undefined || last.value === null || last.value === expr) {
    return null;
  }
  // `xs, ys = [], []`
  const made =
    last.kind === 'unpack' && last.value.kind === 'tuple' ? last.value.items[last.index] : last.value;
  if (made?.kind === 'list' && made.items.length === 0 && expr.kind === 'name') {
    return largest(appendedTo(facts, expr).map((one) => magnitudeOf(facts, one, depth + 1)));
  }
  if (last.kind !== 'assign') {
    return null;
  }
  return last.value.start <= expr.start && expr.end <= last.value.end
    ? null
    : magnitudeOf(facts, last.value, depth + 1);
}

function ofBinary(
  facts: PythonFacts,
  expr: Expr & { kind: 'binary' },
  of: (one: Expr | undefined) => number | null,
): number | null {
  const { op, left, right } = expr;
  switch (op) {
    case '+':
      return largest([of(left), of(right)]);
    case '-': {
      const [a, b] = [of(left), of(right)];
      // `year - 1960`: of two alike nobody can say what is left.
      return a !== null && b !== null && areAlike(a, b) ? null : largest([a, b]);
    }
    case '*': {
      const [a, b] = [of(left), of(right)];
      return a === null || b === null ? null : a * b;
    }
    case '/': {
      // A difference to a mean, divided by anything, is meant to be 1 large.
      if (isCentred(facts, left)) {
        return 1;
      }
      const [a, b] = [of(left), of(right)];
      return a === null || b === null || b === 0 ? null : a / b;
    }
    case '**': {
      const [a, b] = [of(left), right.kind === 'number' ? right.value : null];
      return a === null || b === null ? null : a ** b;
    }
    case '%':
      return of(right);
    default:
      return null;
  }
}

function ofCall(
  facts: PythonFacts,
  call: CallExpr,
  of: (one: Expr | undefined) => number | null,
): number | null {
  const { func } = call;
  const name = facts.nameOf(func) ?? '';
  const isLibrary = /^(?:torch|numpy|math|random)\./.test(name) || drawsFromGenerator(facts, call);
  const word = func.kind === 'attribute' ? func.attr : func.kind === 'name' ? func.id : '';
  const plain = call.args.filter((arg) => arg.name === null).map(({ value }) => value);
  const subject = isLibrary || func.kind !== 'attribute' ? plain[0] : func.object;
  if (isLibrary && /^(?:rand|randn|rand_like|randn_like|random|random_sample|standard_normal)$/.test(word)) {
    return 1;
  }
  if (isLibrary && RANGE.test(word)) {
    return largest(plain.slice(0, 2).map(of));
  }
  if (isLibrary && /^(?:expovariate|lognormvariate|lognormal)$/.test(word)) {
    const size = of(plain[0]);
    return size === null || size === 0 ? null : word === 'expovariate' ? 1 / size : Math.exp(size);
  }
  if (isLibrary && /^(?:zeros|zeros_like)$/.test(word)) {
    return 0;
  }
  if (isLibrary && /^(?:ones|ones_like|eye)$/.test(word)) {
    return 1;
  }
  if (TO_ONE.test(word)) {
    return 1;
  }
  if (func.kind === 'name' && LARGEST.test(word) && plain.length > 1) {
    return largest(plain.map(of));
  }
  if (JOINS.test(word) || KEEPS.test(word)) {
    return of(subject);
  }
  if (word === 'sqrt' || word === 'exp') {
    const size = of(subject);
    if (word === 'exp' && subject?.kind === 'unary' && subject.op === '-') {
      return 1;
    }
    return size === null ? null : word === 'sqrt' ? Math.sqrt(size) : size <= 1 ? Math.E : null;
  }
  return word === 'pow' ? square(of(subject)) : null;
}

function square(size: number | null): number | null {
  return size === null ? null : size * size;
}
