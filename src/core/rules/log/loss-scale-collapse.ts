import { type Curve, momentOf } from '../../run/factsTimeline';
import { RowFold } from '../../run/rowFold';
import type { LogRule, RuleDoc, RuleMeta } from '../rule';
import { say, sayWhen, toFinding } from './incident';

const doc: RuleDoc = {
  sees: [
    'A dynamic loss scale that fell by a factor of 1,024 or more to 1 or below, or that is still falling at the end of the log after as deep a fall from its own settled level.',
    'Halvings in the first twentieth of the run are the scale finding its level.',
  ].join(' '),
  why: 'Every halving is a step whose gradients overflowed and was skipped. A scale at its floor means that steps overflow without any scaling: the gradients themselves explode.',
  reference: {
    title: 'Micikevicius et al., Mixed Precision Training, section 3.2 (2018)',
    url: 'https://arxiv.org/abs/1710.03740',
  },
  whenWrong: 'A constant scale (bfloat16 runs print 1.0 or -1.0) is none.',
  example: [
    'step,loss,loss_scale',
    ...Array.from(
      { length: 40 },
      (_, i) => `${i * 10},2.5,${i < 10 ? 65536 : 65536 / 2 ** Math.min(17, i - 9)}`,
    ),
  ].join('\n'),
  better: [
    'step,loss,loss_scale',
    ...Array.from(
      { length: 40 },
      (_, i) => `${i * 10},${(3 - i * 0.05).toFixed(2)},${i < 2 ? 65536 / 2 ** i : 32768}`,
    ),
  ].join('\n'),
};

const meta: RuleMeta = {
  code: 'GI008',
  name: 'loss-scale-collapse',
  title: 'The loss scale collapsed',
  severity: 'warning',
  subject: 'log',
  remedies: ['clip-grad-norm', 'lower-lr', 'unscale'],
  doc,
};

/** 2^10: from PyTorch's initial 2^16 a healthy fp16 run settles within a few halvings, and never returns to the start of its range. */
const FALL = 1024;
const SETTLING_SHARE = 0.05;
const FLOOR = 1;

export const lossScaleCollapse: LogRule = {
  meta,
  check(facts) {
    const scale = facts.lossScaleCurve;
    if (scale === null || scale.length < 4) {
      return { notChecked: 'no loss scale is logged' };
    }
    const settled = Math.floor(scale.length * SETTLING_SHARE);
    const topAt = highestFrom(scale, settled);
    const top = Math.max(0, scale.value[topAt] ?? 0);
    const end = scale.value[scale.length - 1] ?? Number.NaN;
    const quarter = scale.value[Math.floor(scale.length * 0.75)] ?? Number.NaN;
    // A scale that is printed with a few decimals, or halved beyond what the format holds, ends at zero.
    const fallen = end >= 0 && top >= FALL * Math.max(end, Number.MIN_VALUE) && top >= FLOOR;
    if (!fallen || (end > FLOOR && !(end < quarter))) {
      return [];
    }
    const at = momentOf(scale, Math.min(topAt + 1, scale.length - 1));
    return [
      toFinding(meta, facts, {
        severity: 'warning',
        at,
        end: null,
        message: `The loss scale collapsed from ${say(top)} to ${say(end)} since ${sayWhen(facts, at)}: step after step overflows and is skipped.`,
        evidence: {
          baseline: top,
          lossScale: end,
          ...(end > 0 ? { halvings: Math.round(Math.log2(top / end)) } : {}),
          skippedSteps: facts.run.skips.length,
        },
        remedies: ['clip-grad-norm', 'lower-lr', 'unscale'],
        series: [...scale.series],
      }),
    ];
  },
};

/** Rows above everything that comes after them, first to last. */
const peaks = new RowFold<number[]>(
  () => [],
  (rows, { value }, row) => {
    const here = value[row] ?? 0;
    if (!(here >= 0)) {
      return;
    }
    while (rows.length > 0 && (value[rows[rows.length - 1] ?? 0] ?? 0) <= here) {
      rows.pop();
    }
    rows.push(row);
  },
);

/** Row of the largest value from a row on, the last one of several; that row itself when none is positive. */
function highestFrom(scale: Curve, from: number): number {
  const rows = peaks.of(scale);
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle] ?? 0) < from) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return rows[low] ?? from;
}
