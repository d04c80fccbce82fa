import type { RemedyId } from '../../../remedies/remedy';
import type { RunFacts } from '../../../run/facts';
import { type Curve, indexAtTime, type Moment } from '../../../run/factsTimeline';
import { median } from '../../../run/stats';
import { looksRecurrent, say } from '../incident';

/** Growth of the norm before the end that names an explosion as the cause (the same decade as `exploding-gradient`). */
const GROWTH_BEFORE = 10;
const ROWS_BEFORE = 10;

/** How a norm, or a loss, stood before it was no longer finite. */
export interface Growth {
  readonly baseline: number;
  readonly last: number;
  readonly ratio: number;
}

/** How a norm or a loss had grown in the rows just before, against the median of the rows before those. */
export function growthBefore(curve: Curve | null, at: Moment): Growth | null {
  if (curve === null) {
    return null;
  }
  const end = indexAtTime(curve, at.time);
  const finite = Array.from(curve.value.slice(Math.max(0, end - 64), end)).filter(Number.isFinite);
  if (finite.length < 2) {
    return null;
  }
  const recent = finite.slice(-Math.min(ROWS_BEFORE, Math.ceil(finite.length / 3)));
  const baseline = median(finite.slice(0, -recent.length));
  const ratio = Math.max(...recent) / baseline;
  // One row is no level to be calm at, but what left it tenfold at once was growing.
  return finite.length < 3 && !(ratio >= GROWTH_BEFORE)
    ? null
    : { baseline, last: finite[finite.length - 1] ?? Number.NaN, ratio };
}

/** The climb that ends where a curve is no longer finite, if it grew tenfold: its first row. */
export function climbBefore(curve: Curve, at: Moment): (Growth & { readonly row: number }) | null {
  const growth = growthBefore(curve, at);
  if (growth === null || !(growth.ratio >= GROWTH_BEFORE)) {
    return null;
  }
  const limit = growth.baseline * Math.sqrt(GROWTH_BEFORE);
  let row = indexAtTime(curve, at.time);
  while (row > 0 && !((curve.value[row - 1] ?? 0) < limit)) {
    row--;
  }
  return { ...growth, row };
}

/** The curve that tells what preceded: the norm where one is logged. */
export function telling({ norm, lossCurve }: RunFacts): Curve | null {
  return norm ?? lossCurve;
}

/** What preceded it, in words. */
export function sayBefore(facts: RunFacts, at: Moment, growth: Growth | null): string {
  const curve = telling(facts);
  if (growth === null) {
    return curve === null || indexAtTime(curve, at.time) === 0
      ? 'it was so from the first row'
      : 'it happened within the first rows of the log';
  }
  const what = facts.norm === null ? 'loss' : 'norm';
  return growth.ratio >= GROWTH_BEFORE
    ? `the ${what} had grown to ${say(growth.ratio)} times its level of ${say(growth.baseline)} before`
    : `without warning: the last ${what} was ${say(growth.last)}, and ${say(growth.baseline)} had been usual`;
}

/**
 * Growth, or a blow-up within the first rows, is an explosion: bound the step (a clip in the right place before a lower rate).
 * A sudden NaN out of calm is arithmetic: log or sqrt of zero, a bad batch; neither clipping nor a lower rate repairs that.
 */
export function causeRemedies(facts: RunFacts, at: Moment, ratio: number): readonly RemedyId[] {
  const curve = telling(facts);
  const early = curve === null || indexAtTime(curve, at.time) < 3;
  if (ratio >= GROWTH_BEFORE || early) {
    return looksRecurrent(facts)
      ? ['clip-grad-norm', 'move-clip', 'orthogonal-init', 'gru', 'lstm', 'lower-lr']
      : ['clip-grad-norm', 'move-clip', 'lower-lr', 'eps', 'lr-warmup', 'orthogonal-init', 'skip-bad-batch'];
  }
  return ['eps', 'logits-loss', 'skip-bad-batch', 'clip-grad-norm'];
}
