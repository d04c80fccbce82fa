import type { Expr, Stmt } from '../syntax/ast';
import { type Interpreter, MAX_UNROLL } from './interpret';
import {
  appendItem,
  type DictValue,
  type Env,
  type ListItem,
  type ListValue,
  listOf,
  truthOf,
  UNKNOWN,
  type Value,
} from './value';

/** `[a, *b]`, `(a, b)`. */
export function displayValue(run: Interpreter, items: readonly Expr[], env: Env, stmt: Stmt): ListValue {
  const list = listOf([]);
  for (const item of items) {
    if (item.kind === 'starred') {
      const [inner] = item.parts;
      const value = inner === undefined ? UNKNOWN : run.evaluate(inner, env, stmt);
      run.spread(list, value, item, env, stmt);
    } else {
      const value = run.evaluate(item, env, stmt);
      appendItem(
        list,
        { value, node: item, stmt: statementFor(value, env, stmt), source: env.source, looped: false },
        false,
      );
    }
  }
  return list;
}

/** `{"a": x, **more}`. */
export function dictValue(run: Interpreter, expr: Expr & { kind: 'dict' }, env: Env, stmt: Stmt): DictValue {
  const entries = new Map<string, ListItem>();
  for (const entry of expr.entries) {
    const value = run.evaluate(entry.value, env, stmt);
    if (entry.key === null) {
      for (const [key, item] of value.kind === 'dict' ? value.entries : []) {
        entries.set(key, item);
      }
      continue;
    }
    const key = run.evaluate(entry.key, env, stmt);
    const text = key.kind === 'literal' ? String(key.value) : '*';
    entries.set(text, { value, node: entry.value, stmt, source: env.source, looped: env.looped });
  }
  return { kind: 'dict', entries };
}

/** A comprehension, unrolled where its length is known. */
export function comprehensionValue(
  run: Interpreter,
  expr: Expr & { kind: 'comprehension' },
  env: Env,
  stmt: Stmt,
): Value {
  const inner = run.newEnv(env.source, env, env.self, env.owner);
  inner.looped = true;
  const list = listOf([]);
  const entries = new Map<string, ListItem>();
  const emit = (uncertain: boolean): void => {
    const value = run.evaluate(expr.element, inner, stmt);
    const item = { value, node: expr.element, stmt, source: env.source, looped: true };
    if (expr.form === 'dict') {
      const key = expr.key === null ? UNKNOWN : run.evaluate(expr.key, inner, stmt);
      entries.set(key.kind === 'literal' ? String(key.value) : '*', item);
    } else {
      appendItem(list, item, uncertain);
    }
  };
  const descend = (index: number, uncertain: boolean): void => {
    const generator = expr.generators[index];
    if (generator === undefined) {
      emit(uncertain);
      return;
    }
    const iter = run.evaluate(generator.iter, inner, stmt);
    const known =
      iter.kind === 'list' && iter.certain >= iter.items.length && iter.items.length <= MAX_UNROLL;
    const values = known ? iter.items.map((item) => item.value) : [UNKNOWN];
    for (const value of values) {
      run.bind(generator.target, value, inner, stmt);
      const tests = generator.conditions.map((test) => truthOf(run.evaluate(test, inner, stmt)));
      if (!tests.includes(false)) {
        descend(index + 1, uncertain || !known || tests.includes(null));
      }
    }
  };
  descend(0, env.uncertain);
  return expr.form === 'dict' ? { kind: 'dict', entries } : list;
}

/** The statement an item is written in: the module's own where that is in the same file. */
export function statementFor(value: Value, env: Env, stmt: Stmt): Stmt {
  return value.kind === 'module' && value.source === env.source ? value.stmt : stmt;
}
