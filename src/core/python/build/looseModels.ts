import { argumentOf } from '../definitions';
import type { ModelFact } from '../facts';
import { looseFlow } from '../forward';
import { namesBehind } from '../optimized';
import type { Scope } from '../scopes';
import type { PythonSource } from '../source';
import type { Expr, Stmt } from '../syntax/ast';
import { expressionsIn } from '../syntax/walk';
import { orElse } from '../work';
import { flattenModule, type ModuleTree } from './entries';
import type { Interpreter } from './interpret';
import { type DictValue, type Env, type ListValue, MadeModule, type ModuleValue, type Value } from './value';

/** A variable of a script, a function or a plain object that holds a layer, several of them, or a model. */
export interface LooseVariable {
  /** As used in the code: `rnn`, `self.head`. */
  readonly name: string;
  /** `rnn`, `head`: its path in the model that the variables are together. */
  readonly key: string;
  readonly value: Value;
  readonly stmt: Stmt;
}

/** Variables that are trained together: one model without a class of its own. */
export interface LooseModel {
  readonly fact: ModelFact;
  readonly tree: ModuleTree;
}

/** Is this a layer of torch by itself: `nn.Linear(4, 2)`? Containers are models already. */
export function isOnlyLayer(held: ModuleValue): boolean {
  return /^torch\.nn\.(?!Parameter$|Sequential$|ModuleList$|\w*Loss$)[A-Z]/.test(held.type);
}

/** A layer, a weight, or a list or dict of them: no model by itself. */
function isBare({ value }: LooseVariable): boolean {
  switch (value.kind) {
    case 'module':
      return (
        isOnlyLayer(value) || value.type === 'torch.nn.Parameter' || value.type === 'torch.nn.ModuleList'
      );
    case 'list':
    case 'dict':
      return modulesIn(value).length > 0;
    default:
      return false;
  }
}

function modulesIn(value: ListValue | DictValue): readonly ModuleValue[] {
  const items = value.kind === 'list' ? value.items : [...value.entries.values()];
  return items.flatMap((item) => (item.value.kind === 'module' ? [item.value] : []));
}

/** Joins the variables of a scope that one optimizer trains (or, where no optimizer is seen, the bare layers) to models. */
export function looseModels(
  source: PythonSource,
  scope: Scope,
  run: Interpreter,
  env: Env,
  variables: readonly LooseVariable[],
): readonly LooseModel[] {
  const bare = variables.filter(isBare);
  const owner = scope.parent?.kind === 'class' ? scope.parent : scope;
  const optimizers = source
    .callsOfNamed(/^torch\.optim\.(?!lr_scheduler|swa_utils)[A-Z]\w*$/)
    .filter(({ call }) => owner.start <= call.start && call.end <= owner.end);
  const groups: (readonly LooseVariable[])[] = [];
  for (const { call } of optimizers) {
    const params = argumentOf(call, 'params', 0);
    const names = params === null ? new Set<string>() : namesBehind(source, params);
    const members = variables.filter(({ name }) => names.has(name));
    const isGroup = members.length > 1 || members.some(isBare);
    const isKnown = groups.some((group) => group.some((one) => members.includes(one)));
    if (isGroup && !isKnown) {
      groups.push(members);
    }
  }
  const layers = bare.filter(({ value }) => value.kind !== 'module' || isOnlyLayer(value));
  if (groups.length === 0 && optimizers.length === 0 && layers.length > 1) {
    groups.push(bare);
  }
  return groups.flatMap((members) => looseModel(source, scope, run, env, members) ?? []);
}

function looseModel(
  source: PythonSource,
  scope: Scope,
  run: Interpreter,
  env: Env,
  members: readonly LooseVariable[],
): LooseModel | null {
  const last = members.reduce<LooseVariable | undefined>(
    (latest, one) => (latest === undefined || one.stmt.end > latest.stmt.end ? one : latest),
    undefined,
  );
  if (last === undefined) {
    return null;
  }
  const root = members.map(({ name }) => name).join(', ');
  const whole = new MadeModule('', null, last.stmt, source, null, [], true);
  for (const { key, value, stmt } of members) {
    run.register(whole, key, asModule(run, env, value, stmt), stmt, stmt, env);
  }
  const tree = flattenModule(root, whole);
  const place = scope.parent?.kind === 'class' ? scope.parent : scope;
  const fact: ModelFact = {
    name: root,
    type: 'loose',
    root,
    members: members.map(({ name }) => name),
    instances: tree.instances,
    flow: orElse(() => looseFlow(source, place, tree.entries), null),
    statement: source.statement(last.stmt),
    scope: scope.name === '' ? null : scope.name,
  };
  return { fact, tree };
}

/** A plain list or dict of layers as the container it would be. */
function asModule(run: Interpreter, env: Env, value: Value, stmt: Stmt): Value {
  if (value.kind !== 'list' && value.kind !== 'dict') {
    return value;
  }
  const held = new MadeModule('list', null, stmt, env.source, null, [], true);
  if (value.kind === 'list') {
    run.addChildren(held, value, env, true);
  } else {
    for (const [key, item] of value.entries) {
      run.register(held, key, item.value, item.node, item.stmt, env, item.source);
    }
  }
  return held;
}

/** A tensor that is to be trained: `torch.zeros(4, requires_grad=True)`, `(torch.randn(3, 3) * 0.1).requires_grad_()`. */
export function isRawWeight(value: Expr): boolean {
  return expressionsIn(value).some(
    (one) =>
      one.kind === 'call' &&
      ((one.func.kind === 'attribute' && one.func.attr === 'requires_grad_' && one.args.length === 0) ||
        one.args.some(
          ({ name, value: given }) =>
            name === 'requires_grad' && given.kind === 'constant' && given.value === true,
        )),
  );
}
