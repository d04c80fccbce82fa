import { keptPictures, readPicture, writtenInto } from './arrays';
import { isCentred } from './dataScale';
import { appendedTo, drawsFromGenerator } from './drawn';
import type { PythonFacts } from './facts';
import { numberPlace } from './literals';
import { latest, type Path, placesOf, Walk } from './origins';
import type { CallExpr, Expr } from './syntax/ast';
import { returnedIn } from './syntax/walk';

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
export function magnitudeOf(facts: PythonFacts, expr: Expr): number | null {
  return new SizeWalk(facts).of(expr);
}

class SizeWalk extends Walk<number | null> {
  constructor(facts: PythonFacts) {
    super(facts, null, null);
  }

  protected judge(expr: Expr, path: Path): number | null {
    const number = numberPlace(this.facts.source, expr);
    if (number !== null || path.length > 0) {
      return number === null || path.length > 0 ? null : Math.abs(number.value);
    }
    switch (expr.kind) {
      case 'number':
        return Math.abs(expr.value);
      case 'compare':
        return 1;
      case 'unary':
        return this.of(expr.operand);
      case 'subscript':
        return this.of(expr.object);
      case 'list':
      case 'tuple':
        return this.largestOf(expr.items);
      case 'conditional':
        return this.largestOf([expr.whenTrue, expr.whenFalse]);
      case 'comprehension':
        return this.of(expr.element);
      case 'attribute':
        return this.ofAttribute(expr);
      case 'name':
        return this.ofVariable(expr);
      case 'binary':
        return this.ofBinary(expr);
      case 'call':
        return this.ofCall(expr);
      default:
        return null;
    }
  }

  private largestOf(exprs: readonly Expr[]): number | null {
    return largest(exprs.map((one) => this.of(one)));
  }

  /** `img = 110 * img`: the value that this use sees, which may use the one before it. */
  private ofVariable(expr: Expr & { kind: 'name' }): number | null {
    const place = latest(placesOf(this.facts, expr, []), expr);
    const [from] = place?.from ?? [];
    if (place?.by !== 'assign' || from === undefined) {
      return null;
    }
    const isFilled = from.expr.kind === 'list' && from.expr.items.length === 0;
    const written = writtenInto(this.facts, expr, place.stmt?.end ?? 0);
    return this.largestOf(isFilled ? appendedTo(this.facts, expr) : [from.expr, ...written]);
  }

  /** `train_set.data` of a set of pictures, `self.x`. */
  private ofAttribute(expr: Expr & { kind: 'attribute' }): number | null {
    const value = this.facts.valueOf(expr);
    return keptPictures(this.facts, expr) ?? (value === null || value === expr ? null : this.of(value));
  }

  private ofBinary(expr: Expr & { kind: 'binary' }): number | null {
    const { op, left, right } = expr;
    switch (op) {
      case '+':
        return this.largestOf([left, right]);
      case '-': {
        const [a, b] = [this.of(left), this.of(right)];
        // `year - 1960`: of two alike nobody can say what is left.
        return a !== null && b !== null && areAlike(a, b) ? null : largest([a, b]);
      }
      case '*': {
        const [a, b] = [this.of(left), this.of(right)];
        return a === null || b === null ? null : a * b;
      }
      case '/': {
        // A difference to a mean, divided by anything, is meant to be 1 large.
        if (isCentred(this.facts, left)) {
          return 1;
        }
        const [a, b] = [this.of(left), this.of(right)];
        return a === null || b === null || b === 0 ? null : a / b;
      }
      case '**': {
        const [a, b] = [this.of(left), right.kind === 'number' ? right.value : null];
        return a === null || b === null ? null : a ** b;
      }
      case '%':
        return this.of(right);
      default:
        return null;
    }
  }

  private ofCall(call: CallExpr): number | null {
    const { func } = call;
    const name = this.facts.nameOf(func) ?? '';
    const isLibrary = /^(?:torch|numpy|math|random)\./.test(name) || drawsFromGenerator(this.facts, call);
    const word = func.kind === 'attribute' ? func.attr : func.kind === 'name' ? func.id : '';
    const plain = call.args.filter((arg) => arg.name === null).map(({ value }) => value);
    const subject = isLibrary || func.kind !== 'attribute' ? plain[0] : func.object;
    if (
      isLibrary &&
      /^(?:rand|randn|rand_like|randn_like|random|random_sample|standard_normal)$/.test(word)
    ) {
      return 1;
    }
    if (isLibrary && RANGE.test(word)) {
      return this.largestOf(plain.slice(0, 2));
    }
    if (isLibrary && /^(?:expovariate|lognormvariate|lognormal)$/.test(word)) {
      const size = this.of(plain[0]);
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
      return this.largestOf(plain);
    }
    const picture = readPicture(name);
    if (picture !== null) {
      return picture;
    }
    if (JOINS.test(word) || KEEPS.test(word)) {
      return this.of(subject);
    }
    const helper = isLibrary ? null : this.facts.source.helperOf(call);
    if (helper !== null) {
      const returned = returnedIn(helper.body);
      return returned.some(({ kind }) => kind === 'tuple') ? null : this.largestOf(returned);
    }
    if (word === 'sqrt' || word === 'exp') {
      const size = this.of(subject);
      if (word === 'exp' && subject?.kind === 'unary' && subject.op === '-') {
        return 1;
      }
      return size === null ? null : word === 'sqrt' ? Math.sqrt(size) : size <= 1 ? Math.E : null;
    }
    return word === 'pow' ? square(this.of(subject)) : null;
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

function square(size: number | null): number | null {
  return size === null ? null : size * size;
}
