import type { RunFacts } from '../../run/facts';
import { type Curve, momentOf } from '../../run/factsTimeline';
import { fixedDecimals } from '../../run/factsUnits';
import { zeroRows } from '../../run/stretches';
import type { LogFinding } from '../finding';
import type { LogRule, RuleDoc, RuleMeta } from '../rule';
import { say, sayWhen, toFinding } from './incident';
import { fadeOf } from './plateau/fadedRate';

const doc: RuleDoc = {
  sees: [
    'A learning rate of exactly 0 for at least ten rows in a row that are a tenth of the run: training goes on, but nothing can change. **Info** where the stretch is the start of the run.',
    'Or a rate below a millionth of its highest one for at least half of the run: such steps are smaller than float32 can add to a usual weight.',
    'Rates printed with fixed decimals that fade into 0 (`lr: 0.000001`, `lr: 0.000000`) are left alone: such a zero only says "small".',
  ].join(' '),
  why: 'A schedule that ends before training does, counts in the wrong unit, or never leaves its warm-up wastes every step at zero.',
  reference: {
    title: 'PyTorch documentation: How to adjust learning rate',
    url: 'https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate',
  },
  whenWrong:
    'A logger that shows one of several parameter groups may show the one that is frozen on purpose.',
  example: [
    'step,loss,lr',
    ...Array.from(
      { length: 40 },
      (_, i) =>
        `${i * 10},${(3 - Math.min(i, 25) * 0.05).toFixed(3)},${i < 25 ? 3.1415e-4 * (1 - i / 25) : 0}`,
    ),
  ].join('\n'),
  better: [
    'step,loss,lr',
    ...Array.from(
      { length: 40 },
      (_, i) => `${i * 10},${(3 - i * 0.05).toFixed(3)},${3.1415e-4 * (1 - i / 39)}`,
    ),
  ].join('\n'),
};

const meta: RuleMeta = {
  code: 'GI009',
  name: 'learning-rate-zero',
  title: 'The learning rate is zero',
  severity: 'warning',
  subject: 'log',
  remedies: ['schedule-per-epoch', 'raise-lr'],
  doc,
};

/** A cosine or linear schedule ends at 0 in its last row; ten rows, and a tenth of the run, are no end but a stretch. */
const FEWEST_ROWS = 10;
const FEWEST_SHARE = 0.1;
const FADING_UNITS = 10;
/** At the start the rate stays 0 while mixed precision skips its first steps; that is no fault unless it takes half the run. */
const MOST_OF_RUN = 0.5;

export const learningRateZero: LogRule = {
  meta,
  check(facts) {
    const rate = facts.lrCurve;
    if (rate === null) {
      return { notChecked: 'no learning rate is logged' };
    }
    const zeros = zeroRows.of(rate);
    const learns = facts.progress?.verdict === 'learning' || facts.progress?.verdict === 'little';
    if (learns && zeros.total === rate.length) {
      return {
        notChecked: 'the learning rate is 0 throughout though the loss falls: it is printed too coarsely',
      };
    }
    const { longest } = zeros;
    const rows = longest === null ? 0 : longest.to - longest.from;
    if (longest === null || rows < Math.max(FEWEST_ROWS, rate.length * FEWEST_SHARE)) {
      return fadedRate(facts, rate);
    }
    if (isRounded(rate, longest.from, longest.to)) {
      return { notChecked: 'the learning rate is printed with fixed decimals: 0 may be a small rate' };
    }
    const at = momentOf(rate, longest.from);
    const until = longest.to;
    const share = rows / rate.length;
    return [
      toFinding(meta, facts, {
        severity: longest.from === 0 && share < MOST_OF_RUN ? 'info' : 'warning',
        at,
        end: until < rate.length ? momentOf(rate, until - 1) : null,
        message: `The learning rate is 0 from ${sayWhen(facts, at)}${until < rate.length ? '' : ' to the end'}: ${say(100 * share)} % of the run changed nothing.`,
        evidence: { rows, shareOfRun: share },
        // A schedule that has come to its end multiplies whatever it is given by 0.
        remedies: until < rate.length || longest.from === 0 ? ['raise-lr'] : ['schedule-per-epoch'],
        series: [...rate.series],
      }),
    ];
  },
};

/** A schedule that shrank the rate to nothing long before the run ended, most often because it counts steps as epochs. */
function fadedRate(facts: RunFacts, rate: Curve): readonly LogFinding[] {
  const fade = fadeOf(facts, rate);
  if (fade === null) {
    return [];
  }
  const { at, highest, last, share } = fade;
  return [
    toFinding(meta, facts, {
      severity: 'warning',
      at,
      end: null,
      message:
        `The learning rate faded from ${say(highest)} to ${say(last)}: since ${sayWhen(facts, at)}, ` +
        `for ${say(100 * share)} % of the run, steps are too small to change a weight.`,
      evidence: { highest, last, shareOfRun: share },
      remedies: ['schedule-per-epoch'],
      series: [...rate.series],
    }),
  ];
}

/** A schedule printed with fixed decimals fades through the last of them into 0; a rate that ends falls from far above. */
function isRounded(rate: Curve, from: number, until: number): boolean {
  const zeros = zeroRows.of(rate);
  const first = Array.from(
    { length: Math.min(64, rate.length - zeros.total) },
    (_, rank) => rate.value[zeros.unmarked(rank)] ?? 0,
  );
  const decimals = fixedDecimals(first);
  const beside = Math.max(rate.value[from - 1] ?? 0, rate.value[until] ?? 0);
  return decimals !== null && beside < FADING_UNITS * 10 ** -decimals;
}
