import type { RunFacts } from '../../run/facts';
import { medianAround } from '../../run/factsLossLevel';
import { layersThatJumped } from '../../run/factsMovers';
import { type Curve, indexAtTime, type Moment, momentOf } from '../../run/factsTimeline';
import { RowFold } from '../../run/rowFold';
import { RollingMedian, robustSigma } from '../../run/stats';
import type { LogRule, RuleDoc, RuleMeta } from '../rule';
import { GIVEN_BACK, givenBack } from './givenBack';
import { say, sayStep, sayWhen, toFinding } from './incident';

const doc: RuleDoc = {
  sees: [
    'Single rows whose gradient norm is at least ten times the median of the 64 rows before, and six of their robust sigmas above it (on a',
    'logarithm, where norms spread evenly); three sigmas are enough where the loss took harm as well. At least 8 rows must have come before: large',
    'first values are a warm-up. It is **harmful** when the loss stays 1.5 times as high as before for the next rows, or, after a spike a hundredfold high, a tenth higher to the end of the run. **Warning** for three harmful spikes, for three in a run whose loss does not improve, or for one whose loss needs more than a twentieth of the run to come back and had lost a quarter of what the run had learned, or never comes back;',
    '**info** for others. A norm that stays up is no spike but an explosion.',
  ].join(' '),
  why: 'One bad batch can undo hundreds of steps, and poisons the moments of Adam for many more.',
  reference: {
    title: 'Chowdhery et al., PaLM: Scaling Language Modeling with Pathways, section 5.1 (2022)',
    url: 'https://arxiv.org/abs/2204.02311',
  },
  whenWrong:
    'With clipping in place a spike of the logged norm (which is taken before clipping) does no harm: the step was bounded.',
  example: [
    'step,loss,grad_norm',
    ...Array.from({ length: 60 }, (_, i) => {
      const since = i < 12 ? 0 : (i - 12) % 16;
      const hit = i >= 12 && since === 0;
      const loss = hit ? 900 : i >= 12 && since < 9 ? 3 : 0.5 + (i % 3) * 0.02;
      return `${i * 5},${loss},${hit ? 4e4 : 0.5 + (i % 4) * 0.1}`;
    }),
  ].join('\n'),
  better: [
    'step,loss,grad_norm',
    ...Array.from({ length: 60 }, (_, i) => `${i * 5},${0.5 + (i % 3) * 0.02},${0.5 + (i % 4) * 0.1}`),
  ].join('\n'),
};

const meta: RuleMeta = {
  code: 'GI004',
  name: 'gradient-spike',
  title: 'Gradient spikes',
  severity: 'warning',
  subject: 'log',
  remedies: ['clip-grad-norm', 'skip-bad-batch', 'lower-lr'],
  doc,
};

/** Rows a baseline is taken from: long enough for a median, short enough to follow a decaying norm. */
const BASELINE_ROWS = 64;
const FEWEST_ROWS = 8;
/** trainproof's factor; gradsnitch takes 8. */
const SPIKE_DECADES = 1;
/** As OLMo-core's 6 sigma, but robust and on the logarithm: on its own scale that rule fires on one healthy row in 350. */
const SPIKE_SIGMAS = 6;
/** Where the loss took harm as well, two weak signs are one strong: three sigmas are enough. */
const HARMFUL_SIGMAS = 3;
/** Norms printed with two digits have no smaller spread than this. */
const SMALLEST_SIGMA = 0.05;
/** Longer than this the norm has moved, not spiked. */
const LONGEST_ROWS = 16;
const HARM = 1.5;
/** A rise of less than this share of the initial loss is rounding at the bottom of a converged run. */
const MATTERS = 0.01;
const NOISE_SIGMAS = 3;
const OF_MEDIAN = 1.25;
const HUGE = 100;
const LEFT = 0.1;
const HARMFUL_SPIKES = 3;
const SLOW_SHARE = 0.05;

interface Spike {
  readonly index: number;
  readonly last: number;
  readonly at: Moment;
  readonly norm: number;
  readonly baseline: number;
  /** Its first row is its highest: one batch did it, nothing built up. */
  readonly isInstant: boolean;
  /** Loss before, in the rows of the spike itself, and after; NaN when unknown. */
  readonly lossBefore: number;
  readonly lossAt: number;
  readonly lossAfter: number;
  readonly harmful: boolean;
  /** Rows until the loss was back, as a share of the run. */
  readonly recovery: number;
}

export const gradientSpike: LogRule = {
  meta,
  ahead: ({ norm, ceiling }) => (norm === null || ceiling !== null ? [] : peaks.ahead(norm)),
  check(facts) {
    const { norm } = facts;
    if (norm === null) {
      return { notChecked: 'no gradient norm is logged' };
    }
    if (norm.length <= FEWEST_ROWS) {
      return { notChecked: `only ${norm.length} rows: too few for a baseline` };
    }
    if (facts.ceiling !== null) {
      return {
        notChecked: `the norm is logged after clipping at ${say(facts.ceiling.value)}: a spike cannot show`,
      };
    }
    const spikes = findSpikes(facts, norm);
    const first = spikes[0];
    if (first === undefined) {
      return [];
    }
    const harmful = spikes.filter((spike) => spike.harmful);
    const slow = harmful.filter((spike) => spike.recovery > SLOW_SHARE && costsMuch(facts, spike));
    const worst = spikes.reduce((a, b) => (b.norm / b.baseline > a.norm / a.baseline ? b : a));
    const hinders = spikes.length >= HARMFUL_SPIKES && facts.progress?.verdict === 'stuck';
    const severe = harmful.length >= HARMFUL_SPIKES || slow.length > 0 || hinders;
    const shown = harmful[0] ?? worst;
    const last = spikes[spikes.length - 1] ?? first;
    const loss = Number.isNaN(shown.lossAfter)
      ? ''
      : shown.harmful
        ? `; the loss went from ${say(shown.lossBefore)} to ${say(shown.lossAfter)} and ${
            Number.isFinite(shown.recovery)
              ? `took ${Math.max(1, Math.round(shown.recovery * 100))} % of the run to come back`
              : 'did not come back'
          }`
        : hinders
          ? `; the loss does not improve between them (${say(facts.progress?.start ?? Number.NaN)} to ${say(facts.progress?.end ?? Number.NaN)})`
          : '; the loss was not harmed';
    const count =
      spikes.length === 1
        ? `The gradient norm spiked once, at ${sayWhen(facts, first.at)}`
        : `The gradient norm spiked ${spikes.length} times from ${sayWhen(facts, first.at)} to ${sayStep(last.at.step)}`;
    return [
      toFinding(meta, facts, {
        severity: severe ? 'warning' : 'info',
        at: first.at,
        end: momentOf(norm, last.last),
        message: `${count}: ${say(worst.norm)}, x${say(worst.norm / worst.baseline)} the level of the rows before${loss}.`,
        evidence: {
          spikes: spikes.length,
          harmful: harmful.length,
          norm: worst.norm,
          baseline: worst.baseline,
          ratio: worst.norm / worst.baseline,
          ...(worst.isInstant ? { instant: 1 } : {}),
          steps: spikes.slice(0, 32).map((spike) => spike.at.step),
          ...(Number.isNaN(shown.lossAfter)
            ? {}
            : { lossBefore: shown.lossBefore, lossAt: shown.lossAt, lossAfter: shown.lossAfter }),
        },
        remedies:
          spikes.length > 1
            ? ['clip-grad-norm', 'skip-bad-batch', 'lower-lr']
            : ['clip-grad-norm', 'skip-bad-batch'],
        parameters: layersThatJumped(facts, worst.at.step),
        series: [...norm.series],
      }),
    ];
  },
};

/** Where the loss comes back, how much of it was lost says whether a slow return is trouble or harder data. */
function costsMuch({ progress }: RunFacts, { recovery, lossBefore, lossAfter }: Spike): boolean {
  return (
    !Number.isFinite(recovery) ||
    progress === null ||
    givenBack(progress.start, lossBefore, lossAfter) >= GIVEN_BACK
  );
}

/** A row or a few that stand out of the rows before: a spike, once the loss and the rest of the run are looked at. */
interface Peak {
  readonly from: number;
  readonly baseline: number;
  highest: number;
  /** High enough without harm to the loss. */
  sure: boolean;
  last: number;
}

/** Peaks of a norm, each against the rows before it. */
const peaks = new RowFold<{ readonly rolling: RollingMedian; open: Peak | null; readonly closed: Peak[] }>(
  () => ({ rolling: new RollingMedian(BASELINE_ROWS), open: null, closed: [] }),
  (state, norm, row) => {
    const value = norm.value[row] ?? Number.NaN;
    const log = value > 0 && Number.isFinite(value) ? Math.log10(value) : Number.NaN;
    const { rolling, open } = state;
    const sigmas = rolling.length >= FEWEST_ROWS ? sigmasAbove(log, rolling) : 0;
    if (sigmas >= HARMFUL_SIGMAS) {
      const sure = sigmas >= SPIKE_SIGMAS;
      if (open === null) {
        state.open = { from: row, baseline: 10 ** rolling.median(), highest: row, sure, last: row };
      } else {
        open.highest = value > (norm.value[open.highest] ?? 0) ? row : open.highest;
        open.sure ||= sure;
        open.last = row;
      }
    } else if (open !== null) {
      if (row - open.from <= LONGEST_ROWS && Number.isFinite(value)) {
        state.closed.push(open);
      }
      state.open = null;
    }
    rolling.push(log);
  },
);

function findSpikes(facts: RunFacts, norm: Curve): readonly Spike[] {
  return peaks
    .of(norm)
    .closed.map((peak) => ({ spike: describe(facts, norm, peak), sure: peak.sure }))
    .filter(({ spike, sure }) => sure || spike.harmful)
    .map(({ spike }) => spike);
}

/** How many robust sigmas a row stands above the rows before, 0 when it is not ten times as high. */
function sigmasAbove(log: number, rolling: RollingMedian): number {
  const above = log - rolling.median();
  return above >= SPIKE_DECADES ? above / Math.max(SMALLEST_SIGMA, rolling.sigma()) : 0;
}

function describe(facts: RunFacts, norm: Curve, peak: Peak): Spike {
  const { last } = peak;
  const at = momentOf(norm, peak.from);
  const { lossCurve, lossRole } = facts;
  const next = momentOf(norm, Math.min(last + 1, norm.length - 1)).time;
  const readable = lossCurve !== null && lossRole === 'minimised';
  const lossBefore = readable ? medianAround(lossCurve, at.time, -FEWEST_ROWS) : Number.NaN;
  const lossAfter = readable ? medianAround(lossCurve, next, FEWEST_ROWS / 2) : Number.NaN;
  const lossAt = readable ? medianAround(lossCurve, at.time, FEWEST_ROWS / 2) : Number.NaN;
  const ratio = (norm.value[peak.highest] ?? Number.NaN) / peak.baseline;
  const left = readable && ratio >= HUGE && leftItsLevel(facts, lossCurve, at.time, next);
  const harmful =
    left ||
    (lossBefore > 0 &&
      lossAfter >= HARM * lossBefore &&
      lossAfter - lossBefore >= MATTERS * Math.abs(facts.progress?.start ?? 0) &&
      lossAfter - lossBefore >= NOISE_SIGMAS * noiseBefore(lossCurve, at.time) &&
      Math.log(lossAfter / lossBefore) >= NOISE_SIGMAS * noiseBefore(lossCurve, at.time, Math.log));
  return {
    index: peak.from,
    last,
    at,
    norm: norm.value[peak.highest] ?? Number.NaN,
    baseline: peak.baseline,
    isInstant: peak.highest === peak.from,
    lossBefore,
    lossAt,
    lossAfter,
    harmful,
    recovery: left
      ? Number.POSITIVE_INFINITY
      : harmful && lossCurve !== null
        ? recoveryOf(lossCurve, next, lossBefore)
        : 0,
  };
}

/** After a spike a hundredfold high less is enough for harm: a loss that is higher from then to the end, beyond its noise. */
function leftItsLevel(facts: RunFacts, loss: Curve, at: number, next: number): boolean {
  const before = medianAround(loss, at, -2 * FEWEST_ROWS);
  const error = (NOISE_SIGMAS * OF_MEDIAN * noiseBefore(loss, at)) / Math.sqrt(FEWEST_ROWS);
  const limit = before + Math.max(error, LEFT * before);
  return (
    before > 0 &&
    medianAround(loss, next, FEWEST_ROWS) >= limit &&
    (facts.progress?.end ?? Number.NaN) >= limit
  );
}

/**
 * Robust sigma of the loss, on a scale, in the rows before a time; 0 when unknown. A loss that falls fast differs from row to
 * row by less than it falls over these rows: its trend is no noise.
 */
function noiseBefore(loss: Curve | null, time: number, scale = (value: number): number => value): number {
  if (loss === null) {
    return 0;
  }
  const at = indexAtTime(loss, time);
  const rows = loss.value
    .slice(Math.max(0, at - 2 * FEWEST_ROWS), at)
    .map(scale)
    .filter(Number.isFinite);
  const steps = rows.slice(1).map((value, i) => value - (rows[i] ?? value));
  return Math.min(robustSigma(rows) || 0, (robustSigma(steps) || 0) / Math.SQRT2);
}

/** Share of the run's rows until three rows in a row are near the loss before; Infinity when that never happens. */
function recoveryOf(loss: Curve, from: number, before: number): number {
  let calm = 0;
  const start = indexAtTime(loss, from);
  for (let i = start; i < loss.length; i++) {
    calm = (loss.value[i] ?? Number.NaN) <= 1.2 * before ? calm + 1 : 0;
    if (calm === 3) {
      return (i - start - 1) / loss.length;
    }
  }
  return Number.POSITIVE_INFINITY;
}
