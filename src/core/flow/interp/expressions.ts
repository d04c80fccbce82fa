import type { Expr } from '../../python/syntax/ast';
import { attributeOf } from './attributes';
import { evaluateCall } from './calls';
import { indexValue } from './indexing';
import { spreadOf } from './members';
import { constantSteps } from './moduleLevel';
import { compare, unaryOperation } from './operators';
import type { Reader } from './reader';
import { iterate, truth } from './sequences';
import { assignTo } from './statements';
import { isKind, isList, list, Scope, tuple, unknown, type Value } from './values';

export function indexValues(reader: Reader, parts: readonly Expr[], scope: Scope): Value[] {
  return parts.map((part) => evaluateExpression(reader, part, scope));
}

export function evaluateExpression(reader: Reader, expr: Expr, scope: Scope): Value {
  reader.tick();
  switch (expr.kind) {
    case 'name':
      return lookUp(reader, expr.id, scope);
    case 'number':
      return expr.value;
    case 'string':
      return expr.value ?? formatted(reader, expr, scope);
    case 'constant':
      return expr.value;
    case 'attribute':
      return attributeOf(reader, evaluateExpression(reader, expr.object, scope), expr.attr);
    case 'call':
      return evaluateCall(reader, expr, scope);
    case 'list':
    case 'set':
      return list(spreadItems(reader, expr.items, scope));
    case 'tuple':
      return tuple(spreadItems(reader, expr.items, scope));
    case 'dict': {
      const entries = new Map<Value, Value>();
      for (const entry of expr.entries) {
        const value = evaluateExpression(reader, entry.value, scope);
        if (entry.key !== null) entries.set(evaluateExpression(reader, entry.key, scope), value);
        else if (isKind(value, 'dict')) for (const [k, v] of value.entries) entries.set(k, v);
      }
      return { kind: 'dict', entries };
    }
    case 'comprehension':
      return comprehend(reader, expr, scope);
    case 'binary':
      return evaluateBinary(reader, expr.op, expr.left, expr.right, scope);
    case 'unary':
      return unaryOperation(reader, expr.op, evaluateExpression(reader, expr.operand, scope));
    case 'compare':
      return evaluateCompare(reader, expr.ops, expr.operands, scope);
    case 'conditional': {
      const test = truth(evaluateExpression(reader, expr.test, scope));
      if (test === null) reader.skipped.add(`the choice on ${reader.excerpt(expr.test)} is taken as true`);
      return evaluateExpression(reader, test === false ? expr.whenFalse : expr.whenTrue, scope);
    }
    case 'subscript':
      return indexValue(
        reader,
        evaluateExpression(reader, expr.object, scope),
        indexValues(reader, expr.indices, scope),
      );
    case 'lambda':
      return {
        kind: 'function',
        name: 'lambda',
        params: expr.params,
        body: expr.body,
        scope,
        owner: null,
        decorators: [],
      };
    case 'walrus': {
      const value = evaluateExpression(reader, expr.value, scope);
      assignTo(reader, expr.target, value, scope);
      return value;
    }
    case 'yield': {
      const [part] = expr.parts;
      const value = part === undefined ? null : evaluateExpression(reader, part, scope);
      const from = /^yield\s+from\b/.test(reader.facts.text.slice(expr.start, expr.start + 20));
      // Bounded by the steps a reading may take.
      scope.yielded?.push(...(from ? iterate(reader, value) : [value]));
      return null;
    }
    case 'slice':
      return evaluateSlice(reader, expr, scope);
    default:
      return unknown(reader.excerpt(expr));
  }
}

/** An f-string: what stands between the braces is replaced, formats are ignored. */
export function formatted(
  reader: Reader,
  expr: Expr & { readonly parts: readonly Expr[] },
  scope: Scope,
): Value {
  const { text } = reader.facts;
  let out = '';
  let at = expr.start;
  for (const part of expr.parts) {
    const value = evaluateExpression(reader, part, scope);
    if (typeof value === 'object' && value !== null) return unknown('a formatted string');
    out +=
      text
        .slice(at, part.start)
        .replace(/^[a-zA-Z]*["']+/, '')
        .replace(/\{$/, '') + String(value);
    const close = text.indexOf('}', part.end);
    at = close < 0 ? part.end : close + 1;
  }
  return out + text.slice(at, expr.end).replace(/["']+$/, '');
}

/** The parser keeps only the parts of a slice: the colons of the text tell which they are. */
export function evaluateSlice(
  reader: Reader,
  expr: Expr & { readonly parts: readonly Expr[] },
  scope: Scope,
): Value {
  const fields: Value[] = [null, null, null];
  let at = expr.start;
  let field = 0;
  for (const part of expr.parts) {
    for (; at < part.start; at++) if (reader.facts.text[at] === ':') field++;
    fields[Math.min(2, field)] = evaluateExpression(reader, part, scope);
    at = part.end;
  }
  return { kind: 'slice', start: fields[0] ?? null, stop: fields[1] ?? null, step: fields[2] ?? null };
}

export function lookUp(reader: Reader, name: string, scope: Scope): Value {
  const value = scope.find(name);
  if (value !== undefined) return isKind(value, 'native') ? reader.imported(value) : value;
  const late = lateGlobal(reader, name) ?? reader.starred(name);
  return late ?? { kind: 'native', name: `builtins.${name}` };
}

/** A module-level name assigned by a call (`args = parse()`), read only when something asks for it. */
export function lateGlobal(reader: Reader, name: string): Value | undefined {
  for (const stmt of reader.facts.body) {
    if (stmt.kind !== 'assign' || stmt.value === null) continue;
    const target = stmt.targets[0];
    const at = target?.kind === 'tuple' ? target.items.findIndex((t) => isName(t, name)) : -1;
    if (at >= 0 || (target !== undefined && isName(target, name))) {
      reader.globals.vars.set(name, unknown(name));
      const value = stmt.value;
      const whole = reader.tolerate(() =>
        reader.within(constantSteps, () => evaluateExpression(reader, value, reader.globals)),
      );
      const read = at < 0 ? whole : isList(whole) ? (whole.items[at] ?? null) : unknown(name);
      reader.globals.vars.set(name, read);
      if (isKind(read, 'object') && read.cls.native === 'argparse') declareOptions(reader, name);
      return read;
    }
  }
  return undefined;
}

function isName(expr: Expr, name: string): boolean {
  return expr.kind === 'name' && expr.id === name;
}

/** The options that statements of the file add to its command-line parser. */
function declareOptions(reader: Reader, parser: string): void {
  const adds = new RegExp(`^${parser.replace(/\W/g, '')}\\.(add_argument|set_defaults)\\b`);
  for (const stmt of reader.facts.body) {
    if (stmt.kind !== 'expr' || !adds.test(reader.excerpt(stmt))) continue;
    reader.tolerate(() =>
      reader.within(constantSteps, () => evaluateExpression(reader, stmt.value, reader.globals)),
    );
  }
}

export function spreadItems(reader: Reader, parts: readonly Expr[], scope: Scope): Value[] {
  const out: Value[] = [];
  for (const part of parts) {
    const spread = spreadOf(part);
    if (spread !== null) out.push(...iterate(reader, evaluateExpression(reader, spread, scope)));
    else out.push(evaluateExpression(reader, part, scope));
  }
  return out;
}

export function comprehend(
  reader: Reader,
  expr: Expr & { readonly kind: 'comprehension' },
  scope: Scope,
): Value {
  const out: Value[] = [];
  const keys: Value[] = [];
  const inner = new Scope(scope, null);
  const walk = (index: number): void => {
    const part = expr.generators[index];
    if (part === undefined) {
      if (expr.key !== null) keys.push(evaluateExpression(reader, expr.key, inner));
      out.push(evaluateExpression(reader, expr.element, inner));
      return;
    }
    for (const item of iterate(reader, evaluateExpression(reader, part.iter, inner))) {
      reader.tick();
      assignTo(reader, part.target, item, inner);
      if (part.conditions.every((c) => truth(evaluateExpression(reader, c, inner)) !== false))
        walk(index + 1);
    }
  };
  walk(0);
  if (expr.form === 'dict') {
    return { kind: 'dict', entries: new Map(keys.map((key, i) => [key, out[i] ?? null])) };
  }
  return list(out);
}

export function evaluateBinary(reader: Reader, op: string, left: Expr, right: Expr, scope: Scope): Value {
  const a = evaluateExpression(reader, left, scope);
  if (op === 'and' || op === 'or') {
    const test = truth(a);
    if (test === null) {
      // Of `cuda and n > 1` the known half decides where it can.
      const b = reader.tolerate(() => evaluateExpression(reader, right, scope));
      return truth(b) === (op === 'or') ? b : a;
    }
    return test === (op === 'and') ? evaluateExpression(reader, right, scope) : a;
  }
  return reader.combine(op, a, evaluateExpression(reader, right, scope), false);
}

export function evaluateCompare(
  reader: Reader,
  ops: readonly string[],
  operands: readonly Expr[],
  scope: Scope,
): Value {
  const values = operands.map((operand) => evaluateExpression(reader, operand, scope));
  for (let i = 0; i < ops.length; i++) {
    const result = compare(ops[i] ?? '', values[i] ?? null, values[i + 1] ?? null);
    if (result === null) return unknown('a comparison');
    if (!result) return false;
  }
  return true;
}
