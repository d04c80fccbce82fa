import type { PythonFacts } from './facts';
import { numberPlace } from './literals';
import { magnitudeOf } from './magnitude';
import type { Expr, Stmt } from './syntax/ast';
import { childBlocks, expressionsIn } from './syntax/walk';

/** Times the size of the other numbers that a part of the data is made: far outside any distribution. */
const FAR_OUT = 30;
/** A value put in: fill values and counters of sensors are written like this. */
const FILL = 100;
/** Larger ones mask scores. */
const MASK = 1e6;
/** What a class index is left out of the loss by. */
const IGNORE_INDEX = -100;

/** A statement that makes a part of the data, or the data of some batches, far larger than the rest. */
export interface RareData {
  readonly stmt: Stmt;
  /** The number: a factor, or the value itself. */
  readonly value: number;
  readonly kind: 'factor' | 'value';
}

/** A size that is put right, and no outlier: `if x.max() <= 1: x = x * 255`. */
const CONVERTS = /max\(|min\(|dtype|isinstance|normali[sz]e|scale|unit/i;
/** What holds no measurements. */
const INTEGER =
  /randint|(?:^|\s)torch\.arange|randperm|\.long\(|\.int\(|dtype=torch\.(?:long|int|bool|uint)|zeros_like|mask/i;

/** Outliers that a program puts among its data, outside of models: fill values, units mixed up, shocks. */
export function rareData(facts: PythonFacts): readonly RareData[] {
  const found: RareData[] = [];
  const modules = new Set(
    facts.classes.filter(({ kind }) => kind === 'module' || kind === 'lightning').map(({ name }) => name),
  );
  const visit = (body: readonly Stmt[], sometimes: boolean): void => {
    for (const stmt of body) {
      facts.source.work.spend(1);
      if (stmt.kind === 'class' && modules.has(stmt.name)) {
        continue;
      }
      const one = rareIn(facts, stmt, sometimes);
      if (one !== null) {
        found.push(one);
      }
      const isDefinition = stmt.kind === 'function' || stmt.kind === 'class';
      const sends = stmt.kind === 'if' && !CONVERTS.test(facts.textOf(facts.rangeOf(stmt.test)));
      childBlocks(stmt).forEach((block, at) => {
        visit(block, isDefinition ? false : sometimes || (sends && at === 0));
      });
    }
  };
  visit(facts.body, false);
  return found;
}

function rareIn(facts: PythonFacts, stmt: Stmt, sometimes: boolean): RareData | null {
  if (stmt.kind === 'augmented') {
    const part = isPart(facts, stmt.target) || (sometimes && stmt.target.kind === 'name');
    return part && stmt.op === '*=' ? factor(facts, stmt, stmt.target, stmt.value) : null;
  }
  const [target, another] = stmt.kind === 'assign' ? stmt.targets : [];
  if (stmt.kind !== 'assign' || target === undefined || another !== undefined || stmt.value === null) {
    return null;
  }
  const part = isPart(facts, target);
  if (!part && !(sometimes && target.kind === 'name')) {
    return null;
  }
  const same = facts.textOf(facts.rangeOf(target));
  for (const expr of expressionsIn(stmt.value)) {
    if (expr.kind !== 'binary' || !isNamed(facts, expr.left, same)) {
      continue;
    }
    if (expr.op === '*') {
      return factor(facts, stmt, target, expr.right);
    }
    const added = expr.op === '+' || expr.op === '-' ? magnitudeOf(facts, expr.right) : null;
    if (part && added !== null && added >= FILL) {
      return isMeasured(facts, target, added) ? { stmt, value: added, kind: 'value' } : null;
    }
  }
  const value = part ? numberPlace(facts.source, unsigned(stmt.value)) : null;
  const sign = stmt.value.kind === 'unary' ? -1 : 1;
  const filled = value === null ? 0 : value.value * sign;
  return Math.abs(filled) >= FILL &&
    Math.abs(filled) < MASK &&
    filled !== IGNORE_INDEX &&
    isMeasured(facts, target, Math.abs(filled))
    ? { stmt, value: filled, kind: 'value' }
    : null;
}

function factor(facts: PythonFacts, stmt: Stmt, target: Expr, expr: Expr): RareData | null {
  const value = numberPlace(facts.source, expr)?.value ?? 0;
  return value >= FAR_OUT && isMeasured(facts, target, Number.POSITIVE_INFINITY)
    ? { stmt, value, kind: 'factor' }
    : null;
}

/** `x[bad]`, `x[-2:]`, `self.y[i, 3]`: some of it, and no entry of a dict. */
function isPart(facts: PythonFacts, target: Expr): boolean {
  return (
    target.kind === 'subscript' &&
    (target.object.kind === 'name' || target.object.kind === 'attribute') &&
    !target.indices.some((index) => index.kind === 'string') &&
    !/^\[\s*:?\s*\]$/.test(facts.textOf(facts.rangeOf(target)).slice(-3))
  );
}

function isNamed(facts: PythonFacts, expr: Expr, text: string): boolean {
  return facts.textOf(facts.rangeOf(expr)) === text;
}

/** Is what is written into made of numbers of its own, far smaller ones as far as the code tells? */
function isMeasured(facts: PythonFacts, target: Expr, value: number): boolean {
  const whole = target.kind === 'subscript' ? target.object : target;
  const values = facts.source.bindings(whole).flatMap((one) => one.value ?? []);
  const text = [whole, ...values].map((one) => facts.textOf(facts.rangeOf(one))).join(' ');
  const isTensor = /torch|rand|normal|\(/.test(text) && !/^\s*[[{]/.test(text.slice(text.indexOf(' ') + 1));
  const size = values.length === 1 && values[0] !== undefined ? magnitudeOf(facts, values[0]) : null;
  return isTensor && !INTEGER.test(text) && value >= FAR_OUT * Math.max(1, size ?? 1);
}

function unsigned(expr: Expr): Expr {
  return expr.kind === 'unary' && expr.op === '-' ? expr.operand : expr;
}
