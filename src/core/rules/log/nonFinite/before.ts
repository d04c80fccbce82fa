import type { RemedyId } from '../../../remedies/remedy';
import type { RunFacts } from '../../../run/facts';
import { type Curve, indexAtTime, type Moment } from '../../../run/factsTimeline';
import { median } from '../../../run/stats';
import { looksRecurrent, say } from '../incident';

/** Growth of the norm before the end that names an explosion as the cause (the same decade as `exploding-gradient`). */
const GROWTH_BEFORE = 10;
const ROWS_BEFORE = 10;

/** How the norm stood before it was no longer finite. */
export interface Growth {
  readonly baseline: number;
  readonly last: number;
  readonly ratio: number;
}

/** How the norm had grown in the rows just before, against the median of the rows before those. */
export function growthBefore(norm: Curve | null, at: Moment): Growth | null {
  if (norm === null) {
    return null;
  }
  const end = indexAtTime(norm, at.time);
  const finite = Array.from(norm.value.slice(Math.max(0, end - 64), end)).filter(Number.isFinite);
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

/** What preceded it, in words. */
export function sayBefore(facts: RunFacts, at: Moment, growth: Growth | null): string {
  if (growth === null) {
    return indexAtTime(facts.norm ?? emptyBefore, at.time) === 0
      ? 'it was so from the first row'
      : 'within the first rows of the log';
  }
  return growth.ratio >= GROWTH_BEFORE
    ? `the norm had grown to ${say(growth.ratio)} times its level of ${say(growth.baseline)} before`
    : `without warning: the norm was ${say(growth.last)}, its level before ${say(growth.baseline)}`;
}

const emptyBefore: Curve = {
  length: 0,
  time: new Float64Array(0),
  step: new Float64Array(0),
  value: new Float64Array(0),
  line: new Uint32Array(0),
  series: [],
  origin: {},
};

/**
 * Growth, or a blow-up within the first rows, is an explosion: bound the step (a clip in the right place before a lower rate).
 * A sudden NaN out of calm is arithmetic: log or sqrt of zero, a bad batch; neither clipping nor a lower rate repairs that.
 */
export function causeRemedies(facts: RunFacts, at: Moment, ratio: number): readonly RemedyId[] {
  const early = facts.norm === null || indexAtTime(facts.norm, at.time) < 3;
  if (ratio >= GROWTH_BEFORE || early) {
    return looksRecurrent(facts)
      ? ['clip-grad-norm', 'move-clip', 'orthogonal-init', 'gru', 'lstm', 'lower-lr']
      : ['clip-grad-norm', 'move-clip', 'lower-lr', 'eps', 'lr-warmup', 'orthogonal-init', 'skip-bad-batch'];
  }
  return ['eps', 'logits-loss', 'skip-bad-batch', 'clip-grad-norm'];
}
