import type { TextRange } from '../text';
import type { PythonFacts } from './facts';
import { type KerasLoss, lossCalls, lossOf } from './kerasLoss';
import { lastValue } from './lastValue';
import { onlyReturn } from './plainOutput';
import type { Argument, CallExpr, Expr } from './syntax/ast';

/** The last layer of a Keras model and the loss it is trained by. */
export interface KerasOutput extends KerasLoss {
  /** `linear` when there is none. */
  readonly activation: string;
  /** Null when it is not a literal. */
  readonly units: number | null;
  /** The last layer. */
  readonly range: TextRange;
  /** The activation's string; null when it is given in another way. */
  readonly activationRange: TextRange | null;
  /** The layer and its argument that is the activation; null where that is a layer of its own, or none. */
  readonly activated: { readonly layer: CallExpr; readonly arg: Argument } | null;
}

/** Every model whose layers and loss are both in sight: of `compile`, or of a loop that evaluates the loss itself. */
export function kerasOutputs(facts: PythonFacts): readonly KerasOutput[] {
  if (!facts.frameworks.includes('keras') && !facts.frameworks.includes('tensorflow')) {
    return [];
  }
  const compiled = facts.calls.flatMap(({ call }) => {
    if (call.func.kind !== 'attribute' || call.func.attr !== 'compile') {
      return [];
    }
    const expr =
      call.args.find((arg) => arg.name === 'loss')?.value ??
      call.args.filter((arg) => arg.name === null)[1]?.value;
    const loss = expr === undefined ? null : lossOf(facts, expr);
    return loss === null ? [] : trainedBy(facts, loss, lastLayers(facts, call.func.object, call));
  });
  const evaluated = lossCalls(facts).flatMap(({ call, stmt, loss, input }) => {
    const last = input.kind === 'name' ? lastValue(facts, input.id, stmt) : input;
    return last?.kind !== 'call' || last.func.kind === 'call'
      ? []
      : trainedBy(facts, loss, lastLayers(facts, last.func, call));
  });
  // A loop for training and one for validation say the same of a layer.
  const told = new Set<string>();
  return [...compiled, ...evaluated].filter(({ range, loss, fromLogits }) => {
    const key = `${range.line} ${range.column} ${loss} ${fromLogits}`;
    return !told.has(key) && told.add(key);
  });
}

function trainedBy(
  facts: PythonFacts,
  loss: KerasLoss,
  layers: readonly CallExpr[] | null,
): readonly KerasOutput[] {
  const layer = layers === null ? null : outputOf(facts, layers);
  return layer === null ? [] : [{ ...layer, ...loss }];
}

/**
 * The last layer of a model, and the one before it when the last is a bare activation.
 * @param use the call that trains it: what was added until then counts
 */
function lastLayers(facts: PythonFacts, model: Expr, use: CallExpr): readonly CallExpr[] | null {
  const made = facts.valueOf(model);
  if (made?.kind !== 'call') {
    return null;
  }
  const type = facts.nameOf(made.func);
  if (type === 'keras.Sequential') {
    const list = made.args[0]?.value;
    const items: readonly Expr[] = list?.kind === 'list' ? list.items : [];
    return calls([...items, ...addedLayers(facts, model, made, use)].slice(-2));
  }
  if (type === 'keras.Model') {
    const outputs = made.args.find((arg) => arg.name === 'outputs')?.value ?? made.args[1]?.value;
    const value = outputs === undefined ? null : facts.valueOf(outputs);
    // `Dense(10, activation="softmax")(x)`
    return value?.kind === 'call' && value.func.kind === 'call' ? [value.func] : null;
  }
  return returnedLayers(facts, made);
}

/** `model.add(...)`, between the making of a Sequential and its use. */
function addedLayers(facts: PythonFacts, model: Expr, made: CallExpr, use: CallExpr): readonly Expr[] {
  const name = facts.textOf(facts.rangeOf(model));
  const scope = facts.scopeOf(made);
  return facts.calls.flatMap(({ call }) => {
    const { func } = call;
    const layer = call.args[0]?.value;
    return func.kind === 'attribute' &&
      func.attr === 'add' &&
      call.start > made.start &&
      (call.start < use.start || scope !== facts.scopeOf(use)) &&
      facts.textOf(facts.rangeOf(func.object)) === name &&
      facts.scopeOf(call) === scope &&
      layer !== undefined
      ? [layer]
      : [];
  });
}

/** `return self.head(x)` in the `call` of the model's own class, and `self.head = Dense(...)` once in the class. */
function returnedLayers(facts: PythonFacts, made: CallExpr): readonly CallExpr[] | null {
  const { source } = facts;
  const owner = made.func.kind === 'name' ? facts.classNamed(made.func.id) : null;
  // A `call` that is inherited may meet another head in the class that inherits it.
  const isOwn = owner?.kind === 'keras' && owner.methods.some(({ name }) => name === 'call');
  const scope = isOwn ? source.classNamed(owner.name) : null;
  const method = scope === null ? null : source.methodOf(scope, 'call');
  const returned = onlyReturn(method);
  const stmt = method?.body.find((one) => one.kind === 'return');
  if (returned === null || stmt === undefined) {
    return null;
  }
  const value = returned.kind === 'name' ? lastValue(facts, returned.id, stmt) : returned;
  if (value?.kind !== 'call' || value.func.kind !== 'attribute' || !source.isSelf(value.func.object)) {
    return null;
  }
  const layer = facts.valueOf(value.func);
  if (layer?.kind !== 'call') {
    return null;
  }
  return facts.nameOf(layer.func) === 'keras.Sequential' ? lastLayers(facts, value.func, value) : [layer];
}

function calls(items: readonly Expr[]): readonly CallExpr[] | null {
  const found = items.filter((item): item is CallExpr => item.kind === 'call');
  return found.length === items.length && found.length > 0 ? found : null;
}

type Layer = Omit<KerasOutput, keyof KerasLoss>;

function outputOf(facts: PythonFacts, layers: readonly CallExpr[]): Layer | null {
  const last = layers.at(-1);
  if (last === undefined) {
    return null;
  }
  const type = facts.nameOf(last.func);
  if (type === 'keras.layers.Activation' || type === 'keras.layers.Softmax') {
    const before = layers.at(-2);
    const word = last.args[0]?.value;
    const activation = type.endsWith('Softmax') ? 'softmax' : word?.kind === 'string' ? word.value : null;
    const dense =
      before !== undefined && facts.nameOf(before.func) === 'keras.layers.Dense' ? before : undefined;
    return activation === null || dense === undefined
      ? null
      : {
          activation,
          units: unitsOf(dense),
          range: facts.rangeOf(last),
          activationRange: word?.kind === 'string' ? facts.rangeOf(word) : null,
          activated: null,
        };
  }
  if (type !== 'keras.layers.Dense') {
    return null;
  }
  const given =
    last.args.find((arg) => arg.name === 'activation') ?? last.args.filter((arg) => arg.name === null)[1];
  const name = given === undefined ? 'linear' : activationName(facts, given.value);
  if (name === null || last.args.some((arg) => arg.star !== 0)) {
    return null;
  }
  return {
    activation: name,
    units: unitsOf(last),
    range: facts.rangeOf(last),
    activationRange: given?.value.kind === 'string' ? facts.rangeOf(given.value) : null,
    activated: given === undefined ? null : { layer: last, arg: given },
  };
}

/** `relu` of `"relu"`, `keras.activations.relu` or `tf.nn.relu`; `linear` for None; null for anything else. */
export function activationName(facts: PythonFacts, expr: Expr): string | null {
  if (expr.kind === 'string') {
    return expr.value;
  }
  if (expr.kind === 'constant') {
    return expr.value === null ? 'linear' : null;
  }
  const name = facts.nameOf(expr);
  return name !== null && /^(?:keras\.activations|tensorflow\.nn)\.\w+$/.test(name)
    ? name.slice(name.lastIndexOf('.') + 1)
    : null;
}

function unitsOf(dense: CallExpr): number | null {
  const units = dense.args.find((arg) => arg.name === 'units') ?? dense.args.find((arg) => arg.name === null);
  return units?.value.kind === 'number' ? units.value.value : null;
}
