import type { TextRange } from '../text';
import type { PythonFacts } from './facts';
import type { CallExpr, Expr, Stmt } from './syntax/ast';

/** A Keras or TensorFlow loss as a program writes it. */
export interface KerasLoss {
  /** As Keras names it: `binary_crossentropy`. */
  readonly loss: string;
  readonly fromLogits: boolean;
  readonly lossRange: TextRange;
  /** `from_logits=True`; null where the loss is not told so by an argument. */
  readonly fromLogitsRange: TextRange | null;
  /** The call that makes the loss, or evaluates it as a function: an argument can be added to it; null for its bare name. */
  readonly made: CallExpr | null;
}

/** Functions of TensorFlow that take logits by their name. */
const OF_LOGITS: Readonly<Record<string, string>> = {
  'tensorflow.nn.softmax_cross_entropy_with_logits': 'categorical_crossentropy',
  'tensorflow.nn.sparse_softmax_cross_entropy_with_logits': 'sparse_categorical_crossentropy',
  'tensorflow.nn.sigmoid_cross_entropy_with_logits': 'binary_crossentropy',
};

/** What `compile(loss=...)` is given. */
export function lossOf(facts: PythonFacts, expr: Expr): KerasLoss | null {
  const value = facts.valueOf(expr) ?? expr;
  if (value.kind !== 'string') {
    return lossMadeBy(facts, value, facts.rangeOf(expr));
  }
  return value.value === null
    ? null
    : {
        loss: value.value,
        fromLogits: false,
        lossRange: facts.rangeOf(expr),
        fromLogitsRange: null,
        made: null,
      };
}

/** Every evaluation of a loss on predictions, as loops under a `GradientTape` write it, with the predictions. */
export function lossCalls(facts: PythonFacts): readonly {
  readonly call: CallExpr;
  readonly stmt: Stmt;
  readonly loss: KerasLoss;
  readonly input: Expr;
}[] {
  return facts.calls.flatMap(({ call, stmt }) => {
    const name = facts.nameOf(call.func);
    const of = name === null ? undefined : OF_LOGITS[name];
    const lossRange = facts.rangeOf(call.func);
    if (of !== undefined) {
      const input = call.args.find((arg) => arg.name === 'logits')?.value ?? positional(call, 1);
      const loss = { loss: of, fromLogits: true, lossRange, fromLogitsRange: null, made: null };
      return input === undefined ? [] : [{ call, stmt, loss, input }];
    }
    // `keras.losses.binary_crossentropy(y, p)` evaluates; `keras.losses.BinaryCrossentropy()` only makes what will.
    const isFunction = name !== null && /^keras\.losses\.[a-z]/.test(name);
    const made = isFunction ? call : call.func.kind === 'call' ? call.func : facts.valueOf(call.func);
    const loss = made?.kind === 'call' ? lossMadeBy(facts, made, facts.rangeOf(made)) : null;
    const input = call.args.find((arg) => arg.name === 'y_pred')?.value ?? positional(call, 1);
    return loss === null || input === undefined ? [] : [{ call, stmt, loss, input }];
  });
}

function positional(call: CallExpr, at: number): Expr | undefined {
  return call.args.some((arg) => arg.star !== 0)
    ? undefined
    : call.args.filter((arg) => arg.name === null)[at]?.value;
}

function lossMadeBy(facts: PythonFacts, value: Expr, lossRange: TextRange): KerasLoss | null {
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
    made: value.kind === 'call' && !value.args.some((arg) => arg.star !== 0) ? value : null,
  };
}

/** `SparseCategoricalCrossentropy` as `sparse_categorical_crossentropy`. */
function snakeCase(name: string): string {
  return name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase();
}
