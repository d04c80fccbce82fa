import type { LossFact } from '../../python/trainingFacts';
import { largestLayers } from '../../rules/log/exploding/largestLayers';
import { explodingGradient } from '../../rules/log/exploding-gradient';
import { recurrentRemedies, say, sayWhen } from '../../rules/log/incident';
import { momentOf } from '../../run/factsTimeline';
import { median } from '../../run/stats';
import type { Both, BothRule } from './both';

/**
 * A fresh classifier is unsure: its cross-entropy is near ln(classes), 14 for a million. A mean of a thousand says that it gives
 * the right class a chance of exp(-1000): its outputs are hundreds of times too large.
 */
const HUGE = 1e3;
/**
 * Norm over loss. Where the outputs make the loss, each weight gets about the loss over its own size; where it is only logged as a
 * sum over an epoch, the norm is that of one batch, thousands of times smaller.
 */
const NORM_OVER_LOSS = 0.1;
/** ln 2: a loss below it is of a classifier that knows something, however many classes there are. */
const LEARNED = Math.LN2;

const CROSS_ENTROPY =
  /(?:^|\.)(?:CrossEntropyLoss|NLLLoss|BCEWithLogitsLoss|cross_entropy|nll_loss|binary_cross_entropy_with_logits)$/;
/** Sums are as large as their batches, or as their sequences are long. */
const SUMS =
  /\breduction\s*=\s*(?!["']mean["'])|\bsize_average\b|\.sum\(\)\s*\.backward|\+=?\s*[\w.]{0,40}(?:criterion|loss_fn|lossfn|loss_func|cross_entropy|nll_loss)\w{0,40}\(/i;

/** A cross-entropy in the thousands: the log alone cannot tell it from squared errors of large targets, the code can. */
export const hugeCrossEntropy: BothRule = {
  rule: explodingGradient,
  mayApply: (both) => startsHuge(both) && isMeanCrossEntropy(both),
  check(both) {
    const facts = both.facts();
    const { norm, lossCurve, lossRole, progress } = facts;
    const lossStart = lossCurve?.value[0] ?? Number.NaN;
    const normStart = norm?.value[0] ?? Number.NaN;
    if (
      norm === null ||
      lossCurve === null ||
      progress === null ||
      lossRole !== 'minimised' ||
      facts.lossScaleCurve !== null ||
      !(lossStart >= HUGE) ||
      !(normStart >= NORM_OVER_LOSS * lossStart)
    ) {
      return null;
    }
    const at = momentOf(norm, 0);
    const end = median(
      lossCurve.value.subarray(lossCurve.length - Math.ceil(lossCurve.length / 10), lossCurve.length),
    );
    const recovered = end < LEARNED;
    return {
      severity: recovered ? 'info' : 'warning',
      at,
      end: recovered ? momentOf(lossCurve, lossCurve.length - 1) : null,
      message:
        `Gradients explode from ${sayWhen(facts, at)} on, through the initial weights: the loss starts at ${say(lossStart)} and the norm at ${say(normStart)}, and the code ` +
        'minimises a mean cross-entropy, which is near ln(classes) in a fresh network (14 for a million): the outputs are far too large. ' +
        (recovered ? `The run dug itself out, down to ${say(end)}.` : `The loss is ${say(end)} at the end.`),
      evidence: { norm: normStart, lossStart, lossEnd: end, normOverLoss: normStart / lossStart },
      remedies: [
        'he-init',
        'xavier-init',
        'scaled-init',
        ...recurrentRemedies(facts),
        'layer-norm',
        'batch-norm',
      ],
      parameters: largestLayers(facts),
      series: [...norm.series, ...lossCurve.series],
    };
  },
};

function startsHuge({ run }: Both): boolean {
  return run.series.some(
    ({ kind, split, points }) =>
      kind === 'loss' && split === 'train' && points.length > 0 && points.value(0) >= HUGE,
  );
}

/** Every loss of the training file is one, and none is a sum. */
export function isMeanCrossEntropy({ code }: Both): boolean {
  const facts = code.training?.source.facts;
  const losses: readonly LossFact[] = facts?.losses ?? [];
  return (
    facts !== undefined &&
    losses.length > 0 &&
    losses.every(({ type }) => CROSS_ENTROPY.test(type)) &&
    !SUMS.test(facts.text)
  );
}
