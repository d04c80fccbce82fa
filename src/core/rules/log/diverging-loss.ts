import type { RunFacts } from '../../run/facts';
import { firstRowWhere, levelNoise, medianAround, whyLossIsSilent } from '../../run/factsLossLevel';
import { type Curve, indexAtTime, type Moment, momentOf } from '../../run/factsTimeline';
import { median } from '../../run/stats';
import type { LogRule, RuleDoc, RuleMeta } from '../rule';
import { say, sayWhen, toFinding } from './incident';

const doc: RuleDoc = {
  sees: [
    'A training loss that rose to at least 1.5 times its best level (trainproof takes the same factor), lost at least a quarter of what it had gained,',
    'and is still there at the end of the log. Levels are medians over windows, and the rise must exceed three times their own noise. **Error** when',
    'nine tenths of the gain are lost or the loss is above its start; otherwise a **warning**.',
  ].join(' '),
  why: 'The run no longer minimises anything. A gradient norm that looks normal afterwards does not mean that it recovered.',
  reference: {
    title: 'Zhang et al., OPT: Open Pre-trained Transformer Language Models, section 2.5 (2022)',
    url: 'https://arxiv.org/abs/2205.01068',
  },
  whenWrong:
    'A loss whose terms are weighted up during training (an annealed KL term, a curriculum) rises without harm. Adversarial and policy losses are left alone.',
  example: [
    'step,loss',
    ...[2.3, 2.0, 1.7, 1.4, 1.2, 1.0, 0.9, 0.85, 1.6, 2.2, 2.3, 2.4, 2.3, 2.35, 2.3, 2.3].map(
      (loss, i) => `${i * 10},${loss}`,
    ),
  ].join('\n'),
  better: [
    'step,loss',
    ...[2.3, 2.0, 1.7, 1.4, 1.2, 1.0, 0.9, 0.85, 0.8, 0.78, 0.74, 0.7, 0.69, 0.66, 0.65, 0.63].map(
      (loss, i) => `${i * 10},${loss}`,
    ),
  ].join('\n'),
};

const meta: RuleMeta = {
  code: 'GI005',
  name: 'diverging-loss',
  title: 'The loss diverged and did not come back',
  severity: 'error',
  subject: 'log',
  remedies: ['lower-lr', 'clip-grad-norm', 'lr-warmup', 'skip-bad-batch'],
  doc,
};

/** trainproof's TP-DIVERGE. */
const OVER_BEST = 1.5;
/** Less than a quarter of the gain is a bad patch of data. */
const LOST_SHARE = 0.25;
const ALL_LOST = 0.9;
const NOISE_SIGMAS = 3;
const FEWEST_WINDOWS = 3;
/** A norm that left its level by this much leads the loss (a third of a decade is beyond the spread of healthy norms). */
const LEAD_DECADES = 0.5;
/** How far back to look for it, in shares of the run. */
const LEAD_REACH = 0.1;

export const divergingLoss: LogRule = {
  meta,
  check(facts) {
    const silent = whyLossIsSilent(facts);
    if (silent !== null || facts.lossCurve === null || facts.progress === null) {
      return { notChecked: silent ?? 'no training loss is logged' };
    }
    const rise = lastingLossRise(facts.lossLevels, facts.progress.start);
    if (rise === null) {
      return [];
    }
    const from = facts.windows[rise.window] ?? 0;
    const limit = (rise.best + rise.end) / 2;
    const index = firstRowWhere(facts.lossCurve, from, (value) => value >= limit);
    const at = momentOf(facts.lossCurve, index);
    const lead = leadOfNorm(facts, facts.norm, at);
    const gain = facts.progress.start - rise.best;
    const lost = gain > 0 ? (rise.end - rise.best) / gain : Number.POSITIVE_INFINITY;
    const severity = lost >= ALL_LOST || rise.end > facts.progress.start ? 'error' : 'warning';
    return [
      toFinding(meta, facts, {
        severity,
        at: lead?.at ?? at,
        end: null,
        message:
          `The loss diverged at ${sayWhen(facts, at)}: from ${say(rise.best)} to ${say(rise.end)} (start ${say(facts.progress.start)}), and did not come back` +
          `${lead === null ? '' : `; the gradient norm led, x${say(lead.ratio)} at ${sayWhen(facts, lead.at)}`}.`,
        evidence: {
          lossStart: facts.progress.start,
          lossBest: rise.best,
          lossEnd: rise.end,
          ratio: rise.end / rise.best,
          onsetLoss: facts.lossCurve.value[index] ?? Number.NaN,
          ...(lead === null ? {} : { leadSteps: at.step - lead.at.step, normRatio: lead.ratio }),
        },
        remedies: ['lower-lr', 'clip-grad-norm', 'lr-warmup', 'skip-bad-batch'],
        series: [
          ...facts.lossCurve.series,
          ...(lead === null || facts.normIsSummed ? [] : (facts.norm?.series ?? [])),
        ],
      }),
    ];
  },
};

interface LossRise {
  readonly window: number;
  readonly best: number;
  readonly end: number;
}

/** Where the levels rose over their best and never came back. */
function lastingLossRise(levels: Float64Array, start: number): LossRise | null {
  const known = Array.from(levels.keys()).filter((window) => !Number.isNaN(levels[window] ?? Number.NaN));
  if (known.length < FEWEST_WINDOWS + 1) {
    return null;
  }
  const level = (at: number): number => levels[known[at] ?? 0] ?? Number.NaN;
  const noise = levelNoise(levels);
  const end = median(
    known.slice(-Math.max(FEWEST_WINDOWS, Math.ceil(known.length / 10))).map((w) => levels[w] ?? Number.NaN),
  );
  let best = Number.POSITIVE_INFINITY;
  let bestAt = 0;
  for (let at = 0; at < known.length; at++) {
    // A single low window is luck: the best level is one that two neighbours share.
    const here = at === 0 ? level(0) : Math.max(level(at), Math.min(level(at - 1), level(at + 1)));
    if (here < best) {
      best = here;
      bestAt = at;
    }
  }
  const gain = start - best;
  const risen = end - best;
  const byRatio = best > 0 ? end >= OVER_BEST * best : gain > 0 && risen >= 2 * LOST_SHARE * gain;
  if (!byRatio || risen < LOST_SHARE * gain || risen < NOISE_SIGMAS * noise) {
    return null;
  }
  const middle = best + risen / 2;
  let first = known.length;
  for (let at = known.length - 1, below = 0; at > bestAt; at--) {
    below = level(at) < middle ? below + 1 : 0;
    if (below >= 2) {
      break;
    }
    first = below === 0 ? at : first;
  }
  return known.length - first < FEWEST_WINDOWS ? null : { window: known[first] ?? 0, best, end };
}

/** First row, shortly before the loss rose, at which the norm had left its level. */
function leadOfNorm(
  facts: RunFacts,
  norm: Curve | null,
  at: Moment,
): { readonly at: Moment; readonly ratio: number } | null {
  if (norm === null || norm.length < 4) {
    return null;
  }
  const end = indexAtTime(norm, at.time);
  const reach = Math.max(3, Math.round(norm.length * LEAD_REACH));
  const baseline = medianAround(norm, norm.time[Math.max(0, end - reach)] ?? at.time, -64);
  if (!(baseline > 0) || facts.normIsPlaceholder) {
    return null;
  }
  for (let i = Math.max(0, end - reach); i < end; i++) {
    const ratio = (norm.value[i] ?? 0) / baseline;
    const stays = median(norm.value.slice(i, end + 1)) / baseline;
    if (ratio >= 10 ** LEAD_DECADES && stays >= 10 ** LEAD_DECADES) {
      return { at: momentOf(norm, i), ratio };
    }
  }
  return null;
}
