import type { RunFacts } from '../../../run/facts';
import { type Curve, type Moment, momentOf } from '../../../run/factsTimeline';
import type { Series } from '../../../run/series';
import { median } from '../../../run/stats';
import { type Incident, say, sayWhen } from '../incident';
import { standsStill } from './still';

const ACCURACY = /(^|[^a-z])(acc|accuracy|top-?1)([^a-z]|$)/i;
/** Points of accuracy: one an epoch is usual. */
const FEWEST = 6;
/** Points that are looked at, evenly spread. */
const MOST = 512;
/**
 * Accuracy times exp(loss): 1 where all classes are equally likely, whatever their number. A model that knows something is right far more
 * often than the chance it gives (a tenth of a thousand tokens at a loss of 5 makes 15).
 */
const NEAR_ONE = [0.75, 1.25] as const;
/** ln 2, less rounding: below it two quantities that have nothing to do with each other meet by luck. */
const LEAST = 0.97 * Math.LN2;
/** Of the accuracy before: what has begun to rise is no plateau. */
const RISING = 1.2;
/** Of the loss from the middle third of the run to the last. */
const STILL = 0.03;

/** A classifier whose loss and accuracy are both those of equal chances, to the end, wherever the loss came from. */
export function atChance(facts: RunFacts, loss: Curve): Incident | null {
  const { progress, lossRole, run } = facts;
  const accuracy = run.series.find(isAccuracy);
  if (
    progress === null ||
    lossRole !== 'minimised' ||
    progress.verdict === 'unknown' ||
    accuracy === undefined
  ) {
    return null;
  }
  const rights = sharesOf(accuracy);
  const half = rights.length >> 1;
  const level = median(facts.lossLevels.subarray(facts.lossLevels.length >> 1));
  const right = median(rights.slice(half));
  const product = right * Math.exp(level);
  const isStill =
    Math.abs(thirdOf(facts, 1) - thirdOf(facts, 2)) <= STILL * level &&
    median(rights.slice(-Math.ceil(rights.length / 4))) <= RISING * median(rights.slice(0, half));
  if (!(level >= LEAST) || !(product >= NEAR_ONE[0] && product <= NEAR_ONE[1]) || !isStill) {
    return null;
  }
  const at: Moment = standsStill(facts, loss)?.at ?? momentOf(loss, 0);
  const classes = Math.round(Math.exp(level));
  return {
    severity: 'warning',
    at,
    end: null,
    message:
      `The loss is stuck at ${say(level)} since ${sayWhen(facts, at)}, and ${accuracy.name} at ${say(right)}: both are those of about ${classes} equally likely classes, the outputs say ` +
      'nothing about the inputs.',
    evidence: { lossStart: progress.start, lossEnd: progress.end, accuracy: right, classesAtChance: classes },
    remedies:
      progress.start > 2 * level
        ? ['lower-lr', 'lr-warmup', 'he-init', 'batch-norm']
        : ['logits-loss', 'he-init', 'batch-norm', 'lower-lr', 'raise-lr'],
    series: [...loss.series, accuracy.id],
  };
}

function isAccuracy({ kind, name, parameter, split, points }: Series): boolean {
  return (
    kind === 'other' &&
    parameter === null &&
    split !== 'summary' &&
    points.length >= FEWEST &&
    ACCURACY.test(name)
  );
}

/** Some of them, as shares of 1, from per cent where any is above 1. */
function sharesOf({ points }: Series): readonly number[] {
  const stride = Math.max(1, Math.floor(points.length / MOST));
  const values = Array.from({ length: Math.ceil(points.length / stride) }, (_, i) =>
    points.value(i * stride),
  );
  const unit = values.some((value) => value > 1) ? 100 : 1;
  return values.map((value) => value / unit);
}

/** Median of a third of the loss's windows, counted from 0. */
function thirdOf({ lossLevels }: RunFacts, third: number): number {
  const size = lossLevels.length / 3;
  return median(lossLevels.subarray(Math.floor(third * size), Math.ceil((third + 1) * size)));
}
