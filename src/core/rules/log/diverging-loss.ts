import type { RunFacts } from '../../run/facts';
import { firstRowWhere, medianAround, whyLossIsSilent } from '../../run/factsLossLevel';
import { lastingLossRise } from '../../run/factsLossRise';
import { layersThatJumped } from '../../run/factsMovers';
import { type Curve, indexAtTime, type Moment, momentOf } from '../../run/factsTimeline';
import type { LogFinding } from '../finding';
import type { LogRule, RuleDoc, RuleMeta } from '../rule';
import { leftAtOnce, type Thrown, thrownAtOnce } from './diverging/coldStart';
import { isHarderData } from './diverging/harderData';
import { intoNonFinite } from './diverging/intoNonFinite';
import { partThatFalls } from './diverging/partFalls';
import { worseThanChance } from './diverging/worseThanChance';
import { say, sayStep, sayWhen, toFinding } from './incident';

const doc: RuleDoc = {
  sees: [
    'A training loss that rose to at least 1.5 times its best level (trainproof takes the same factor), lost at least a quarter of what it had gained,',
    'and is still there at the end of the log; or one that lost its whole gain, where both gain and loss stand six times out of the noise. Levels are medians over windows, and the rise must exceed three times their own noise. **Error** when',
    'nine tenths of the gain are lost or the loss is above its start; otherwise a **warning**; **info** where it rose by jumps and was learned down by half after each, as harder data are, or where the term that it mainly was at first, logged beside it, fell by half and stays down. Also: a loss that left its first value upward at once, or was thrown to three times it within the first rows',
    'and came back to where it had begun, no better; or the loss of a classifier (its name or an accuracy beside it says so, or the code) that stays above 20, which no guessing costs, and doubles or halves from row to row.',
  ].join(' '),
  why: 'The run no longer minimises anything. A gradient norm that looks normal afterwards does not mean that it recovered.',
  reference: {
    title: 'Zhang et al., OPT: Open Pre-trained Transformer Language Models, section 2.5 (2022)',
    url: 'https://arxiv.org/abs/2205.01068',
  },
  whenWrong:
    'A loss whose terms are weighted up during training (an annealed KL term, a curriculum) rises without harm. Adversarial losses, and those of a policy, a critic or temporal differences, are left alone.',
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

const ALL_LOST = 0.9;
/** trainproof's TP-DIVERGE. */
const OVER_START = 1.5;
/** A norm that left its level by this much leads the loss (a third of a decade is beyond the spread of healthy norms). */
const LEAD_DECADES = 0.5;
/** And stays away from it until the loss moves. */
const STAYS_DECADES = 0.3;
/** How far back to look for it, in shares of the run. */
const LEAD_REACH = 0.1;

export const divergingLoss: LogRule = {
  meta,
  check(facts) {
    const silent = whyLossIsSilent(facts);
    if (silent !== null || facts.lossCurve === null || facts.progress === null) {
      return { notChecked: silent ?? 'no training loss is logged' };
    }
    const rise = lastingLossRise(facts.lossLevels, facts.progress.start) ?? leftAtOnce(facts.lossCurve);
    if (rise === null) {
      const thrown = thrownAtOnce(facts.lossCurve, facts.progress.end);
      const climb = thrown === null ? intoNonFinite(facts, facts.lossCurve) : null;
      return thrown !== null
        ? [report(facts, facts.lossCurve, thrown)]
        : [climb ?? worseThanChance(facts)]
            .filter((one) => one !== null)
            .map((one) => toFinding(meta, facts, one));
    }
    const from = facts.windows[rise.window] ?? 0;
    const index = firstRowWhere(facts.lossCurve, from, (value) => value >= rise.left);
    const at = momentOf(facts.lossCurve, index);
    const lead = leadOfNorm(facts, facts.norm, at);
    const gain = facts.progress.start - rise.best;
    const lost = gain > 0 ? (rise.end - rise.best) / gain : Number.POSITIVE_INFINITY;
    const start = Math.min(facts.progress.start, facts.lossCurve.value[0] ?? Number.POSITIVE_INFINITY);
    const isHarder = isHarderData(facts, rise);
    const part = isHarder ? null : partThatFalls(facts);
    const severity =
      isHarder || part !== null ? 'info' : lost >= ALL_LOST || rise.end > start ? 'error' : 'warning';
    return [
      toFinding(meta, facts, {
        severity,
        at,
        end: null,
        message:
          (part !== null
            ? `The loss rose from ${sayWhen(facts, at)} on, from ${say(rise.best)} to ${say(rise.end)} (start ${say(start)}), while ${part.name}, most of it at first, fell from ${say(part.start)} to ${say(part.end)}: other terms of it have grown`
            : isHarder
              ? `The loss rose by jumps from ${sayWhen(facts, at)} on, from ${say(rise.best)} to ${say(rise.end)} (start ${say(start)}), and fell after each: harder data look so (a curriculum, another domain)`
              : `The loss diverged at ${sayWhen(facts, at)}: from ${say(rise.best)} to ${say(rise.end)} (start ${say(start)}), and did not come back`) +
          `${lead === null ? '' : `; the gradient norm led, x${say(lead.ratio)} at ${sayWhen(facts, lead.at)}`}.`,
        evidence: {
          lossStart: start,
          lossBest: rise.best,
          lossEnd: rise.end,
          ratio: rise.end / rise.best,
          halfWayStep: momentOf(
            facts.lossCurve,
            firstRowWhere(facts.lossCurve, from, (value) => value >= (rise.best + rise.end) / 2),
          ).step,
          onsetLoss: facts.lossCurve.value[index] ?? Number.NaN,
          ...(lead === null
            ? {}
            : { leadStep: lead.at.step, leadSteps: at.step - lead.at.step, normRatio: lead.ratio }),
        },
        remedies: ['lower-lr', 'clip-grad-norm', 'lr-warmup', 'skip-bad-batch'],
        parameters: layersThatJumped(facts, (lead?.at ?? at).step),
        series: [
          ...facts.lossCurve.series,
          ...(lead === null || facts.normIsSummed ? [] : (facts.norm?.series ?? [])),
        ],
      }),
    ];
  },
};

function report(facts: RunFacts, loss: Curve, { row, first, highest, highestRow }: Thrown): LogFinding {
  const at = momentOf(loss, row);
  const end = facts.progress?.end ?? Number.NaN;
  return toFinding(meta, facts, {
    severity: end >= OVER_START * first ? 'error' : 'warning',
    at,
    end: null,
    message:
      `The loss was thrown from ${say(first)} to ${say(highest)} within the first rows (from ${sayWhen(facts, at)} on, highest at ` +
      `${sayStep(momentOf(loss, highestRow).step)}), and came back to ${say(end)}, no better than where it began: the first steps destroyed what they started from, and nothing is learned since.`,
    evidence: { lossStart: first, lossHighest: highest, lossEnd: end, ratio: highest / first },
    remedies: ['lower-lr', 'lr-warmup', 'clip-grad-norm'],
    parameters: layersThatJumped(facts, at.step),
    series: [...loss.series],
  });
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
  const earliest = Math.max(0, end - reach);
  let since = end;
  while (since > earliest && (norm.value[since - 1] ?? 0) >= baseline * 10 ** STAYS_DECADES) {
    since--;
  }
  for (let i = since; i < end; i++) {
    const ratio = (norm.value[i] ?? 0) / baseline;
    if (ratio >= 10 ** LEAD_DECADES) {
      return { at: momentOf(norm, i), ratio };
    }
  }
  return null;
}
