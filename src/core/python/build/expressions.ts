import type { Expr, OtherExpr, Stmt } from '../syntax/ast';
import { callValue } from './calls';
import { preferred } from './choice';
import { comprehensionValue, dictValue, displayValue } from './collections';
import type { Interpreter } from './interpret';
import { attributeValue, nameValue, staticValue } from './names';
import { binaryValue, compareValue, subscriptValue, unaryValue } from './operators';
import { type Env, literal, truthOf, UNKNOWN, type Value } from './value';

/** Value of an expression. Call it through Interpreter.evaluate, which counts the steps. */
export function expressionValue(interpreter: Interpreter, expr: Expr, env: Env, stmt: Stmt): Value {
  switch (expr.kind) {
    case 'number':
      return literal(expr.value);
    case 'constant':
      return literal(expr.value);
    case 'string':
      return stringValue(interpreter, expr, env, stmt);
    case 'name':
      return nameValue(interpreter, expr, env);
    case 'attribute':
      return attributeValue(interpreter, expr, env, stmt);
    case 'call':
      return callValue(interpreter, expr, env, stmt);
    case 'list':
    case 'tuple':
    case 'set':
      return displayValue(interpreter, expr.items, env, stmt);
    case 'dict':
      return dictValue(interpreter, expr, env, stmt);
    case 'comprehension':
      return comprehensionValue(interpreter, expr, env, stmt);
    case 'binary':
      if (expr.op === 'and' || expr.op === 'or') {
        const left = interpreter.evaluate(expr.left, env, stmt);
        const truth = truthOf(left);
        if (truth === null) {
          return preferred(left, interpreter.evaluate(expr.right, env, stmt));
        }
        return truth === (expr.op === 'or') ? left : interpreter.evaluate(expr.right, env, stmt);
      }
      return binaryValue(
        expr.op,
        interpreter.evaluate(expr.left, env, stmt),
        interpreter.evaluate(expr.right, env, stmt),
      );
    case 'unary':
      return unaryValue(expr.op, interpreter.evaluate(expr.operand, env, stmt));
    case 'compare':
      return compareValue(
        expr.ops,
        expr.operands.map((operand) => interpreter.evaluate(operand, env, stmt)),
      );
    case 'conditional': {
      const truth = truthOf(interpreter.evaluate(expr.test, env, stmt));
      if (truth !== null) {
        return interpreter.evaluate(truth ? expr.whenTrue : expr.whenFalse, env, stmt);
      }
      return preferred(
        interpreter.evaluate(expr.whenTrue, env, stmt),
        interpreter.evaluate(expr.whenFalse, env, stmt),
      );
    }
    case 'subscript': {
      const object = interpreter.evaluate(expr.object, env, stmt);
      const [index] = expr.indices;
      if (object.kind === 'unknown' || index === undefined) {
        return staticValue(expr, env);
      }
      const key = index.kind === 'slice' ? null : interpreter.evaluate(index, env, stmt);
      const slice = index.kind === 'slice' ? sliceText(interpreter, index, env, stmt) : null;
      return subscriptValue(object, key, slice);
    }
    case 'lambda':
      return { kind: 'callable', name: null, scope: null, lambda: { node: expr, env }, bound: [] };
    case 'walrus': {
      const value = interpreter.evaluate(expr.value, env, stmt);
      interpreter.bind(expr.target, value, env, stmt);
      return value;
    }
    default:
      return UNKNOWN;
  }
}

/** A slice with the values of its bounds in place of their expressions. */
function sliceText(interpreter: Interpreter, slice: OtherExpr, env: Env, stmt: Stmt): string {
  let text = '';
  let at = slice.start;
  for (const part of slice.parts) {
    const value = interpreter.evaluate(part, env, stmt);
    text += env.source.source({ start: at, end: part.start });
    text += value.kind === 'literal' && typeof value.value === 'number' ? String(value.value) : '?';
    at = part.end;
  }
  return text + env.source.source({ start: at, end: slice.end });
}

function stringValue(interpreter: Interpreter, expr: Expr & { kind: 'string' }, env: Env, stmt: Stmt): Value {
  if (expr.value !== null) {
    return literal(expr.value);
  }
  // `f"layer{i}"`: with every part known, the text; otherwise a pattern.
  let text = env.source
    .source(expr)
    .replace(/^[rbfuRBFU]*(['"]{3}|['"])/, '')
    .replace(/(['"]{3}|['"])$/, '');
  for (const part of expr.parts) {
    const value = interpreter.evaluate(part, env, stmt);
    const shown = value.kind === 'literal' ? String(value.value) : '*';
    text = text.replace(/\{[^{}]*\}/, shown);
  }
  return literal(text);
}
