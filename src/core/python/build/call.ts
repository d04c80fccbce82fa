import type { Literal } from '../facts';
import type { Scope } from '../scopes';
import type { CallExpr, Expr, Stmt } from '../syntax/ast';
import type { Interpreter } from './interpret';
import {
  appendItem,
  type BoundArgument,
  type Env,
  type ListItem,
  type ListValue,
  listOf,
  MadeModule,
  type ModuleValue,
} from './value';

/** A call with its arguments evaluated. */
export interface Call {
  readonly expr: CallExpr;
  readonly env: Env;
  readonly stmt: Stmt;
  readonly args: readonly EvaluatedArgument[];
}

/** An argument's value and the expression that gave it. */
export interface EvaluatedArgument extends BoundArgument {
  readonly node: Expr;
}

/** Positional modules of a container's constructor, stars spread. */
export function positionalList(run: Interpreter, call: Call): ListValue {
  const list = listOf([]);
  for (const arg of call.expr.args) {
    if (arg.name !== null || arg.star === 2) {
      continue;
    }
    const value = run.evaluate(arg.value, call.env, call.stmt);
    if (arg.star === 1) {
      run.spread(list, value, arg.value, call.env, call.stmt);
    } else {
      appendItem(
        list,
        { value, node: arg.value, stmt: call.stmt, source: call.env.source, looped: false },
        false,
      );
    }
  }
  return list;
}

/** Adds the modules of a dict to a container, by key. */
export function addNamed(
  run: Interpreter,
  container: ModuleValue,
  entries: ReadonlyMap<string, ListItem>,
  call: Call,
): void {
  for (const [key, item] of entries) {
    if (item.value.kind === 'module') {
      run.register(container, key, item.value, item.node, item.stmt, call.env, item.source);
    }
  }
}

/** The module that a call of a type makes. */
export function moduleOf(type: string, call: Call, known = true, scope: Scope | null = null): MadeModule {
  const values: (Literal | undefined)[] = [];
  for (const { name, value } of call.args) {
    if (name !== '*') {
      values.push(value.kind === 'literal' ? value.value : undefined);
    }
  }
  return new MadeModule(type, call.expr, call.stmt, call.env.source, scope, values, known);
}
