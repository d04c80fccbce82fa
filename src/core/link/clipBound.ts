/** At which norm the code that wrote a run clips the gradient of the whole model. */
import type { PythonFacts } from '../python/facts';
import type { Expr } from '../python/syntax/ast';
import { callsOf } from '../remedies/edits/calls';
import { argument } from '../remedies/edits/model';
import type { RunCode } from './match';

export interface ClipBound {
  /** Norm, positive and finite. */
  readonly value: number;
  /** Path of the Python file. */
  readonly source: string;
  /** 1-based. */
  readonly line: number;
  /** False: the code is a guess; say "likely". */
  readonly exact: boolean;
}

/** What clips by a setting: each computes the norm of the whole gradient. */
const SETTINGS: readonly { readonly call: RegExp; readonly name: string }[] = [
  { call: /^(?:pytorch_lightning|lightning)(?:\.\w+)*\.Trainer$/, name: 'gradient_clip_val' },
  { call: /^(?:transformers|trl)\.(?:\w+\.)*\w*(?:TrainingArguments|Config)$/, name: 'max_grad_norm' },
  { call: /^(?:keras|tensorflow\.keras)\.optimizers\.(?:\w+\.)*\w+$/, name: 'global_clipnorm' },
];

/** Null where the code does not clip by norm, or not at one number that can be read from it. */
export function clipBoundOf({ training, launcher }: RunCode): ClipBound | null {
  if (training === null) {
    return null;
  }
  const { source, exact } = training;
  const files = launcher === null || launcher === source ? [source] : [source, launcher];
  const found = [
    ...clippedInLoops(source.facts).map((one) => ({ ...one, source: source.path })),
    ...files.flatMap(({ facts, path }) => clippedBySetting(facts).map((one) => ({ ...one, source: path }))),
  ];
  const [first] = found;
  // Two numbers, or one that is not known, leave open which of them counted.
  return first === undefined || found.some(({ value }) => value !== first.value || !isBound(value))
    ? null
    : { ...first, exact };
}

interface Found {
  /** NaN: not to be read from the code. */
  readonly value: number;
  readonly line: number;
}

/** Clips between a backward pass and the step that uses its gradients; elsewhere they change nothing. */
function clippedInLoops(facts: PythonFacts): readonly Found[] {
  return facts.loops.flatMap(({ events }) => {
    const first = events.findIndex(({ kind }) => kind === 'backward');
    const last = events.findLastIndex(({ kind }) => kind === 'step');
    return events
      .filter(
        ({ kind, name }, at) =>
          kind === 'clip' &&
          first >= 0 &&
          at > first &&
          at < last &&
          /clip_grad_norm_?$|clip_gradients$/.test(name),
      )
      .map(({ args, call }) => ({
        value: argument(args, 'max_norm', 1)?.number?.value ?? Number.NaN,
        line: call.line,
      }));
  });
}

function clippedBySetting(facts: PythonFacts): readonly Found[] {
  return SETTINGS.flatMap(({ call: pattern, name }) =>
    callsOf(facts, pattern).flatMap((call) => {
      const given = call.args.find((arg) => arg.name === name);
      // Clipping each value is another thing than clipping the norm.
      const isByValue = call.args.some(
        (arg) =>
          arg.name === 'gradient_clip_algorithm' && facts.textOf(facts.rangeOf(arg.value)).includes('value'),
      );
      return given === undefined || isByValue
        ? []
        : [{ value: numberOf(facts, given.value), line: facts.rangeOf(given.value).line }];
    }),
  );
}

function numberOf(facts: PythonFacts, expr: Expr): number {
  const value = facts.valueOf(expr);
  return value?.kind === 'number' ? value.value : Number.NaN;
}

function isBound(value: number): boolean {
  return value > 0 && Number.isFinite(value);
}
