import type { PythonFacts } from '../../python/facts';
import { say, sayWhen } from '../../rules/log/incident';
import { lossPlateau } from '../../rules/log/loss-plateau';
import { momentOf } from '../../run/factsTimeline';
import { median } from '../../run/stats';
import type { BothRule } from './both';

/**
 * Norm over bound. Plain SGD then moves by a hundredth of what its rate means; the bounds that are in use (0.1 to 10) cut
 * common norms to a tenth at most.
 */
const FAR_ABOVE = 100;
/** Of the rows: clipping is no guard against the odd batch, it sets every step. */
const ALWAYS = 0.9;
const FEWEST_ROWS = 20;
/** The rate of these is a step size. Adam and its like divide the scale of the gradient out again. */
const SCALES_WITH_GRADIENT = /(?:^|\.)SGD$/;
/** Where the optimizer is made of a name in the settings: the only one that the file names. */
const NAMES_SGD = /["']sgd["']/i;
const NAMES_ANOTHER = /\b(?:\w*adam\w*|rmsprop|adagrad|adadelta|adafactor|lion|lamb|rprop|lbfgs)\b/i;

/** A bound far below every norm: the loss hardly moves, and the log alone cannot say that it is the clipping. */
export const clippedToNothing: BothRule = {
  rule: lossPlateau,
  mayApply({ code, clip }) {
    const facts = code.training?.source.facts;
    return clip !== null && facts !== undefined && usesSgd(facts);
  },
  check({ clip, ...both }) {
    const facts = both.facts();
    const { norm, lossCurve, progress, lossRole } = facts;
    if (clip === null || norm === null || lossCurve === null || facts.normIsSummed) {
      return null;
    }
    const values = norm.value.subarray(0, norm.length);
    const usual = median(values.filter(Number.isFinite));
    const cut = values.filter((value) => value > clip.value).length / Math.max(1, norm.length);
    if (
      progress?.verdict !== 'stuck' ||
      lossRole !== 'minimised' ||
      lossCurve.length < FEWEST_ROWS ||
      !(usual >= FAR_ABOVE * clip.value) ||
      cut < ALWAYS
    ) {
      return null;
    }
    const at = momentOf(lossCurve, 0);
    return {
      severity: 'warning',
      at,
      end: null,
      message:
        `The loss is stuck from ${sayWhen(facts, at)} on (${say(progress.start)} to ${say(progress.end)}) because of clipping: the norm is ${say(usual)}, and ` +
        `${clip.exact ? '' : 'most likely '}the code clips it at ${say(clip.value)}, in ${say(100 * cut)} % of the rows. SGD then takes steps of 1/${say(usual / clip.value)} of its learning rate.`,
      evidence: {
        lossStart: progress.start,
        lossEnd: progress.end,
        norm: usual,
        clip: clip.value,
        ratio: usual / clip.value,
        shareClipped: cut,
      },
      remedies: ['clip-grad-norm', 'raise-lr'],
      series: [...lossCurve.series, ...norm.series],
    };
  },
};

function usesSgd({ optimizers, text }: PythonFacts): boolean {
  return optimizers.length > 0
    ? optimizers.every(({ type }) => SCALES_WITH_GRADIENT.test(type))
    : NAMES_SGD.test(text) && !NAMES_ANOTHER.test(text);
}
