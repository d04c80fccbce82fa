import type { PythonFacts } from '../../python/facts';
import { numberPlace } from '../../python/literals';
import type { CallExpr, Expr } from '../../python/syntax/ast';
import { expressionsIn } from '../../python/syntax/walk';
import type { Fix } from '../../rules/finding';
import type { TextEdit, TextRange } from '../../text';
import { appendTo, fixOf, prependTo, replace } from './place';

/** Scores that are divided by less than this are so large that their softmax picks one and passes no gradient; temperatures in use are 0.05 and more. */
const SHARP = 0.05;
/** Names are followed this far from the softmax to the products it is of. */
const MAX_HOPS = 4;

/** Products of queries and keys that go into a softmax at a size it saturates at. */
export interface LargeScores {
  readonly range: TextRange;
  /** `unscaled`: nothing divides them by the root of the key size; `sharp`: something far below one does. */
  readonly kind: 'unscaled' | 'sharp';
  /** What they are divided by; null where nothing does. */
  readonly divisor: number | null;
  readonly edits: readonly TextEdit[];
}

/** Every softmax over products of queries and keys that are not scaled, or scaled up. */
export function largeScores(facts: PythonFacts): readonly LargeScores[] {
  if (!facts.source.mentions(/softmax/i) || !facts.source.mentions(/@|matmul|bmm|einsum|\.sum\(/)) {
    return [];
  }
  const found = new Map<number, LargeScores>();
  for (const { call } of facts.calls) {
    const input = softmaxInput(facts, call);
    const scores = input === null ? null : trace(facts, input, null, MAX_HOPS);
    if (scores !== null) {
      found.set(scores.range.line * 1000 + scores.range.column, scores);
    }
  }
  return [...found.values()];
}

/** What `torch.softmax(x, -1)`, `F.softmax(x, dim=-1)` and `x.softmax(-1)` are of. */
function softmaxInput(facts: PythonFacts, { func, args }: CallExpr): Expr | null {
  const name = facts.nameOf(func) ?? '';
  if (/^torch\.(?:nn\.functional\.)?softmax$/.test(name)) {
    return args[0]?.value ?? null;
  }
  return func.kind === 'attribute' && func.attr === 'softmax' && !name.startsWith('torch.')
    ? func.object
    : null;
}

/** What the scores are multiplied or divided by on the way, where it is a number. */
interface Factor {
  readonly expr: Expr;
  readonly divides: boolean;
  readonly value: number;
}

function trace(facts: PythonFacts, expr: Expr, factor: Factor | null, hops: number): LargeScores | null {
  facts.source.work.spend(1);
  const product = productOf(facts, expr);
  if (product !== null) {
    return judge(facts, product, factor);
  }
  if (expr.kind === 'call' && expr.func.kind === 'attribute' && MASKS.test(expr.func.attr)) {
    return trace(facts, expr.func.object, factor, hops);
  }
  if (expr.kind === 'binary') {
    if (expr.op === '+' || expr.op === '-') {
      return trace(facts, expr.left, factor, hops);
    }
    const number = /^[*/]$/.test(expr.op) && factor === null ? numberPlace(facts.source, expr.right) : null;
    // A factor that is no number, `self.scale`, is taken for the right one.
    return number === null || number.definedAs === 'default'
      ? null
      : trace(facts, expr.left, { expr: expr.right, divides: expr.op === '/', value: number.value }, hops);
  }
  if (expr.kind !== 'name' || hops === 0) {
    return null;
  }
  const values = facts.source
    .bindings(expr)
    .flatMap(({ kind, value }) => (kind === 'assign' && value !== null ? [value] : []));
  if (facts.source.bindings(expr).some(({ kind }) => kind !== 'assign')) {
    return null;
  }
  // Masks give a name its own value again: the way leads on through the first that is a product.
  for (const value of values) {
    const reads = expressionsIn(value).some((one) => one.kind === 'name' && one.id === expr.id);
    if (reads && !isMask(value)) {
      return null;
    }
  }
  const [origin, another] = values.filter(
    (value) =>
      !isMask(value) || !expressionsIn(value).some((one) => one.kind === 'name' && one.id === expr.id),
  );
  return origin === undefined || another !== undefined ? null : trace(facts, origin, factor, hops - 1);
}

/** Methods that change which scores count, and not how large they are. */
const MASKS = /^(?:masked_fill_?|float|contiguous|view|reshape|squeeze|unsqueeze)$/;

function isMask(value: Expr): boolean {
  return (
    (value.kind === 'call' && value.func.kind === 'attribute' && MASKS.test(value.func.attr)) ||
    (value.kind === 'binary' && (value.op === '+' || value.op === '-'))
  );
}

/** Queries times keys. */
interface Product {
  readonly expr: Expr;
  readonly query: Expr;
  readonly key: Expr;
}

function productOf(facts: PythonFacts, expr: Expr): Product | null {
  if (expr.kind === 'binary' && expr.op === '@') {
    return product(facts, expr, expr.left, expr.right, true);
  }
  if (expr.kind !== 'call') {
    return null;
  }
  const { func, args } = expr;
  const name = facts.nameOf(func) ?? '';
  const [first, second, third] = args.map(({ value }) => value);
  if (/^torch\.(?:matmul|bmm)$/.test(name) && first !== undefined && second !== undefined) {
    return product(facts, expr, first, second, true);
  }
  if (name === 'torch.einsum' && second !== undefined && third !== undefined) {
    return product(facts, expr, second, third, false);
  }
  if (func.kind !== 'attribute') {
    return null;
  }
  if (/^(?:matmul|bmm)$/.test(func.attr) && first !== undefined) {
    return product(facts, expr, func.object, first, true);
  }
  return func.attr === 'sum' && func.object.kind === 'binary' && func.object.op === '*'
    ? product(facts, expr, func.object.left, func.object.right, false)
    : null;
}

/** A product of two things that layers made, neither of which is scaled or normalised. */
function product(
  facts: PythonFacts,
  expr: Expr,
  query: Expr,
  key: Expr,
  transposed: boolean,
): Product | null {
  const turned = turnedOf(key);
  const plain = turned ?? (key.kind === 'name' ? turnedOf(facts.valueOf(key) ?? key) : null);
  if (transposed && plain === null) {
    return null;
  }
  const sides = [query, plain ?? key];
  return sides.every((side) => isProjected(facts, side)) ? { expr, query, key: plain ?? key } : null;
}

/** `k` in `k.transpose(-2, -1)`, `k.mT`, `k.permute(…)`. */
function turnedOf(expr: Expr): Expr | null {
  if (expr.kind === 'attribute' && /^(?:T|mT)$/.test(expr.attr)) {
    return expr.object;
  }
  return expr.kind === 'call' &&
    expr.func.kind === 'attribute' &&
    /^(?:transpose|swapaxes|permute|t)$/.test(expr.func.attr)
    ? expr.func.object
    : null;
}

const SCALES = /normali[sz]e|norm\(|sqrt|scale/i;

/** What a layer makes, in place or behind a name: `self.q(x)`, `q` of `q, k, v = self.qkv(x).chunk(3, -1)`; and nothing scales. */
function isProjected(facts: PythonFacts, expr: Expr): boolean {
  const bindings = expr.kind === 'name' ? facts.source.bindings(expr) : [];
  const values = expr.kind === 'name' ? bindings.flatMap(({ value }) => value ?? []) : [expr];
  const texts = values.map((value) => facts.textOf(facts.rangeOf(value)));
  const scaled =
    bindings.some(({ kind }) => kind === 'augmented') ||
    values.some((value) => value.kind === 'binary') ||
    texts.some((text) => SCALES.test(text));
  return !scaled && texts.some((text) => /\bself\.\w+(?:\[\w+\])?\(/.test(text));
}

function judge(facts: PythonFacts, { expr, query, key }: Product, factor: Factor | null): LargeScores | null {
  const sized = [query, key].find((one) => one.kind === 'name');
  const size = sized === undefined ? null : `${facts.textOf(facts.rangeOf(sized))}.size(-1) ** `;
  const range = facts.rangeOf(expr);
  if (factor === null) {
    const isObject = facts.text[expr.end] === '.';
    const edits =
      size === null
        ? []
        : isObject
          ? [prependTo(range, '('), appendTo(range, ` / ${size}0.5)`)]
          : [appendTo(range, ` / ${size}0.5`)];
    return { range, kind: 'unscaled', divisor: null, edits };
  }
  const divisor = factor.divides ? factor.value : 1 / factor.value;
  const edits =
    size === null ? [] : [replace(facts.rangeOf(factor.expr), factor.divides ? `${size}0.5` : `${size}-0.5`)];
  return divisor > 0 && divisor < SHARP ? { range, kind: 'sharp', divisor, edits } : null;
}

/** Divides scores by the root of the key size. */
export function scaleScores(facts: PythonFacts): readonly Fix[] {
  return largeScores(facts).flatMap(({ edits }) =>
    edits.length === 0
      ? []
      : fixOf(
          facts,
          'scale-scores',
          'Divide the attention scores by the root of the key size',
          'unsafe',
          edits,
        ),
  );
}
