import type { RunFacts } from '../../run/facts';
import { firstRowWhere, levelNoise, whyLossIsSilent } from '../../run/factsLossLevel';
import { layersThatFell } from '../../run/factsMovers';
import { type Curve, momentOf, windowMedians } from '../../run/factsTimeline';
import { median, robustSigma, steadiness } from '../../run/stats';
import { highestValue } from '../../run/stretches';
import type { LogFinding } from '../finding';
import type { LogRule, RuleDoc, RuleMeta } from '../rule';
import { say, sayWhen, toFinding } from './incident';

const doc: RuleDoc = {
  sees: [
    'A loss that settled within the first half of the run and stays level to the end (**warning**): less than 10 % below its start while the gradient norm fell to a fifth or',
    'less (the run came to rest where it has learned little more than the mean of its targets), up to 20 % where the learning rate is 0.01 or more as well,',
    'or a loss that moved by less than 3 % over at least 20 rows (**info** where its rows scatter by more than 5 %, so that slow learning would not show). In reinforcement learning: gradients that fell a thousandfold within the first quarter of the run',
    'while the reward still varies and is below what it had reached: the policy became deterministic too early.',
  ].join(' '),
  why: 'More steps of the same will not help: the step is too large for the valley, too small to move, or no gradient comes through.',
  reference: {
    title: 'Goodfellow, Bengio and Courville, Deep Learning, section 8.2 (2016)',
    url: 'https://www.deeplearningbook.org/contents/optimization.html',
  },
  whenWrong: [
    'A converged run is level too, but far below its start. Fine-tuning starts near its floor and gains little by nature: its norm stays, kept up by the noise of the',
    'batches, and its rates (5e-4 and below) are known. Adversarial losses do not fall.',
  ].join(' '),
  example: [
    'step,loss,grad_norm,lr',
    ...Array.from(
      { length: 30 },
      (_, i) =>
        `${i * 10},${(2.8 + 0.5 * 0.3 ** i + 0.004 * (i % 3)).toFixed(4)},${(0.12 + 1.3 * 0.6 ** i).toFixed(4)},0.03`,
    ),
  ].join('\n'),
  better: [
    'step,loss,grad_norm,lr',
    ...Array.from(
      { length: 30 },
      (_, i) => `${i * 10},${(0.4 + 2.9 * 0.85 ** i).toFixed(4)},${(0.3 + 1.1 * 0.9 ** i).toFixed(4)},0.03`,
    ),
  ].join('\n'),
};

const meta: RuleMeta = {
  code: 'GI007',
  name: 'loss-plateau',
  title: 'The loss is stuck',
  severity: 'warning',
  subject: 'log',
  remedies: ['lower-lr', 'lr-warmup', 'raise-lr', 'he-init', 'batch-norm', 'logits-loss'],
  doc,
};

const FEWEST_ROWS = 20;
/** Learning the mean of the targets (the marginal of the classes) is worth up to about this much of the initial loss. */
const LITTLE = 0.2;
/** A fifth: the noise of batches of 32 alone keeps a norm at about 1 / sqrt(32) of a gradient all examples agree on. */
const NORM_FALL_DECADES = 0.7;
/** Rates of fine-tuning, where a gain of 3 to 20 % is usual: the model starts near its floor. */
const FINE_TUNING_RATE = 5e-4;
/**
 * UMLAUT's upper limit of a rate. A gain of 10 to 20 % may also be all there is to gain (noisy labels): only at such a
 * rate is coming to rest there a symptom.
 */
const SUSPECT_RATE = 0.01;
/** Without a fallen norm only a loss that did not move at all is stuck. */
const NOTHING = 0.03;
/** Where rows scatter more than this around an unmoved level, a gain as small as {@link NOTHING} would not show: no claim. */
const BLURRED = 0.05;
/** The first row is one batch: so much of its noise is granted at most. */
const SLACK = 0.01;
/** The level part must be most of the run. */
const LEVEL_SHARE = 0.5;
/** Width of the level band: three times what window medians differ by anyway, at least 1 %. */
const BAND_SIGMAS = 3;
const MOSTLY = 0.9;
const BAND_SHARE = 0.01;
/** Row noise above this share of the loss hides a slow fall. */
const LOUD = 0.1;
const TREND = -0.35;
/** A run that came to rest within 10 % of its start is stuck though it creeps within this band, unless it descends steadily. */
const STUCK_BAND = 0.05;
const STEADY_DESCENT = -0.8;
/** A log that begins at a later step continues an older run, whose loss fell before. */
const LATE_START = 0.1;

const POLICY_FALL_DECADES = 3;
const POLICY_EARLY = 0.25;
/** A rare action brings a gradient back for a row. */
const POLICY_LASTS = 0.8;
const POLICY_VARIES = 0.05;

export const lossPlateau: LogRule = {
  meta,
  check(facts) {
    const policy =
      facts.lossRole === 'policy' && facts.reward !== null ? earlyPolicy(facts, facts.reward) : null;
    if (policy !== null) {
      return [policy];
    }
    const silent = whyLossIsSilent(facts);
    if (silent !== null || facts.lossCurve === null || facts.progress === null) {
      return { notChecked: silent ?? 'no training loss is logged' };
    }
    if (facts.lossCurve.length < FEWEST_ROWS) {
      return { notChecked: `only ${facts.lossCurve.length} rows of loss: too few to call it level` };
    }
    const finding = levelLoss(facts, facts.lossCurve);
    return finding === null ? [] : [finding];
  },
};

function levelLoss(facts: RunFacts, loss: Curve): LogFinding | null {
  const { progress, lossLevels } = facts;
  if (
    progress === null ||
    progress.verdict === 'unknown' ||
    !(progress.improvement < LITTLE) ||
    progress.end > progress.start * 1.1
  ) {
    return null;
  }
  const known = Array.from(lossLevels.keys()).filter((w) => !Number.isNaN(lossLevels[w] ?? Number.NaN));
  const level = (w: number): number => lossLevels[w] ?? Number.NaN;
  const fall = normFall(facts);
  const rested = fall >= NORM_FALL_DECADES;
  const stuck = progress.verdict === 'stuck' && rested;
  const centre = median(known.slice(known.length >> 1).map(level));
  const band = Math.max((stuck ? STUCK_BAND : BAND_SHARE) * centre, BAND_SIGMAS * levelNoise(lossLevels));
  const isLevel = (w: number): boolean => Math.abs(level(w) - centre) <= band;
  const first = known.findIndex(
    (w, at) => isLevel(w) && known.slice(at).filter(isLevel).length >= MOSTLY * (known.length - at),
  );
  if (first < 0) {
    return null;
  }
  const stretch = known.slice(first);
  if (stretch.length < known.length * LEVEL_SHARE || progress.noise > LOUD * progress.end) {
    return null;
  }
  if (steadiness(stretch.map(level)) < (stuck ? STEADY_DESCENT : TREND)) {
    return null;
  }
  const start = Math.max(progress.start, Number.MIN_VALUE);
  const moved = progress.improvement - Math.min(SLACK, (2 * progress.noise) / start) >= NOTHING;
  const suspect =
    rested && !isFineTuning(facts) && (progress.verdict === 'stuck' || highestRate(facts) >= SUSPECT_RATE);
  if ((moved && !suspect) || (!rested && startsLate(facts))) {
    return null;
  }
  const window = stretch[0] ?? 0;
  const index = firstRowWhere(
    loss,
    facts.windows[window] ?? 0,
    (value) => Math.abs(value - progress.end) <= band,
  );
  const at = momentOf(loss, index);
  const norm = Number.isNaN(fall)
    ? ''
    : rested
      ? `; the gradient norm fell to ${say(10 ** -fall)} of its start`
      : '';
  const blurred = !rested && progress.noise > BLURRED * progress.end;
  return toFinding(meta, facts, {
    severity: blurred ? 'info' : 'warning',
    at,
    end: null,
    message:
      `The loss is stuck at ${say(progress.end)} since ${sayWhen(facts, at)}, ${say(100 * progress.improvement)} % below its start of ` +
      `${say(progress.start)}${norm}.`,
    evidence: {
      lossStart: progress.start,
      lossEnd: progress.end,
      improvement: progress.improvement,
      shareOfRun: stretch.length / known.length,
      ...(Number.isNaN(fall) ? {} : { normFall: 10 ** -fall }),
    },
    remedies: rested
      ? ['lower-lr', 'lr-warmup', 'he-init', 'batch-norm', 'logits-loss']
      : ['raise-lr', 'logits-loss', 'he-init', 'batch-norm', 'lower-lr'],
    parameters: rested ? layersThatFell(facts, NORM_FALL_DECADES) : [],
    series: [...loss.series, ...(rested && !facts.normIsSummed ? (facts.norm?.series ?? []) : [])],
  });
}

function startsLate(facts: RunFacts): boolean {
  const segment = facts.run.segments[0];
  return (
    segment !== undefined &&
    facts.run.axis.kind === 'step' &&
    segment.firstStep > LATE_START * segment.lastStep
  );
}

function isFineTuning(facts: RunFacts): boolean {
  const highest = highestRate(facts);
  return highest > 0 && highest <= FINE_TUNING_RATE;
}

function highestRate(facts: RunFacts): number {
  if (facts.lrCurve === null) {
    return 0;
  }
  const { highest, hasNaN } = highestValue.of(facts.lrCurve);
  return hasNaN ? Number.NaN : Math.max(0, highest);
}

/** Decades by which the norm's level fell from the start of the run to its last quarter; NaN without a norm. */
function normFall(facts: RunFacts): number {
  const levels = Array.from(facts.normLevels).filter((level) => !Number.isNaN(level));
  return levels.length < 4
    ? Number.NaN
    : Math.max(...levels.slice(0, 3)) - median(levels.slice(-Math.ceil(levels.length / 4)));
}

/** A policy that stopped learning early though its reward neither settled nor kept its best. */
function earlyPolicy(facts: RunFacts, reward: Curve): LogFinding | null {
  const { norm, normLevels, windows } = facts;
  const rewards = windowMedians(reward, windows);
  const known = Array.from(normLevels.keys()).filter((w) => !Number.isNaN(normLevels[w] ?? Number.NaN));
  if (norm === null || known.length < 8) {
    return null;
  }
  const level = (w: number): number => normLevels[w] ?? Number.NaN;
  const start = Math.max(...known.slice(0, 3).map(level));
  const low = (w: number): boolean => level(w) <= start - POLICY_FALL_DECADES;
  const fallen = known.findIndex(
    (w, at) => low(w) && known.slice(at).filter(low).length >= POLICY_LASTS * (known.length - at),
  );
  if (fallen < 0 || fallen > known.length * POLICY_EARLY) {
    return null;
  }
  const after = rewards.filter((value, w) => w >= (known[fallen] ?? 0) && !Number.isNaN(value));
  const best = Math.max(...rewards.filter((value) => !Number.isNaN(value)));
  const end = median(after.slice(-Math.ceil(after.length / 4)));
  const varies = robustSigma(after) / Math.abs(median(after));
  if (!(varies >= POLICY_VARIES) || !(end < best)) {
    return null;
  }
  // The fall began where the norm last stood within a decade of its start.
  const limit = 10 ** (start - 1);
  const now = median(known.slice(-Math.ceil(known.length / 4)).map(level));
  const index = firstRowWhere(norm, windows[0] ?? 0, (value) => value < limit);
  const at = momentOf(norm, index);
  return toFinding(meta, facts, {
    severity: 'warning',
    at,
    end: null,
    message:
      `The policy stopped learning at ${sayWhen(facts, at)}: gradients fell from ${say(10 ** start)} to ${say(10 ** now)} ` +
      `while the reward is ${say(end)} and had reached ${say(best)}.`,
    evidence: { norm: 10 ** now, baseline: 10 ** start, reward: end, rewardBest: best },
    remedies: ['lower-lr', 'lr-warmup'],
    parameters: facts.layers.map((layer) => layer.parameter ?? layer.name),
    series: [...norm.series, ...reward.series],
  });
}
