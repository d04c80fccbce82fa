import type { RunFacts } from '../../../run/facts';
import { firstRowWhere } from '../../../run/factsLossLevel';
import { type Curve, type Moment, momentOf, windowMedians } from '../../../run/factsTimeline';
import { type Incident, say, sayWhen } from '../incident';

/** Of the run: a schedule that anneals to nothing is there in its last rows only. */
const MOST_OF_RUN = 0.5;
const FEWEST_ROWS = 10;
/**
 * Adaptive optimizers move a weight by about the rate: a millionth of a usual 1e-3 is less than float32 (24 bits) can add
 * to a weight of 0.02. Schedules that anneal to nothing pass this in their last row.
 */
const FADED = 1e-6;

/** A schedule that shrank the rate to nothing long before the run ended. */
export interface Fade {
  /** First row whose steps are too small to change a weight. */
  readonly at: Moment;
  readonly highest: number;
  readonly last: number;
  /** Of the run, from there to the end. */
  readonly share: number;
}

/** Null where the rate stays within a millionth of its highest for half of the run. */
export function fadeOf(facts: RunFacts, rate: Curve): Fade | null {
  const levels = windowMedians(rate, facts.windows);
  const known = levels.filter((level) => !Number.isNaN(level));
  const highest = Math.max(...known);
  const limit = FADED * highest;
  const lastHigh = levels.findLastIndex((level) => level >= limit);
  const share = (levels.length - lastHigh - 1) / levels.length;
  if (rate.length < FEWEST_ROWS || !(limit > 0) || share < MOST_OF_RUN) {
    return null;
  }
  const row = firstRowWhere(rate, facts.windows[lastHigh] ?? 0, (value) => value < limit);
  return { at: momentOf(rate, row), highest, last: known[known.length - 1] ?? 0, share };
}

/** A loss that had not fallen by half when the rate faded stays there: no noise of batches leaves a doubt, as nothing moves. */
export function stuckByFade(facts: RunFacts, loss: Curve): Incident | null {
  const { progress, lrCurve } = facts;
  const isShort = progress?.verdict === 'stuck' || progress?.verdict === 'little';
  const fade = lrCurve === null || !isShort ? null : fadeOf(facts, lrCurve);
  if (progress === null || fade === null) {
    return null;
  }
  return {
    severity: 'warning',
    at: fade.at,
    end: null,
    message:
      `The loss is stuck at ${say(progress.end)} since ${sayWhen(facts, fade.at)} (start ${say(progress.start)}): ` +
      `the learning rate has faded to nothing, and ${say(100 * fade.share)} % of the run is still to come.`,
    evidence: {
      lossStart: progress.start,
      lossEnd: progress.end,
      improvement: progress.improvement,
      shareAfterFade: fade.share,
    },
    remedies: ['schedule-per-epoch'],
    series: [...loss.series, ...(lrCurve?.series ?? [])],
  };
}
