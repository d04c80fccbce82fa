import { definition } from './definitions';
import { MAX_DEPTH, numberPlace } from './literals';
import type { PythonSource } from './source';
import type { CallExpr, Expr } from './syntax/ast';

/** Number an expression stands for, arithmetic included; null when unknown. */
export function evaluate(source: PythonSource, expr: Expr, depth = 0): number | null {
  if (depth > MAX_DEPTH) {
    return null;
  }
  if (expr.kind === 'binary') {
    const left = evaluate(source, expr.left, depth + 1);
    const right = evaluate(source, expr.right, depth + 1);
    return left === null || right === null ? null : arithmetic(expr.op, left, right);
  }
  if (expr.kind === 'unary' && expr.op === '-') {
    const value = evaluate(source, expr.operand, depth + 1);
    return value === null ? null : -value;
  }
  const known = numberPlace(source, expr)?.value;
  if (known !== undefined) {
    return known;
  }
  if (expr.kind === 'call') {
    return mathOf(source, expr, depth);
  }
  const behind = definition(source, expr);
  return behind === null ? null : evaluate(source, behind, depth + 1);
}

/** `math.sqrt(x)`, `len(xs)`. */
function mathOf(source: PythonSource, call: CallExpr, depth: number): number | null {
  const arg = call.args[0]?.value;
  const name = source.nameOf(call.func);
  if (arg === undefined) {
    return null;
  }
  if (name === 'len') {
    return lengthOf(source, arg, depth + 1);
  }
  const value = /^(?:math|numpy|torch)\.sqrt$/.test(name ?? '') ? evaluate(source, arg, depth + 1) : null;
  return value === null ? null : Math.sqrt(value);
}

/** Number of items of a list, tuple, range or what is bound to one; null when unknown. */
export function lengthOf(source: PythonSource, expr: Expr, depth = 0): number | null {
  if (depth > MAX_DEPTH) {
    return null;
  }
  switch (expr.kind) {
    case 'list':
    case 'tuple':
    case 'set':
      return expr.items.some((item) => item.kind === 'starred') ? null : expr.items.length;
    case 'dict':
      return expr.entries.every((entry) => entry.key !== null) ? expr.entries.length : null;
    case 'binary': {
      // `[a] + [b] * n`
      if (expr.op === '*') {
        const [list, times] = expr.left.kind === 'list' ? [expr.left, expr.right] : [expr.right, expr.left];
        const length = lengthOf(source, list, depth + 1);
        const factor = evaluate(source, times, depth + 1);
        return length === null || factor === null ? null : length * factor;
      }
      const left = expr.op === '+' ? lengthOf(source, expr.left, depth + 1) : null;
      const right = expr.op === '+' ? lengthOf(source, expr.right, depth + 1) : null;
      return left === null || right === null ? null : left + right;
    }
    case 'call':
      return callLength(source, expr, depth);
    case 'comprehension': {
      const [only] = expr.generators;
      return expr.generators.length === 1 && only?.conditions.length === 0
        ? lengthOf(source, only.iter, depth + 1)
        : null;
    }
    case 'subscript':
      return sliceLength(source, expr, depth);
    default: {
      const value = definition(source, expr);
      return value === null ? null : lengthOf(source, value, depth + 1);
    }
  }
}

function callLength(source: PythonSource, call: CallExpr, depth: number): number | null {
  const name = call.func.kind === 'name' ? call.func.id : '';
  const args = call.args.map((arg) => arg.value);
  const [first, second, third] = args;
  if (first === undefined) {
    return null;
  }
  switch (name) {
    case 'range': {
      const from = second === undefined ? 0 : evaluate(source, first, depth + 1);
      const to = evaluate(source, second ?? first, depth + 1);
      const step = third === undefined ? 1 : evaluate(source, third, depth + 1);
      return from === null || to === null || !step ? null : Math.max(0, Math.ceil((to - from) / step));
    }
    case 'enumerate':
    case 'reversed':
    case 'list':
    case 'tuple':
    case 'sorted':
      return lengthOf(source, first, depth + 1);
    case 'zip': {
      const lengths = args.map((arg) => lengthOf(source, arg, depth + 1));
      return lengths.some((length) => length === null)
        ? null
        : Math.min(...lengths.map((length) => length ?? 0));
    }
    default:
      return null;
  }
}

/** `dims[1:]`, `dims[:-1]`. */
function sliceLength(source: PythonSource, expr: Expr & { kind: 'subscript' }, depth: number): number | null {
  const [slice] = expr.indices;
  if (expr.indices.length !== 1 || slice?.kind !== 'slice') {
    return null;
  }
  const total = lengthOf(source, expr.object, depth + 1);
  const bounds = /^\s*(-?\d*)\s*:\s*(-?\d*)\s*$/.exec(source.source(slice));
  if (total === null || bounds === null) {
    return null;
  }
  const at = (text: string | undefined, fallback: number): number => {
    const value = text === undefined || text === '' ? fallback : Number(text);
    return Math.min(total, Math.max(0, value < 0 ? total + value : value));
  };
  return Math.max(0, at(bounds[2], total) - at(bounds[1], 0));
}

/** What a binary operator of Python makes of two numbers; null for one that is not of numbers. */
export function arithmetic(op: string, left: number, right: number): number | null {
  switch (op) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '//':
      return Math.floor(left / right);
    case '**':
      return left ** right;
    case '%':
      return left % right;
    default:
      return null;
  }
}
