import type { TextRange } from '../text';
import type { PythonFacts } from './facts';
import type { CallExpr, Expr } from './syntax/ast';

/** The last layer of a Keras model and the loss it is compiled with. */
export interface KerasOutput {
  /** `linear` when there is none. */
  readonly activation: string;
  /** Null when it is not a literal. */
  readonly units: number | null;
  /** As Keras names it: `binary_crossentropy`. */
  readonly loss: string;
  readonly fromLogits: boolean;
  /** The last layer. */
  readonly range: TextRange;
  /** The activation's string; null when it is given in another way. */
  readonly activationRange: TextRange | null;
  readonly lossRange: TextRange;
  readonly fromLogitsRange: TextRange | null;
}

/** Every model whose layers and `compile` call are both in sight. */
export function kerasOutputs(facts: PythonFacts): KerasOutput[] {
  if (!facts.frameworks.includes('keras') && !facts.frameworks.includes('tensorflow')) {
    return [];
  }
  return facts.calls.flatMap(({ call }) => {
    if (call.func.kind !== 'attribute' || call.func.attr !== 'compile') {
      return [];
    }
    const loss =
      call.args.find((arg) => arg.name === 'loss')?.value ??
      call.args.filter((arg) => arg.name === null)[1]?.value;
    const last = lastLayers(facts, call.func.object, call);
    const known = loss === undefined ? null : lossOf(facts, loss);
    const layer = last === null ? null : outputOf(facts, last);
    return known === null || layer === null ? [] : [{ ...layer, ...known }];
  });
}

/** The last layer, and the one before it when the last is a bare activation. */
function lastLayers(facts: PythonFacts, model: Expr, compile: CallExpr): readonly CallExpr[] | null {
  const made = facts.valueOf(model);
  if (made?.kind !== 'call') {
    return null;
  }
  const type = facts.nameOf(made.func);
  if (type === 'keras.Sequential') {
    const list = made.args[0]?.value;
    const items: readonly Expr[] = list?.kind === 'list' ? list.items : [];
    const name = facts.textOf(facts.rangeOf(model));
    const scope = facts.scopeOf(compile);
    const added = facts.calls.flatMap(({ call }) => {
      const isAdd =
        call.func.kind === 'attribute' &&
        call.func.attr === 'add' &&
        call.start < compile.start &&
        call.start > made.start;
      const isOwn =
        isAdd && call.func.kind === 'attribute' && facts.textOf(facts.rangeOf(call.func.object)) === name;
      const layer = call.args[0]?.value;
      return isOwn && facts.scopeOf(call) === scope && layer !== undefined ? [layer] : [];
    });
    return calls([...items, ...added].slice(-2));
  }
  if (type === 'keras.Model') {
    const outputs = made.args.find((arg) => arg.name === 'outputs')?.value ?? made.args[1]?.value;
    const value = outputs === undefined ? null : facts.valueOf(outputs);
    // `Dense(10, activation="softmax")(x)`
    return value?.kind === 'call' && value.func.kind === 'call' ? [value.func] : null;
  }
  return null;
}

function calls(items: readonly Expr[]): readonly CallExpr[] | null {
  const found = items.filter((item): item is CallExpr => item.kind === 'call');
  return found.length === items.length && found.length > 0 ? found : null;
}

type Layer = Pick<KerasOutput, 'activation' | 'units' | 'range' | 'activationRange'>;

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

type Loss = Pick<KerasOutput, 'loss' | 'fromLogits' | 'lossRange' | 'fromLogitsRange'>;

function lossOf(facts: PythonFacts, expr: Expr): Loss | null {
  const value = facts.valueOf(expr) ?? expr;
  const lossRange = facts.rangeOf(expr);
  if (value.kind === 'string') {
    return value.value === null
      ? null
      : { loss: value.value, fromLogits: false, lossRange, fromLogitsRange: null };
  }
  const name = value.kind === 'call' ? facts.nameOf(value.func) : facts.nameOf(value);
  if (name === null || !name.startsWith('keras.losses.')) {
    return null;
  }
  const logits = value.kind === 'call' ? value.args.find((arg) => arg.name === 'from_logits') : undefined;
  const isTrue = logits?.value.kind === 'constant' && logits.value.value === true;
  if (logits !== undefined && logits.value.kind !== 'constant') {
    return null;
  }
  return {
    loss: snakeCase(name.slice('keras.losses.'.length)),
    fromLogits: isTrue,
    lossRange,
    fromLogitsRange: isTrue ? facts.rangeOf(logits) : null,
  };
}

/** `SparseCategoricalCrossentropy` as `sparse_categorical_crossentropy`. */
function snakeCase(name: string): string {
  return name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase();
}
