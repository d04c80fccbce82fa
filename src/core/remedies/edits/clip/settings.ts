import type { PythonFacts } from '../../../python/facts';
import type { CallExpr, DictExpr, Expr } from '../../../python/syntax/ast';
import type { Fix } from '../../../rules/finding';
import type { TextEdit } from '../../../text';
import { callsOf } from '../calls';
import { spell } from '../names';
import { appendTo, fixOf, prependTo, replace } from '../place';
import { quoted } from '../style';
import { type Bound, replaces } from './bound';

/**
 * Clipping as a setting of what trains: Lightning's and Hugging Face's trainers, DeepSpeed's configuration, Keras'
 * optimizers. Each computes the norm of the whole gradient, unscaled, before its step.
 */
export function clipBySetting(facts: PythonFacts, bound: Bound): readonly Fix[] {
  return [
    ...lightningTrainers(facts, bound),
    ...trainingArguments(facts, bound),
    ...deepSpeed(facts, bound),
    ...kerasOptimizers(facts, bound),
  ];
}

const LIGHTNING_TRAINER =
  /^(?:pytorch_lightning|lightning(?:\.pytorch)?)\.(?:trainer\.(?:trainer\.)?)?Trainer$/;

function lightningTrainers(facts: PythonFacts, bound: Bound): readonly Fix[] {
  // With manual optimisation the argument raises: the module clips by itself.
  if (/automatic_optimization\s*=\s*False/.test(facts.text)) {
    return [];
  }
  return callsOf(facts, LIGHTNING_TRAINER).flatMap((call) =>
    clipFix(facts, bound, 'the Trainer', setArgument(facts, call, 'gradient_clip_val', bound)),
  );
}

const TRAINING_ARGUMENTS =
  /^(?:transformers|trl)\.(?:\w+\.)*(?:\w*TrainingArguments|(?:SFT|DPO|KTO|ORPO|CPO|Reward)Config)$/;
/** What TrainingArguments clip at when nothing is said. */
const DEFAULT_MAX_GRAD_NORM = 1;

function trainingArguments(facts: PythonFacts, bound: Bound): readonly Fix[] {
  return callsOf(facts, TRAINING_ARGUMENTS).flatMap((call) => {
    const isGiven = call.args.some((arg) => arg.name === 'max_grad_norm');
    const changes = isGiven || bound.isChosen || Number(bound.text) < DEFAULT_MAX_GRAD_NORM;
    const isDefault = !isGiven && Number(bound.text) === DEFAULT_MAX_GRAD_NORM;
    return changes && !isDefault
      ? clipFix(facts, bound, 'the Trainer', setArgument(facts, call, 'max_grad_norm', bound))
      : [];
  });
}

/** The edits that give a call a keyword argument; none where it is given already, or may be. */
function setArgument(facts: PythonFacts, call: CallExpr, name: string, bound: Bound): readonly TextEdit[] {
  const given = call.args.find((arg) => arg.name === name);
  if (given !== undefined) {
    const range = facts.rangeOf(given.value);
    return replaces(bound, facts.textOf(range)) ? [replace(range, bound.text)] : [];
  }
  return call.args.some((arg) => arg.star !== 0) ? [] : addArgument(facts, call, `${name}=${bound.text}`);
}

/** Adds an argument at the end of a call, on a line of its own where the others have one each. */
export function addArgument(facts: PythonFacts, call: CallExpr, text: string): readonly TextEdit[] {
  const last = call.args[call.args.length - 1];
  if (last === undefined) {
    const end = facts.rangeOf(call);
    const inner = facts.text.slice(call.func.end, call.end);
    return /^\(\s*\)$/.test(inner)
      ? [
          replace(
            { ...end, line: end.endLine, column: end.endColumn - 1, endColumn: end.endColumn - 1 },
            text,
          ),
        ]
      : [];
  }
  const first = call.args[0] ?? last;
  const range = facts.rangeOf(last);
  const firstLine = facts.rangeOf(first).line;
  const ownLines =
    call.args.length > 1 ? firstLine !== range.line : firstLine !== facts.rangeOf(call.func).endLine;
  const before = facts.text.slice(0, last.start);
  const indent = /(?:^|[\r\n])([ \t]*)$/.exec(before)?.[1];
  const separator = ownLines && indent !== undefined ? `,${facts.lineEnding}${indent}` : ', ';
  return [appendTo(range, separator + text)];
}

/** Names in a configuration that only DeepSpeed uses. */
const DEEPSPEED_KEYS: ReadonlySet<string> = new Set([
  'zero_optimization',
  'train_micro_batch_size_per_gpu',
  'train_batch_size',
]);

function deepSpeed(facts: PythonFacts, bound: Bound): readonly Fix[] {
  return callsOf(facts, /^deepspeed\.initialize$/).flatMap((call) => {
    const given = call.args.find((arg) => arg.name === 'config' || arg.name === 'config_params');
    const config = given === undefined ? null : facts.valueOf(given.value);
    return config?.kind === 'dict'
      ? clipFix(facts, bound, "DeepSpeed's configuration", setEntry(facts, config, bound))
      : [];
  });
}

function setEntry(facts: PythonFacts, config: DictExpr, bound: Bound): readonly TextEdit[] {
  const keyOf = (key: Expr | null) => (key?.kind === 'string' ? key.value : null);
  const isDeepSpeed = config.entries.some(({ key }) => DEEPSPEED_KEYS.has(keyOf(key) ?? ''));
  const given = config.entries.find(({ key }) => keyOf(key) === 'gradient_clipping');
  if (given !== undefined) {
    const range = facts.rangeOf(given.value);
    return replaces(bound, facts.textOf(range)) ? [replace(range, bound.text)] : [];
  }
  const first = config.entries[0]?.key ?? null;
  if (!isDeepSpeed || first === null) {
    return [];
  }
  const indent = /(?:^|[\r\n])([ \t]*)$/.exec(facts.text.slice(0, first.start))?.[1];
  const separator = indent === undefined ? ', ' : `,${facts.lineEnding}${indent}`;
  const entry = `${quoted(facts, 'gradient_clipping')}: ${bound.text}${separator}`;
  return [prependTo(facts.rangeOf(first), entry)];
}

const KERAS_CLIPS: ReadonlySet<string> = new Set(['clipnorm', 'clipvalue', 'global_clipnorm']);
/** Optimizers by the name that `compile` takes. */
const KERAS_OPTIMIZERS: Readonly<Record<string, string>> = {
  adam: 'Adam',
  adamw: 'AdamW',
  nadam: 'Nadam',
  adamax: 'Adamax',
  sgd: 'SGD',
  rmsprop: 'RMSprop',
  adagrad: 'Adagrad',
  adadelta: 'Adadelta',
  adafactor: 'Adafactor',
  lion: 'Lion',
};

function kerasOptimizers(facts: PythonFacts, bound: Bound): readonly Fix[] {
  const constructors = callsOf(facts, /^keras\.optimizers\.(?!schedules)(?:legacy\.)?[A-Z]\w*$/);
  const constructed = constructors.flatMap((call) => {
    // `clipnorm` bounds each variable by itself, and two kinds of clipping together raise.
    const other = call.args.some((arg) => arg.name !== 'global_clipnorm' && KERAS_CLIPS.has(arg.name ?? ''));
    return other
      ? []
      : clipFix(facts, bound, 'the optimizer', setArgument(facts, call, 'global_clipnorm', bound));
  });
  const named = facts.calls.flatMap(({ call }) => {
    const isCompile = call.func.kind === 'attribute' && call.func.attr === 'compile';
    const given = isCompile
      ? (call.args.find((arg) => arg.name === 'optimizer') ?? call.args.find((arg) => arg.name === null))
      : undefined;
    const name = given?.value.kind === 'string' ? given.value.value?.toLowerCase() : undefined;
    const type = name === undefined ? undefined : KERAS_OPTIMIZERS[name];
    return given === undefined ||
      type === undefined ||
      !(facts.frameworks.includes('keras') || facts.frameworks.includes('tensorflow'))
      ? []
      : clipFix(facts, bound, 'the optimizer', constructorOf(facts, given.value, type, bound));
  });
  return [...constructed, ...named];
}

/** `"adam"` → `keras.optimizers.Adam(global_clipnorm=1.0)`. */
function constructorOf(facts: PythonFacts, name: Expr, type: string, bound: Bound): readonly TextEdit[] {
  const known = facts.spell(`keras.optimizers.${type}`) ?? facts.spell(`tensorflow.keras.optimizers.${type}`);
  const spelled = known === null ? spell(facts, `keras.optimizers.${type}`) : { name: known, edits: [] };
  return spelled === null
    ? []
    : [...spelled.edits, replace(facts.rangeOf(name), `${spelled.name}(global_clipnorm=${bound.text})`)];
}

function clipFix(
  facts: PythonFacts,
  bound: Bound,
  where: string,
  edits: readonly TextEdit[],
): readonly Fix[] {
  return fixOf(
    facts,
    'clip-grad-norm',
    `Clip the gradient norm at ${bound.text} in ${where}`,
    'unsafe',
    edits,
  );
}
