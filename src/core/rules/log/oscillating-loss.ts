import { whyLossIsSilent } from '../../run/factsLossLevel';
import { type Curve, momentOf } from '../../run/factsTimeline';
import { median, robustSigma } from '../../run/stats';
import type { LogRule, RuleDoc, RuleMeta } from '../rule';
import { say, sayWhen, toFinding } from './incident';

const doc: RuleDoc = {
  sees: [
    'A loss that swings up and down with growing amplitude: the median swing between neighbouring turning points of the last third is at least 1.6 times that',
    "of the first third (gradsnitch's factor), on the scale of the loss itself, with at least six turns in each, and is a tenth of the initial loss or more.",
    '**Warning** when the loss is no better than at its start, else **info**.',
  ].join(' '),
  why: 'Steps that overshoot the valley land higher on the other side each time: the learning rate is above the edge of stability.',
  reference: {
    title:
      'Cohen et al., Gradient Descent on Neural Networks Typically Occurs at the Edge of Stability (2021)',
    url: 'https://arxiv.org/abs/2103.00065',
  },
  whenWrong: 'A cyclic learning rate swings the loss too, but with equal or falling amplitude.',
  example: [
    'step,loss',
    ...Array.from(
      { length: 60 },
      (_, i) => `${i},${(2.1 + (i % 2 === 0 ? 1 : -1) * (0.2 + 0.025 * i) + 0.013 * (i % 5)).toFixed(4)}`,
    ),
  ].join('\n'),
  better: [
    'step,loss',
    ...Array.from(
      { length: 60 },
      (_, i) => `${i},${(0.3 + 1.8 * 0.95 ** i + (i % 2 === 0 ? 1 : -1) * 0.2 * 0.95 ** i).toFixed(4)}`,
    ),
  ].join('\n'),
};

const meta: RuleMeta = {
  code: 'GI010',
  name: 'oscillating-loss',
  title: 'The loss oscillates with growing swings',
  severity: 'warning',
  subject: 'log',
  remedies: ['lower-lr', 'clip-grad-norm'],
  doc,
};

const FEWEST_ROWS = 24;
const FEWEST_TURNS = 6;
/** So many rows of a stretch are enough for a median swing: its standard error is about 2 % of the spread. */
const PIECES = 16;
const PIECE_ROWS = 256;
/** gradsnitch's GS009. */
const GROWTH = 1.6;
const OF_START = 0.1;
/** Three standard errors of the medians, so that two handfuls of swings that differ by luck are no growth. */
const CLEAR_SIGMAS = 3;

export const oscillatingLoss: LogRule = {
  meta,
  check(facts) {
    const silent = whyLossIsSilent(facts);
    const { lossCurve: loss, progress } = facts;
    if (silent !== null || loss === null || progress === null) {
      return { notChecked: silent ?? 'no training loss is logged' };
    }
    if (loss.length < FEWEST_ROWS) {
      return { notChecked: `only ${loss.length} rows of loss: too few to see it swing` };
    }
    const third = Math.floor(loss.length / 3);
    const early = swings(loss, 0, third);
    const middle = swings(loss, third, 2 * third);
    const late = swings(loss, 2 * third, loss.length);
    const [before, between, after] = [median(early), median(middle), median(late)];
    if (
      early.length < FEWEST_TURNS ||
      late.length < FEWEST_TURNS ||
      !(between >= before && after >= between)
    ) {
      return [];
    }
    if (Math.log(after / before) < CLEAR_SIGMAS * Math.hypot(errorOf(early), errorOf(late))) {
      return [];
    }
    if (!(progress.start > 0) || !(after >= GROWTH * before) || !(after >= OF_START * progress.start)) {
      return [];
    }
    const at = momentOf(loss, third);
    return [
      toFinding(meta, facts, {
        severity: progress.end >= progress.start ? 'warning' : 'info',
        at,
        end: null,
        message: `The loss oscillates with growing swings: ${say(before)} at first, ${say(after)} in the last third, since about ${sayWhen(facts, at)}.`,
        evidence: {
          swingBefore: before,
          swing: after,
          ratio: after / before,
          lossStart: progress.start,
          lossEnd: progress.end,
        },
        remedies: ['lower-lr', 'clip-grad-norm'],
        series: [...loss.series],
      }),
    ];
  },
};

/** Standard error of the median of some swings, on the natural logarithm. */
function errorOf(heights: readonly number[]): number {
  return (
    (1.25 * robustSigma(heights.filter((height) => height > 0).map(Math.log))) / Math.sqrt(heights.length)
  );
}

/** Heights between neighbouring turning points, in a long stretch of pieces spread evenly over it. */
function swings(loss: Curve, from: number, to: number): readonly number[] {
  if (to - from <= PIECES * PIECE_ROWS) {
    return swingsOf(loss, from, to);
  }
  return Array.from({ length: PIECES }, (_, piece) => {
    const start = from + Math.floor((piece * (to - from - PIECE_ROWS)) / (PIECES - 1));
    return swingsOf(loss, start, start + PIECE_ROWS);
  }).flat();
}

/** Rows that are not finite are left out. */
function swingsOf(loss: Curve, from: number, to: number): readonly number[] {
  const values = loss.value.slice(from, to).filter(Number.isFinite);
  const heights: number[] = [];
  let turn = values[0] ?? Number.NaN;
  for (let i = 1; i < values.length - 1; i++) {
    const here = values[i] ?? Number.NaN;
    const rises = here > (values[i - 1] ?? Number.NaN);
    const falls = (values[i + 1] ?? Number.NaN) < here;
    if (rises === falls) {
      heights.push(Math.abs(here - turn));
      turn = here;
    }
  }
  return heights;
}
