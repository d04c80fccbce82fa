import { addArgument } from '../../remedies/edits/clip/settings';
import { insertAfter, prependTo } from '../../remedies/edits/place';
import { quoted } from '../../remedies/edits/style';
import type { PythonFacts } from '../facts';
import type { CallExpr } from '../syntax/ast';
import { EVERY, LOGGING_FILE, LOGGING_MARKER, type LoggingEdit } from './edit';

/** `model.fit(...)` of a compiled Keras model. */
export function kerasFit(facts: PythonFacts): CallExpr | null {
  if (!facts.frameworks.includes('keras') && !facts.frameworks.includes('tensorflow')) {
    return null;
  }
  const receiver = ({ func }: CallExpr) =>
    func.kind === 'attribute' ? facts.textOf(facts.rangeOf(func.object)) : '';
  const methods = facts.calls.flatMap(({ call }) => (call.func.kind === 'attribute' ? [call] : []));
  const named = (name: string) =>
    methods.filter(({ func }) => func.kind === 'attribute' && func.attr === name);
  const compiled = new Set(named('compile').map(receiver));
  return named('fit').find((call) => compiled.has(receiver(call))) ?? null;
}

/**
 * How the code writes TensorFlow (null where it is written for Keras alone) and Keras. Files that import single classes
 * (`from tensorflow.keras.layers import Dense`) name neither, and `from tensorflow import keras` may be a Keras before version 3,
 * which has no operations of its own: the import that they lack comes with the logging.
 */
function libraries(facts: PythonFacts): { tf: string | null; keras: string; missing: readonly string[] } {
  const tf = facts.spell('tensorflow');
  const keras = facts.spell('keras');
  if (tf !== null || !facts.frameworks.includes('tensorflow')) {
    const written = keras ?? (tf === null ? null : `${tf}.keras`);
    return { tf, keras: written ?? 'keras', missing: written === null ? ['import keras'] : [] };
  }
  const isTaken = facts.imports.bindings.has('tf');
  const name = isTaken ? 'tensorflow' : 'tf';
  return {
    tf: name,
    keras: keras ?? `${name}.keras`,
    missing: [isTaken ? 'import tensorflow' : 'import tensorflow as tf'],
  };
}

/**
 * Keras has no callback that sees gradients, and code of a compiled step runs once, when it is traced: a variable takes
 * the norm inside the step where the optimizer gets the gradients, and a callback writes it after the batch.
 */
export function logInKeras(facts: PythonFacts, fit: CallExpr): LoggingEdit {
  const { last } = facts.imports;
  const { tf, keras, missing } = libraries(facts);
  const given = fit.args.find((arg) => arg.name === 'callbacks');
  const list = given?.value;
  const added =
    list === undefined
      ? fit.args.some((arg) => arg.star !== 0)
        ? []
        : addArgument(facts, fit, 'callbacks=[GradientLogger()]')
      : list.kind === 'list' && list.items[0] !== undefined
        ? [prependTo(facts.rangeOf(list.items[0]), 'GradientLogger(), ')]
        : [];
  if (last === null || added.length === 0) {
    return { why: 'The callbacks of fit() are not a list that one can be added to.' };
  }
  const unit = facts.indentUnit;
  const q = (text: string) => quoted(facts, text);
  const [variable, norm] =
    tf === null
      ? [
          `${keras}.Variable(0.0, trainable=False, name=${q('grad_norm')})`,
          `${keras}.ops.sqrt(sum(${keras}.ops.sum(${keras}.ops.square(g)) for g in grads if g is not None))`,
        ]
      : [
          `${tf}.Variable(0.0, trainable=False)`,
          `${tf}.linalg.global_norm([g for g in grads if g is not None])`,
        ];
  const definition = insertAfter(facts, last, [
    ...(facts.imports.bindings.get('json') === 'json' ? [] : ['import json']),
    ...missing,
    '',
    '',
    `class GradientLogger(${keras}.callbacks.Callback):  ${LOGGING_MARKER}`,
    `${unit}"""Appends the norm of the whole gradient, before the optimizer clips, as one JSON object a line."""`,
    '',
    `${unit}def on_train_begin(self, logs=None):`,
    `${unit}${unit}self.step, self.norm = 0, ${variable}`,
    `${unit}${unit}optimizer = self.model.optimizer`,
    `${unit}${unit}name = ${q('apply')} if hasattr(optimizer, ${q('apply')}) else ${q('apply_gradients')}`,
    `${unit}${unit}apply = getattr(optimizer, name)`,
    '',
    `${unit}${unit}def measured(grads, *args, **kwargs):`,
    `${unit}${unit}${unit}pairs = list(grads)`,
    `${unit}${unit}${unit}grads = [pair[0] if name == ${q('apply_gradients')} else pair for pair in pairs]`,
    `${unit}${unit}${unit}self.norm.assign(${norm})`,
    `${unit}${unit}${unit}return apply(pairs, *args, **kwargs)`,
    '',
    `${unit}${unit}setattr(optimizer, name, measured)`,
    '',
    `${unit}def on_train_batch_end(self, batch, logs=None):`,
    `${unit}${unit}if self.step % ${EVERY} == 0:`,
    `${unit}${unit}${unit}record = {${q('step')}: self.step, ${q('grad_norm')}: float(self.norm)}`,
    `${unit}${unit}${unit}record.update((key, float(value)) for key, value in (logs or {}).items())`,
    `${unit}${unit}${unit}with open(${q(LOGGING_FILE)}, ${q('a')}) as log:`,
    `${unit}${unit}${unit}${unit}log.write(json.dumps(record) + "\\n")`,
    `${unit}${unit}self.step += 1`,
  ]);
  return definition === null
    ? { why: 'The last import shares its line with other statements.' }
    : { title: `Log the gradient norm to ${LOGGING_FILE}`, edits: [definition, ...added] };
}
