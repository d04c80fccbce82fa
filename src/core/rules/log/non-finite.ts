import type { RemedyId } from '../../remedies/remedy';
import type { RunFacts } from '../../run/facts';
import { type Curve, indexAtTime, type Moment, momentOf } from '../../run/factsTimeline';
import { nameOf } from '../../run/profile';
import { median } from '../../run/stats';
import type { LogFinding } from '../finding';
import type { LogRule, RuleDoc, RuleMeta } from '../rule';
import { type Incident, looksRecurrent, say, sayNames, sayWhen, toFinding } from './incident';

const doc: RuleDoc = {
  sees: [
    'A gradient norm or the loss that is NaN or infinite. **Error** when it stays so until the end of the log (or for at least 3 rows at',
    'its end), or when the loss is printed as exactly 0 beside a NaN norm, as the Hugging Face Trainer does after divergence. **Warning** when it',
    'comes and goes in more than 5 % of the rows after the first twentieth of the run, when the loss itself is hit, or when the run came to harm. **Info** for the rest:',
    'mixed precision overflows now and then, skips that step and lowers its loss scale. That is how dynamic loss scaling finds its level.',
  ].join(' '),
  why: 'One step with a non-finite gradient makes every weight NaN, unless the step is skipped. Nothing after it is training.',
  reference: {
    title: 'Micikevicius et al., Mixed Precision Training (2018)',
    url: 'https://arxiv.org/abs/1710.03740',
  },
  whenWrong:
    'A logger may print NaN for a mean over no values (no episode ended, no batch was kept). Then the gradient norm stays finite.',
  example: [
    'step: 1 loss: 2.31 grad_norm: 1.1',
    'step: 2 loss: 2.30 grad_norm: 1.2',
    'step: 3 loss: 2.28 grad_norm: 1.0',
    'step: 4 loss: 2.25 grad_norm: nan',
    'step: 5 loss: nan grad_norm: nan',
    'step: 6 loss: nan grad_norm: nan',
    'step: 7 loss: nan grad_norm: nan',
  ].join('\n'),
  better: [
    'step: 1 loss: 2.31 grad_norm: 1.1',
    'step: 2 loss: 2.30 grad_norm: 1.2',
    'step: 3 loss: 2.28 grad_norm: 1.0',
    'step: 4 loss: 2.25 grad_norm: 1.1',
    'step: 5 loss: 2.19 grad_norm: 1.2',
    'step: 6 loss: 2.12 grad_norm: 1.1',
    'step: 7 loss: 2.04 grad_norm: 1.0',
  ].join('\n'),
};

const meta: RuleMeta = {
  code: 'GI001',
  name: 'non-finite',
  title: 'NaN or infinite gradient or loss',
  severity: 'error',
  subject: 'log',
  remedies: [
    'clip-grad-norm',
    'move-clip',
    'lower-lr',
    'lr-warmup',
    'eps',
    'logits-loss',
    'orthogonal-init',
    'gru',
    'lstm',
    'unscale',
    'skip-bad-batch',
  ],
  doc,
};

/** Two rows at the end of a log may be an overflow that the next row would have recovered from. */
const LASTING_ROWS = 3;
/** Dynamic loss scaling starts at 2^16 and halves at each overflow: it settles within about 16 steps of a run. */
const SETTLING_SHARE = 0.05;
const SETTLING_ROWS = 16;
/** At its level the loss scale doubles every 2,000 steps and overflows about once each time; 5 % is a hundred times that. */
const USUAL_OVERFLOWS = 0.05;
/** Growth of the norm before the end that names an explosion as the cause (the same decade as `exploding-gradient`). */
const GROWTH_BEFORE = 10;
const ROWS_BEFORE = 10;

export const nonFinite: LogRule = {
  meta,
  check(facts) {
    const curves = [facts.norm, facts.lossCurve].filter((curve) => curve !== null);
    if (curves.length === 0) {
      return { notChecked: 'neither a gradient norm nor a loss is logged' };
    }
    const first = earliest([
      ...curves.map((curve) => firstBad(curve)),
      ...facts.tracks.map((track) => track.firstNonfinite),
    ]);
    return first === null ? besides(facts) : [toFinding(meta, facts, judge(facts, first))];
  },
};

/** Further losses and norms (a second optimizer, one term of the loss). Rows of NaN are usual there, an end in NaN is not. */
function besides(facts: RunFacts): readonly LogFinding[] {
  const main = new Set([...(facts.norm?.series ?? []), ...(facts.lossCurve?.series ?? [])]);
  for (const series of facts.run.series) {
    const { points } = series;
    if (series.split !== 'train' || main.has(series.id) || !['loss', 'grad-norm'].includes(series.kind)) {
      continue;
    }
    let from = points.length;
    while (from > 0 && !Number.isFinite(points.value(from - 1))) {
      from--;
    }
    if (from > 0 && points.length - from >= LASTING_ROWS) {
      const at = { time: points.step(from), step: points.step(from), line: points.line(from) };
      return [
        toFinding(meta, facts, {
          severity: 'warning',
          at,
          end: null,
          message: `${series.name} is not finite from ${sayWhen(facts, at)} to the end, though it was before; the main loss is.`,
          evidence: { rows: points.length - from },
          remedies: ['eps', 'clip-grad-norm', 'lower-lr'],
          parameters: series.parameter === null ? [] : [series.parameter],
          series: [series.id],
        }),
      ];
    }
  }
  return [];
}

function judge(facts: RunFacts, first: Moment): Incident {
  const loss = stretchAtEnd(facts.lossCurve);
  const norm = stretchAtEnd(facts.norm);
  const lasting = earliest([
    loss.rows >= LASTING_ROWS ? loss.from : null,
    norm.rows >= LASTING_ROWS ? norm.from : null,
  ]);
  const at = lasting === null ? first : connectedStart(facts, lasting);
  const parameters = facts.tracks.filter((track) => track.firstNonfinite?.time === at.time).map(nameOf);
  const normBad = countBad(facts.norm);
  const lossBad = countBad(facts.lossCurve);
  const series = [
    ...(lossBad > 0 ? (facts.lossCurve?.series ?? []) : []),
    ...(normBad > 0 && !facts.normIsSummed ? (facts.norm?.series ?? []) : []),
    ...facts.tracks.filter((track) => track.nonfinite > 0).map((track) => track.series.id),
  ];
  const growth = growthBefore(facts.norm, at);
  const evidence = {
    rowsGradient: normBad,
    rowsLoss: lossBad,
    ...(growth === null ? {} : { baseline: growth.baseline, lastFinite: growth.last, ratio: growth.ratio }),
    ...(facts.lossScaleCurve === null ? {} : { lossScaleRows: facts.lossScaleCurve.length }),
    skippedSteps: facts.run.skips.length,
  };
  const what =
    lossBad > 0 && normBad > 0
      ? 'Loss and gradients are'
      : lossBad > 0
        ? 'The loss is'
        : 'The gradient norm is';
  const who =
    parameters.length > 0 && parameters.length < facts.tracks.length
      ? `, first in ${sayNames(parameters)}`
      : '';
  const before = sayBefore(facts, at, growth);
  if (lasting !== null) {
    return {
      severity: 'error',
      at,
      end: null,
      message: `${what} not finite from ${sayWhen(facts, at)} to the end${who}; ${before}.`,
      evidence,
      remedies: remediesFor(facts, at, growth?.ratio ?? Number.NaN),
      parameters,
      series,
    };
  }
  const rows = Math.max(facts.norm?.length ?? 0, facts.lossCurve?.length ?? 0);
  const bad = Math.max(normBad, lossBad);
  const overflows = facts.run.skips.length > 0 || facts.lossScaleCurve !== null;
  const harmed = isHarmed(facts);
  const settling = badAfterSettling(facts) === 0;
  const many = badAfterSettling(facts) > Math.max(1, rows * USUAL_OVERFLOWS);
  const severe = harmed || (lossBad > 0 && !overflows && !settling) || (many && !settling);
  const usual = overflows
    ? 'mixed precision skipped these steps and lowered its loss scale'
    : settling
      ? 'only at the start, as when a loss scale settles'
      : 'the rows after them are finite again';
  return {
    severity: severe ? (harmed ? 'error' : 'warning') : 'info',
    at,
    end: lastBad(facts),
    message: `${what} not finite in ${bad} of ${rows} rows, first at ${sayWhen(facts, at)}${who}; ${
      harmed
        ? `the loss went from ${say(facts.progress?.start ?? Number.NaN)} to ${say(facts.progress?.end ?? Number.NaN)}`
        : usual
    }.`,
    evidence,
    remedies:
      overflows && !harmed
        ? ['unscale', 'lower-lr', 'clip-grad-norm']
        : remediesFor(facts, at, growth?.ratio ?? Number.NaN),
    parameters,
    series,
  };
}

function isBad(curve: Curve, index: number): boolean {
  return !Number.isFinite(curve.value[index] ?? 0);
}

function firstBad(curve: Curve): Moment | null {
  for (let i = 0; i < curve.length; i++) {
    if (isBad(curve, i)) {
      return momentOf(curve, i);
    }
  }
  return null;
}

function lastBad(facts: RunFacts): Moment | null {
  let last: Moment | null = null;
  for (const curve of [facts.norm, facts.lossCurve]) {
    for (let i = (curve?.length ?? 0) - 1; curve !== null && i >= 0; i--) {
      if (isBad(curve, i)) {
        const moment = momentOf(curve, i);
        last = last === null || moment.time > last.time ? moment : last;
        break;
      }
    }
  }
  return last;
}

function countBad(curve: Curve | null): number {
  let count = 0;
  for (let i = 0; i < (curve?.length ?? 0); i++) {
    count += curve !== null && isBad(curve, i) ? 1 : 0;
  }
  return count;
}

/** Non-finite rows that last until the end of a curve. */
function stretchAtEnd(curve: Curve | null): { readonly rows: number; readonly from: Moment | null } {
  let from = curve?.length ?? 0;
  while (curve !== null && from > 0 && isBad(curve, from - 1)) {
    from--;
  }
  const rows = (curve?.length ?? 0) - from;
  return { rows, from: curve === null || rows === 0 ? null : momentOf(curve, from) };
}

/** Where the incident that lasts to the end began, by whichever curve shows it first without a finite row in between. */
function connectedStart(facts: RunFacts, lasting: Moment): Moment {
  let start = lasting;
  for (const curve of [facts.norm, facts.lossCurve]) {
    if (curve === null) {
      continue;
    }
    let i = indexAtTime(curve, start.time) - (isBad(curve, indexAtTime(curve, start.time)) ? 0 : 1);
    while (i >= 0 && isBad(curve, i)) {
      start = momentOf(curve, i);
      i--;
    }
  }
  for (const track of facts.tracks) {
    const moment = track.firstNonfinite;
    if (moment !== null && moment.time < start.time && track.nonfinite > 1 && facts.normIsSummed) {
      start = moment;
    }
  }
  return start;
}

/**
 * Loss far above where it was, or stuck at an exact zero beside a norm that was not finite: the Trainer of Hugging Face
 * leaves NaN losses out of its mean, and prints 0 when none is left.
 */
function isHarmed(facts: RunFacts): boolean {
  const { progress, lossCurve, lossRole } = facts;
  if (progress === null || lossCurve === null) {
    return false;
  }
  const tail = lossCurve.value.slice(-LASTING_ROWS);
  const zeroAtEnd =
    tail.length === LASTING_ROWS &&
    tail.every((value) => value === 0) &&
    countBad(facts.norm) >= LASTING_ROWS;
  return zeroAtEnd || (lossRole === 'minimised' && progress.start > 0 && progress.end > 1.5 * progress.start);
}

function badAfterSettling(facts: RunFacts): number {
  let count = 0;
  for (const curve of [facts.norm, facts.lossCurve]) {
    let here = 0;
    const from =
      curve === null ? 0 : Math.max(Math.min(SETTLING_ROWS, curve.length / 4), curve.length * SETTLING_SHARE);
    for (let i = Math.ceil(from); curve !== null && i < curve.length; i++) {
      here += isBad(curve, i) ? 1 : 0;
    }
    count = Math.max(count, here);
  }
  return count;
}

interface Growth {
  readonly baseline: number;
  readonly last: number;
  readonly ratio: number;
}

/** How the norm had grown in the rows just before, against the median of the rows before those. */
function growthBefore(norm: Curve | null, at: Moment): Growth | null {
  if (norm === null) {
    return null;
  }
  const end = indexAtTime(norm, at.time);
  const finite = Array.from(norm.value.slice(Math.max(0, end - 64), end)).filter(Number.isFinite);
  if (finite.length < 3) {
    return null;
  }
  const recent = finite.slice(-Math.min(ROWS_BEFORE, Math.ceil(finite.length / 3)));
  const baseline = median(finite.slice(0, -recent.length));
  return { baseline, last: finite[finite.length - 1] ?? Number.NaN, ratio: Math.max(...recent) / baseline };
}

function sayBefore(facts: RunFacts, at: Moment, growth: Growth | null): string {
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
  line: new Float64Array(0),
  series: [],
};

/**
 * Growth, or a blow-up within the first rows, is an explosion: bound the step (a clip in the right place before a lower rate).
 * A sudden NaN out of calm is arithmetic: log or sqrt of zero, a bad batch; neither clipping nor a lower rate repairs that.
 */
function remediesFor(facts: RunFacts, at: Moment, ratio: number): readonly RemedyId[] {
  const early = facts.norm === null || indexAtTime(facts.norm, at.time) < 3;
  if (ratio >= GROWTH_BEFORE || early) {
    return looksRecurrent(facts)
      ? ['clip-grad-norm', 'move-clip', 'orthogonal-init', 'gru', 'lstm', 'lower-lr']
      : ['clip-grad-norm', 'move-clip', 'lower-lr', 'eps', 'lr-warmup', 'orthogonal-init', 'skip-bad-batch'];
  }
  return ['eps', 'logits-loss', 'skip-bad-batch', 'clip-grad-norm'];
}

function earliest(moments: readonly (Moment | null)[]): Moment | null {
  let found: Moment | null = null;
  for (const moment of moments) {
    if (moment !== null && (found === null || moment.time < found.time)) {
      found = moment;
    }
  }
  return found;
}
