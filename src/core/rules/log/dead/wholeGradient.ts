import type { RunFacts } from '../../../run/facts';
import { type Curve, type Moment, momentOf } from '../../../run/factsTimeline';
import { nameOf } from '../../../run/profile';
import { median } from '../../../run/stats';
import { type Incident, say, sayWhen } from '../incident';

const FEWEST_ROWS = 8;
/** Zeros that last for a part of the run, to its end; a few skipped steps are none. */
const FEWEST_SHARE = 0.2;
/** Decades between the smallest norm before and what the log can print: below, a printed zero is only small. */
const ABOVE_ROUNDING = 2;
/**
 * A loss this small beside what it was until then is at its minimum, where the gradient is zero as it should be (hinge,
 * saturated preference losses). Its first row may be far above all others.
 */
const AT_MINIMUM = 1e-3;

/**
 * The norm of the whole model is exactly zero from some row to the end, the loss is not: no parameter reaches the loss any
 * more. An output unit that is clipped for every input does that, as a ReLU behind the last layer.
 */
export function wholeGradientDead(facts: RunFacts): Incident | null {
  const { norm, lossCurve, progress } = facts;
  if (norm === null || lossCurve === null || progress === null || facts.lossRole !== 'minimised') {
    return null;
  }
  let from = norm.length;
  while (from > 0 && norm.value[from - 1] === 0) {
    from--;
  }
  const zeros = norm.length - from;
  if (from === 0 || zeros < Math.max(FEWEST_ROWS, FEWEST_SHARE * norm.length)) {
    return null;
  }
  let least = Number.POSITIVE_INFINITY;
  for (let row = 0; row < from; row++) {
    const value = norm.value[row] ?? Number.NaN;
    least = value > 0 && value < least ? value : least;
  }
  const isRounded = facts.decimals !== null && Math.log10(least) < ABOVE_ROUNDING - facts.decimals;
  const at = momentOf(norm, from);
  if (!Number.isFinite(least) || isRounded || !(progress.end > AT_MINIMUM * levelBefore(lossCurve, at))) {
    return null;
  }
  return {
    severity: 'error',
    at,
    end: null,
    message:
      `The whole gradient is exactly 0 from ${sayWhen(facts, at)} to the end, while the loss is ${say(progress.end)}: ` +
      'no parameter reaches the loss any more (units that are off for every input, or a cut graph).',
    evidence: { zeroRows: zeros, normBefore: least, lossStart: progress.start, lossEnd: progress.end },
    // The gradient lived before: a step threw the units off.
    remedies: ['lower-lr', 'batch-norm', 'layer-norm', 'he-init', 'leaky-relu'],
    parameters: facts.tracks.filter(({ zerosUntilEnd }) => zerosUntilEnd !== null).map(nameOf),
    series: [...norm.series],
  };
}

/** Size of the loss in the middle one of its rows before a moment. */
function levelBefore({ length, time, value }: Curve, at: Moment): number {
  let rows = 0;
  while (rows < length && (time[rows] ?? Number.POSITIVE_INFINITY) < at.time) {
    rows++;
  }
  return Math.abs(median(value.slice(0, Math.max(1, rows))));
}
