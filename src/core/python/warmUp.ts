import type { LiteralPlace, PythonFacts } from './facts';
import { numberPlace } from './literals';
import type { Expr, Stmt } from './syntax/ast';
import { childBlocks, eachExpression, statementsIn } from './syntax/walk';

/** A warm-up that ends after the run does. */
export interface LongWarmUp {
  /** Where its length is written. */
  readonly place: LiteralPlace;
  /** Steps that the run takes. */
  readonly steps: number;
}

const NAME = /warm_?up/i;

/** A warm-up of known length in a program whose training loop is known to be shorter; null otherwise. */
export function longWarmUp(facts: PythonFacts): LongWarmUp | null {
  if (!facts.source.mentions(NAME)) {
    return null;
  }
  const steps = stepsOfRun(facts);
  const place = steps === null ? null : lengthOf(facts);
  return steps !== null && place !== null && place.value >= steps ? { place, steps } : null;
}

/** What steps are divided by, or compared with, or what a schedule is given, under a name of a warm-up. */
function lengthOf(facts: PythonFacts): LiteralPlace | null {
  const found = new Map<string, LiteralPlace>();
  const add = (expr: Expr): void => {
    const place = numberPlace(facts.source, expr);
    if (place !== null && Number.isInteger(place.value) && place.value > 1) {
      found.set(`${place.range.line}:${place.range.column}`, place);
    }
  };
  for (const stmt of statementsIn(facts.body)) {
    eachExpression(stmt, (expr) => {
      if (expr.kind === 'call') {
        for (const { name, value } of expr.args) {
          if (name !== null && /warm_?up_?(?:steps|iters)?$/i.test(name)) {
            add(value);
          }
        }
      } else if (expr.kind === 'binary' && expr.op === '/' && isNamed(expr.right)) {
        add(expr.right);
      } else if (expr.kind === 'compare') {
        expr.operands.filter(isNamed).forEach(add);
      }
    });
  }
  const [only, another] = found.values();
  return another === undefined ? (only ?? null) : null;
}

/** Lengths in epochs, and fractions of a run, have other names. */
function isNamed(expr: Expr): boolean {
  const word = expr.kind === 'name' ? expr.id : expr.kind === 'attribute' ? expr.attr : '';
  return NAME.test(word) && !/epoch|ratio|frac|prop/i.test(word);
}

/** Steps of the only training loop, where all loops around each step count to known numbers; null otherwise. */
export function stepsOfRun(facts: PythonFacts): number | null {
  const [loop, another] = facts.loops.filter(({ kind }) => kind === 'loop');
  if (loop === undefined || another !== undefined) {
    return null;
  }
  const search = (body: readonly Stmt[], times: number | null): number | null => {
    for (const stmt of body) {
      const range = facts.rangeOf(stmt);
      if (range.line > loop.range.line || range.endLine < loop.range.line) {
        continue;
      }
      const own = stmt.kind === 'for' ? timesOf(facts, stmt.iter) : stmt.kind === 'while' ? null : 1;
      const all = own === null || times === null ? null : times * own;
      if (range.line === loop.range.line) {
        return all;
      }
      for (const block of childBlocks(stmt)) {
        const found = search(block, all);
        if (found !== null) {
          return found;
        }
      }
    }
    return null;
  };
  return search(facts.body, 1);
}

/** Passes of `range(n)` and `range(a, b)`. */
function timesOf(facts: PythonFacts, iter: Expr): number | null {
  if (iter.kind !== 'call' || iter.func.kind !== 'name' || iter.func.id !== 'range') {
    return null;
  }
  const [first, second, step] = iter.args;
  if (first === undefined || step !== undefined) {
    return null;
  }
  if (second === undefined) {
    return countOf(facts, first.value);
  }
  const [from, to] = [countOf(facts, first.value), countOf(facts, second.value)];
  return from === null || to === null ? null : Math.max(0, to - from);
}

/** A number, also as `n + 1`. */
function countOf(facts: PythonFacts, expr: Expr): number | null {
  const plain = numberPlace(facts.source, expr)?.value;
  if (plain !== undefined) {
    return plain;
  }
  if (expr.kind !== 'binary' || (expr.op !== '+' && expr.op !== '*')) {
    return null;
  }
  const [left, right] = [countOf(facts, expr.left), countOf(facts, expr.right)];
  return left === null || right === null ? null : expr.op === '+' ? left + right : left * right;
}
