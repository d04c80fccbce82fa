import { argumentOf, definition } from '../../python/definitions';
import type { ModelFact, PythonFacts } from '../../python/facts';
import { argumentValue } from '../../python/instances';
import { lastValue } from '../../python/lastValue';
import { activationOf } from '../../python/layers';
import { handedTo, modelsBehind } from '../../python/outputs';
import { onlyReturn } from '../../python/plainOutput';
import { rankOf } from '../../python/ranks';
import type { CallExpr, Expr, Stmt } from '../../python/syntax/ast';
import { eachExpression } from '../../python/syntax/walk';
import type { Fix } from '../../rules/finding';
import type { TextRange } from '../../text';
import { appendTo, fixOf } from './place';

/** A model's output of shape (N, 1) beside targets of shape (N,), which makes (N, N) of both. */
export interface SpreadLoss {
  /** The difference, or the call of the loss. */
  readonly range: TextRange;
  /** The output in it, and the target. */
  readonly output: TextRange;
  readonly target: TextRange;
}

/** Losses that spread two shapes instead of refusing them. */
const SPREADS =
  /^torch\.nn\.(?:(?:MSE|L1|SmoothL1|Huber)Loss|functional\.(?:mse_loss|l1_loss|smooth_l1_loss|huber_loss))$/;
const MAX_HOPS = 6;

/** Every place where outputs of one column are compared with targets without columns. */
export function spreadLosses(facts: PythonFacts): readonly SpreadLoss[] {
  const { source } = facts;
  if (source.binaries('-').length === 0 && source.callsOfNamed(SPREADS).length === 0) {
    return [];
  }
  // A loss is asked about only where some model could be the cause.
  const cutsColumns = facts.models.length > 0 && source.mentions(/\[ *: *, *\w+ *: *\w/);
  const hasColumns = source.mentions(/, *1\)/);
  if (!cutsColumns && !hasColumns && !facts.models.some((model) => endsInOne(facts, model))) {
    return [];
  }
  const found: SpreadLoss[] = [];
  const compare = (stmt: Stmt, whole: Expr, one: Expr, other: Expr): void => {
    for (const [output, target] of [
      [one, other],
      [other, one],
    ] as const) {
      if (isColumn(facts, lastGiven(facts, output, stmt)) && rankOf(facts, target) === 1) {
        found.push({
          range: facts.rangeOf(whole),
          output: facts.rangeOf(output),
          target: facts.rangeOf(target),
        });
      }
    }
  };
  for (const stmt of facts.source.statements()) {
    eachExpression(stmt, (expr) => {
      if (expr.kind === 'binary' && expr.op === '-') {
        compare(stmt, expr, expr.left, expr.right);
      } else if (expr.kind === 'call' && isSpreading(facts, expr)) {
        const [one, other] = expr.args;
        if (one?.name === null && other?.name === null) {
          compare(stmt, expr, one.value, other.value);
        }
      }
    });
  }
  return found;
}

function isSpreading(facts: PythonFacts, call: CallExpr): boolean {
  const made = call.func.kind === 'call' ? call.func : facts.valueOf(call.func);
  const name = made?.kind === 'call' ? facts.nameOf(made.func) : facts.nameOf(call.func);
  return name !== null && SPREADS.test(name);
}

/** What a name that is given several values (`pred` in training, and again in the test below) holds at a statement. */
function lastGiven(facts: PythonFacts, expr: Expr, stmt: Stmt): Expr {
  return expr.kind === 'name' && facts.valueOf(expr) === null
    ? (lastValue(facts, expr.id, stmt) ?? expr)
    : expr;
}

/** Is this the output of a model that ends in a layer of one unit, as the model gives it? */
function isColumn(facts: PythonFacts, expr: Expr, hops = 0): boolean {
  if (hops > MAX_HOPS) {
    return false;
  }
  if (expr.kind === 'name') {
    const handed = handedTo(facts, expr);
    const value = handed.length > 0 ? null : facts.valueOf(expr);
    return value === null
      ? handed.length > 0 && handed.every((given) => isColumn(facts, given, hops + 1))
      : isColumn(facts, value, hops + 1);
  }
  if (expr.kind === 'binary') {
    return isRawColumn(facts, expr, hops);
  }
  if (expr.kind === 'subscript' && isOneColumn(facts, expr)) {
    return isOutput(facts, expr.object);
  }
  if (expr.kind !== 'call' || (expr.func.kind !== 'name' && expr.func.kind !== 'attribute')) {
    return false;
  }
  if (isOneUnit(facts, expr.func)) {
    return true;
  }
  const helper = facts.source.helperOf(expr);
  const returned = helper === null ? null : onlyReturn(helper);
  if (returned !== null) {
    return isColumn(facts, returned, hops + 1);
  }
  const models = modelsBehind(facts, heldBy(facts, expr.func));
  return models.length > 0 && models.every((model) => endsInOne(facts, model));
}

/** `x @ w + b` of a matrix of one column, and of a number or row beside it. */
function isRawColumn(facts: PythonFacts, expr: Expr & { kind: 'binary' }, hops: number): boolean {
  if (expr.op === '@') {
    return hasOneColumn(facts, expr.right);
  }
  const isSum = expr.op === '+' && isColumn(facts, expr.left, hops + 1);
  const beside = isSum ? rankOf(facts, expr.right) : null;
  return beside !== null && beside < 2;
}

const BY_SIZE = /^torch\.(?:randn|rand|zeros|ones|empty)$/;

/** Is it a matrix that the code makes with one column: `torch.randn(16, 1)`, also scaled, and behind a name or in a dict? */
function hasOneColumn(facts: PythonFacts, expr: Expr, hops = 0): boolean {
  const value = hops > MAX_HOPS ? null : (definition(facts.source, expr) ?? expr);
  if (value === null) {
    return false;
  }
  if (value.kind === 'binary' && /^[*/]$/.test(value.op)) {
    const matrix = value.left.kind === 'number' ? value.right : value.left;
    return hasOneColumn(facts, matrix, hops + 1);
  }
  if (value.kind !== 'call') {
    return value !== expr && hasOneColumn(facts, value, hops + 1);
  }
  const name = facts.nameOf(value.func) ?? '';
  const sizes = value.args.filter((arg) => arg.name === null);
  if (BY_SIZE.test(name)) {
    const last = sizes.at(-1)?.value;
    return sizes.length === 2 && last?.kind === 'number' && last.value === 1;
  }
  if (name === 'torch.nn.Parameter') {
    return sizes[0] !== undefined && hasOneColumn(facts, sizes[0].value, hops + 1);
  }
  const isSame =
    value.func.kind === 'attribute' &&
    /^(?:requires_grad_|mul_|div_|to|float|double|clone|detach)$/.test(value.func.attr);
  return isSame && value.func.kind === 'attribute' && hasOneColumn(facts, value.func.object, hops + 1);
}

/** `self.out(h)` with `self.out = nn.Linear(n, 1)`, in the model's own code. */
function isOneUnit(facts: PythonFacts, func: Expr): boolean {
  const made = func.kind === 'attribute' && facts.source.isSelf(func.object) ? facts.valueOf(func) : null;
  const units =
    made?.kind === 'call' && facts.nameOf(made.func) === 'torch.nn.Linear'
      ? argumentOf(made, 'out_features', 1)
      : null;
  return units?.kind === 'number' && units.value === 1;
}

/** `[:, k:k + 1]`: one column that stays one. */
function isOneColumn(facts: PythonFacts, { indices }: Expr & { kind: 'subscript' }): boolean {
  const [rows, columns, another] = indices;
  if (rows?.kind !== 'slice' || columns?.kind !== 'slice' || another !== undefined) {
    return false;
  }
  const [whole, one] = [rows, columns].map((slice) => facts.textOf(facts.rangeOf(slice)).replace(/\s/g, ''));
  const [from, to, step] = one?.split(':') ?? [];
  const isNext = to === `${from}+1` || (/^\d+$/.test(from ?? '') && Number(to) === Number(from) + 1);
  return whole === ':' && step === undefined && isNext;
}

/** Is this what a model of the file gives, by whatever name? */
function isOutput(facts: PythonFacts, expr: Expr, hops = 0): boolean {
  if (hops > MAX_HOPS) {
    return false;
  }
  if (expr.kind === 'name') {
    const handed = handedTo(facts, expr);
    const value = handed.length > 0 ? null : facts.valueOf(expr);
    return value === null
      ? handed.length > 0 && handed.every((given) => isOutput(facts, given, hops + 1))
      : isOutput(facts, value, hops + 1);
  }
  return expr.kind === 'call' && modelsBehind(facts, heldBy(facts, expr.func)).length > 0;
}

/** What `self.net` was given, where that is a parameter of the constructor; else the name itself. */
function heldBy(facts: PythonFacts, func: Expr): Expr {
  const held =
    func.kind === 'attribute' && facts.source.isSelf(func.object) ? facts.source.bindings(func) : [];
  const [only] = held;
  return held.length === 1 && only?.kind === 'assign' && only.value?.kind === 'name' ? only.value : func;
}

/** Does a model end in a linear layer with one unit, with nothing after it that changes the shape? */
function endsInOne(facts: PythonFacts, model: ModelFact): boolean {
  const owner = facts.classNamed(model.type);
  if (owner === null) {
    return model.type === 'torch.nn.Sequential' && lastIsOne(model, '');
  }
  const outputs = owner.flow?.steps.filter(({ op }) => op === 'output') ?? [];
  const [output] = outputs;
  if (owner.flow === null || !owner.flow.exact || output === undefined || outputs.length > 1) {
    return false;
  }
  const { steps } = owner.flow;
  let last = output.inputs.length === 1 ? steps[output.inputs[0] ?? -1] : undefined;
  while (last?.op === 'activation' && last.inputs.length === 1) {
    last = steps[last.inputs[0] ?? -1];
  }
  if (last?.op !== 'module' || last.path === null) {
    return false;
  }
  return last.name === 'nn.Sequential' ? lastIsOne(model, `${last.path}.`) : isOne(model, last.path);
}

/** The last layer of a container, an activation after it left aside. */
function lastIsOne(model: ModelFact, prefix: string): boolean {
  const own = model.instances.filter(
    ({ path }) => path.startsWith(prefix) && !path.slice(prefix.length).includes('.'),
  );
  const last = own.findLast(({ entry }) => activationOf(entry.type) === null);
  return last !== undefined && isOne(model, last.path);
}

function isOne(model: ModelFact, path: string): boolean {
  const layer = model.instances.find((one) => one.path === path);
  return layer?.entry.type === 'nn.Linear' && argumentValue(layer, 'out_features', 1) === 1;
}

/** Takes the column off the output, at each place. */
export function squeezedOutput(facts: PythonFacts): readonly Fix[] {
  const edits = spreadLosses(facts).map(({ output }) => appendTo(output, '.squeeze(-1)'));
  return fixOf(facts, 'match-shapes', 'Give the output the shape of the target', 'unsafe', edits);
}
