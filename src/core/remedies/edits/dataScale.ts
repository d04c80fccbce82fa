import { inputsOf, type MadeTensor, rawInputsOf, targetsOf } from '../../python/dataTrace';
import type { PythonFacts } from '../../python/facts';
import { magnitudeOf } from '../../python/magnitude';
import type { TextRange } from '../../text';
import { isNormalised, isRecurrent, type ModelView } from './model';

/** Standardised features are about 1 large; raw measurements have tens and more. */
const LARGE_INPUT = 15;
/** Targets this large make the squared error start at 10,000 and its gradient at 200. */
const LARGE_TARGET = 100;

/** Data far larger than usual rates and initialisations are made for. */
export interface LargeData {
  readonly tensor: MadeTensor;
  readonly range: TextRange;
  /** About how large its numbers are. */
  readonly size: number;
}

/** What the model reads where that is large by the code and feeds a layer that multiplies it; null otherwise. */
export function largeInput(facts: PythonFacts, model: ModelView): LargeData | null {
  return isNormalised(model) || model.modules.some(readsOther)
    ? null
    : largest(facts, inputsOf(facts), LARGE_INPUT);
}

/** Numbers that name something: tokens, classes, rows. */
const NAMES = /\b(?:randint|long|argmax|arange|randperm|int64|one_hot)\b/;

/** The same of a model that is a function with matrices of its own. */
export function largeRawInput(facts: PythonFacts): LargeData | null {
  const read = rawInputsOf(facts).filter(({ expr }) => !NAMES.test(facts.textOf(facts.rangeOf(expr))));
  return facts.source.mentions(/[Ee]mbedding/) ? null : largest(facts, read, LARGE_INPUT);
}

/** Tokens are no measurements, and what recurrent layers read has other dimensions. */
export function readsOther({ type }: { readonly type: string }): boolean {
  return isRecurrent(type) || /^nn\.(?:Embedding|MultiheadAttention|Transformer)/.test(type);
}

/** Losses on numbers: their gradient grows with the target. */
const REGRESSION = /(?:MSELoss|L1Loss|HuberLoss|mse_loss|l1_loss|huber_loss)$/;

/** What a regression is compared with, where that is large by the code. */
export function largeTarget(facts: PythonFacts): LargeData | null {
  const isRegression =
    facts.losses.some(({ type }) => REGRESSION.test(type)) ||
    (facts.losses.length === 0 && facts.source.mentions(/\*\*\s*2|\.pow\(2\)|\.square\(/));
  return isRegression ? largest(facts, targetsOf(facts), LARGE_TARGET) : null;
}

function largest(facts: PythonFacts, tensors: readonly MadeTensor[], bound: number): LargeData | null {
  const found = tensors
    .map((tensor) => ({
      tensor,
      range: facts.rangeOf(tensor.expr),
      size: magnitudeOf(facts, tensor.expr) ?? 0,
    }))
    .filter(({ size }) => size >= bound)
    .sort((a, b) => b.size - a.size);
  return found[0] ?? null;
}
