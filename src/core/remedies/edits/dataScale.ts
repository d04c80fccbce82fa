import { inputsOf, type MadeTensor, targetsOf } from '../../python/dataTrace';
import type { PythonFacts } from '../../python/facts';
import { magnitudeOf } from '../../python/magnitude';
import type { TextEdit, TextRange } from '../../text';
import { featuresIn, isConvolution, isNormalised, isRecurrent, isWeightLayer, type ModelView } from './model';
import { insertAfter } from './place';

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

/**
 * Standardises a tensor right after the one statement that makes it, where that runs once and not for every batch: a
 * batch's own statistics would be another scale for each. Features each for itself, images and targets as a whole.
 */
export function standardise(
  facts: PythonFacts,
  { tensor: { made, expr } }: LargeData,
  model: ModelView | null,
): TextEdit | null {
  if (made === null || !/^\w+$/.test(made.variable) || runsInLoop(facts, made.stmt)) {
    return null;
  }
  const { variable } = made;
  const first = model?.modules.find((entry) => isWeightLayer(entry.type));
  const perFeature = first !== undefined && !isConvolution(first.type) && featuresIn(first)?.literal !== 1;
  const axis = !perFeature
    ? ''
    : /\bnp\.|numpy\./.test(facts.textOf(facts.rangeOf(expr)))
      ? 'axis=0'
      : 'dim=0';
  return insertAfter(facts, facts.statementOf(made.stmt), [
    `${variable} = (${variable} - ${variable}.mean(${axis})) / (${variable}.std(${axis}) + 1e-8)`,
  ]);
}

/** In a training loop, or in a function that one calls. */
function runsInLoop(facts: PythonFacts, stmt: { readonly start: number; readonly end: number }): boolean {
  const { line } = facts.rangeOf(stmt);
  const name = facts.scopeOf(stmt)?.split('.').pop() ?? null;
  return facts.loops.some(({ kind, range }) => {
    const isInside = range.line <= line && line <= range.endLine;
    const text = name === null ? '' : facts.textOf(range);
    return (isInside && kind === 'loop') || (name !== null && new RegExp(`\\b${name}\\(`).test(text));
  });
}
