import type { TextRange } from '../text';
import { containerOutput, ownOutput } from './classOutput';
import { argumentsFor } from './definitions';
import type { ModelFact, PythonFacts } from './facts';
import { lastValue } from './lastValue';
import { activationOf, isWeightLayer } from './layers';
import { shortType } from './names';
import { endsInPlainLayer } from './plainOutput';
import type { Scope } from './scopes';
import type { CallExpr, Expr, Stmt } from './syntax/ast';

/** An activation whose value a loss is given. */
export interface ReachingActivation {
  /** `softmax`, `sigmoid`, `logsoftmax`, ... */
  readonly activation: string;
  /** How it gets there: in the loss call itself, through one variable, as the value a class returns, as a container's last element. */
  readonly via: 'direct' | 'variable' | 'class' | 'container';
  /** The activation where it is applied (the call), or registered (a container's element). */
  readonly range: TextRange;
  /** Its function or constructor's name. */
  readonly callee: TextRange | null;
  /** Text of what goes into it; null where that is not one expression. */
  readonly argument: string | null;
  /** The input argument of the loss. */
  readonly input: TextRange;
}

/** One use of a loss on predictions. */
export interface LossUse {
  /** `nn.CrossEntropyLoss`, `torch.nn.functional.cross_entropy`. */
  readonly loss: string;
  readonly call: CallExpr;
  readonly stmt: Stmt;
  readonly input: Expr;
}

/** Every call of a loss (object or function) with its predictions. */
export function lossUses(facts: PythonFacts): readonly LossUse[] {
  const known = usesOf.get(facts);
  if (known !== undefined) {
    return known;
  }
  const found = findUses(facts);
  usesOf.set(facts, found);
  return found;
}

/** The uses of a loss in a file that names an activation at all. */
export function usesAfter(facts: PythonFacts, activation: RegExp): readonly LossUse[] {
  return facts.source.mentions(activation) ? lossUses(facts) : [];
}

/** Several rules ask for the same. */
const usesOf = new WeakMap<PythonFacts, readonly LossUse[]>();

function findUses(facts: PythonFacts): readonly LossUse[] {
  if (
    facts.source.callsOfNamed(/^torch\.nn\.\w*Loss$/).length === 0 &&
    facts.source.callsOfNamed(LOSS_FUNCTION).length === 0
  ) {
    return [];
  }
  return facts.calls.flatMap(({ call, stmt }) => {
    const loss = lossName(facts, call);
    const arg = call.args.find((one) => isPrediction(one.name)) ?? call.args[0];
    return loss === null ||
      arg === undefined ||
      arg.star !== 0 ||
      (arg.name !== null && !isPrediction(arg.name))
      ? []
      : [{ loss, call, stmt, input: arg.value }];
  });
}

/** Losses that are functions, of PyTorch and Optax. */
const LOSS_FUNCTION = /^(?:torch\.nn\.functional\.\w+|optax\.(?:losses\.)?\w*cross_entropy\w*)$/;

/** What PyTorch and Optax call the argument for the predictions. */
function isPrediction(name: string | null): boolean {
  return name === 'input' || name === 'logits';
}

/** Type of the loss that a call evaluates; null when it evaluates none. */
function lossName(facts: PythonFacts, call: CallExpr): string | null {
  const direct = facts.nameOf(call.func);
  if (direct !== null && LOSS_FUNCTION.test(direct)) {
    return direct;
  }
  const objects = call.func.kind === 'call' ? [call.func] : valuesOf(facts, call.func);
  let made: string | null = null;
  for (const object of objects) {
    const name = object.kind === 'call' ? facts.nameOf(object.func) : null;
    if (name === null || (made !== null && made !== name)) {
      return null;
    }
    made = name;
  }
  return made !== null && /^torch\.nn\.\w*Loss$/.test(made) ? shortType(made) : null;
}

/** `loss` in `self.loss = loss`, for `self.loss`; the expression itself otherwise. */
function heldAs({ source }: PythonFacts, expr: Expr): Expr {
  const [only, another] = expr.kind === 'attribute' ? source.bindings(expr) : [];
  return only?.kind === 'assign' && another === undefined && only.value?.kind === 'name' ? only.value : expr;
}

/** Functions that hand a loss or a model on to each other, at most. */
const MAX_HANDED_ON = 4;

/** What a name is given: its only value, or what all calls hand to the function whose parameter it is; none when unclear. */
function valuesOf(facts: PythonFacts, expr: Expr, depth = 0): readonly Expr[] {
  const value = facts.valueOf(expr);
  if (value !== null) {
    return [value];
  }
  const found = handedTo(facts, heldAs(facts, expr)).map((given) =>
    depth < MAX_HANDED_ON ? valuesOf(facts, given, depth + 1) : [],
  );
  return found.some((values) => values.length === 0) ? [] : found.flat();
}

/** What the calls in the file hand to a function as the parameter that a name is; none where it is no parameter. */
export function handedTo(facts: PythonFacts, expr: Expr): readonly Expr[] {
  const { source } = facts;
  const bindings = expr.kind === 'name' ? source.bindings(expr) : [];
  return expr.kind === 'name' && bindings.length === 1 && bindings[0]?.kind === 'parameter'
    ? (argumentsFor(source, source.scopeAt(expr.start), expr.id) ?? [])
    : [];
}

/** The activation that the input of a loss has gone through last, where that can be seen for certain. */
export function activationInto(facts: PythonFacts, use: LossUse): ReachingActivation | null {
  const given = reshaped(facts, use.input);
  const input = facts.rangeOf(given);
  const direct = appliedActivation(facts, given);
  if (direct !== null) {
    return { ...direct, via: 'direct', input };
  }
  if (given.kind === 'name') {
    const last = lastValue(facts, given.id, use.stmt);
    const value = last === null ? null : reshaped(facts, last);
    const behind = value === null ? null : appliedActivation(facts, value);
    if (behind !== null) {
      return { ...behind, via: 'variable', input };
    }
    return value === null ? null : modelOutput(facts, value, input);
  }
  return modelOutput(facts, given, input);
}

/** Methods that hand their values on in another shape, type or place. */
const KEEPS_VALUES =
  /^(?:view|reshape|flatten|unflatten|squeeze|unsqueeze|permute|transpose|swapaxes|movedim|contiguous|float|double|half|to|cpu|cuda|expand|repeat)$/;

/** What stands before `.view(-1, n)`, `.transpose(1, 2)`, `[:, -1]` and the like. */
function reshaped(facts: PythonFacts, expr: Expr): Expr {
  let at = expr;
  for (;;) {
    if (at.kind === 'subscript') {
      at = at.object;
    } else if (
      at.kind === 'call' &&
      at.func.kind === 'attribute' &&
      KEEPS_VALUES.test(at.func.attr) &&
      facts.nameOf(at.func)?.startsWith('torch.') !== true
    ) {
      at = at.func.object;
    } else {
      return at;
    }
  }
}

type Applied = Pick<ReachingActivation, 'activation' | 'range' | 'callee' | 'argument'>;

/** Is an expression itself the application of an activation: `F.softmax(x, 1)`, `x.softmax(1)`, `self.softmax(x)`, `nn.Softmax(1)(x)`? */
function appliedActivation(facts: PythonFacts, expr: Expr): Applied | null {
  if (expr.kind !== 'call') {
    return null;
  }
  const { func } = expr;
  const range = facts.rangeOf(expr);
  const text = (part: Expr | undefined): string | null =>
    part === undefined ? null : facts.textOf(facts.rangeOf(part));
  const name = facts.nameOf(func);
  const named = name === null ? null : activationOf(name);
  // `nn.Softmax(dim=1)` alone only makes the module.
  if (named !== null && !/^torch\.nn\.[A-Z]/.test(name ?? '')) {
    return { activation: named, range, callee: facts.rangeOf(func), argument: text(expr.args[0]?.value) };
  }
  const module = func.kind === 'call' ? func : facts.valueOf(func);
  const made = module?.kind === 'call' ? facts.nameOf(module.func) : null;
  if (module?.kind === 'call' && made !== null && /^torch\.nn\.[A-Z]/.test(made)) {
    const activation = activationOf(made);
    return activation === null
      ? null
      : { activation, range, callee: facts.rangeOf(module.func), argument: text(expr.args[0]?.value) };
  }
  if (func.kind === 'attribute' && named === null && (name === null || !name.includes('.'))) {
    const activation = activationOf(`torch.${func.attr}`);
    const callee = facts.rangeOf({ start: func.attrStart, end: func.end });
    return activation === null ? null : { activation, range, callee, argument: text(func.object) };
  }
  return null;
}

/** `model(x)`: the activation that the model's class or container ends in. */
function modelOutput(facts: PythonFacts, expr: Expr, input: TextRange): ReachingActivation | null {
  if (expr.kind !== 'call' || (expr.func.kind !== 'name' && expr.func.kind !== 'attribute')) {
    return null;
  }
  // `self(x)` in a module's own training code.
  const self = expr.func.kind === 'attribute' && expr.func.attr === 'forward' ? expr.func.object : expr.func;
  if (facts.source.isSelf(self)) {
    const around = facts.source.classAt(expr.start)?.node;
    const own = facts.classes.find((one) => one.name === around?.name);
    const made = facts.models.filter(({ type }) => type === own?.name);
    return own === undefined ? null : ownOutput(facts, own, input, made);
  }
  const helper = facts.source.helperOf(expr);
  if (helper !== null) {
    return functionOutput(facts, helper, input);
  }
  const candidates = modelsBehind(facts, expr.func);
  const [model] = candidates;
  if (model === undefined || candidates.some((other) => other.type !== model.type)) {
    return null;
  }
  const owner = facts.classes.find((one) => one.name === model.type);
  if (owner !== undefined) {
    return ownOutput(facts, owner, input, candidates);
  }
  return model.type === 'torch.nn.Sequential' ? containerOutput(model, '', input) : null;
}

/** Is a loss given the value of a linear or convolution layer, for certain: what a model of the file returns, with nothing after it? */
export function endsInScores(facts: PythonFacts, use: LossUse): boolean {
  const given = reshaped(facts, use.input);
  const last = given.kind === 'name' ? lastValue(facts, given.id, use.stmt) : given;
  const output = last === null ? null : reshaped(facts, last);
  if (output?.kind !== 'call' || facts.source.helperOf(output) !== null) {
    return false;
  }
  const candidates = modelsBehind(facts, output.func);
  return (
    candidates.length > 0 &&
    candidates.every((model) => {
      const owner = facts.source.classNamed(model.type);
      const layers = model.instances.filter(({ path }) => !path.includes('.'));
      return owner === null
        ? model.type === 'torch.nn.Sequential' && isWeightLayer(layers.at(-1)?.entry.type ?? '')
        : endsInPlainLayer(facts.source, owner);
    })
  );
}

/** The activation on the value that a function of the file returns, where it returns one value in one place. */
function functionOutput(facts: PythonFacts, helper: Scope, input: TextRange): ReachingActivation | null {
  const returns = helper.statements.filter((stmt) => stmt.kind === 'return');
  const [only] = returns;
  if (returns.length !== 1 || only?.kind !== 'return' || only.value === null) {
    return null;
  }
  const given = reshaped(facts, only.value);
  const last = given.kind === 'name' ? lastValue(facts, given.id, only) : given;
  const applied = last === null ? null : appliedActivation(facts, reshaped(facts, last));
  return applied === null ? null : { ...applied, via: 'class', input };
}

/** The models that a name may stand for, where it is used: those handed to the function whose parameter it is, too. */
export function modelsBehind(facts: PythonFacts, used: Expr, depth = 0): readonly ModelFact[] {
  const handed = depth < MAX_HANDED_ON ? handedTo(facts, used) : [];
  if (handed.length > 0) {
    const found = handed.map((given) => modelsBehind(facts, given, depth + 1));
    return found.some((models) => models.length === 0) ? [] : found.flat();
  }
  const name = facts.textOf(facts.rangeOf(used));
  const scope = facts.scopeOf(used);
  const named = facts.models.filter((model) => model.name === name);
  const own = named.filter((model) => model.scope === scope);
  return own.length > 0 ? own : named.filter((model) => model.scope === null || name.includes('.'));
}

/**
 * The constructor call behind the model whose output a loss is given: `TextCNN(...)` for `model = TextCNN(...).to(device)`,
 * `criterion(model(x), y)`. Null where the loss is not given a model's output, or several could be meant.
 */
export function modelBehind(facts: PythonFacts, use: LossUse): CallExpr | null {
  const given = reshaped(facts, use.input);
  const last = given.kind === 'name' ? lastValue(facts, given.id, use.stmt) : given;
  const output = last === null ? null : reshaped(facts, last);
  if (output?.kind !== 'call' || (output.func.kind !== 'name' && output.func.kind !== 'attribute')) {
    return null;
  }
  let made = facts.valueOf(output.func);
  while (made?.kind === 'call' && made.func.kind === 'attribute' && PLACES_MODEL.test(made.func.attr)) {
    made = made.func.object;
  }
  return made?.kind === 'call' ? made : null;
}

/** Methods of a module that return it. */
const PLACES_MODEL = /^(?:to|cuda|cpu|train|float|double|half|bfloat16|apply|requires_grad_)$/;
