import type { LogFinding } from '../rules/finding';
import type { Run } from '../run/run';
import type { Series } from '../run/series';
import { stepSpan } from '../run/stepSpan';
import type { Symptom } from './causes/cause';
import { normalizeParameterName } from './parameterName';

/** The first records, as a share of the run: what stands there no step has caused. */
const START_SHARE = 0.02;
/** Steps before an incident that count as "just before". */
const JUST_BEFORE = 10;
/** Norms that stay within this factor of the median did not grow. */
const GREW = 100;

/**
 * What a finding of a run says about its cause.
 * @param quietUntil step of the run's first incident
 */
export function symptomOf(run: Run, finding: LogFinding, quietUntil: number): Symptom {
  const norms = run.series.filter((series) => series.kind === 'grad-norm' && series.split === 'train');
  const total = norms.find((series) => series.parameter === null);
  const usual = total === undefined ? null : medianBefore(total, quietUntil);
  const [first, last] = stepSpan(run);
  return {
    // A loss that stays because the rate faded has the cause of the faded rate.
    rule: 'shareAfterFade' in finding.evidence ? 'learning-rate-zero' : finding.rule,
    atStart: finding.step <= first + START_SHARE * (last - first),
    sudden: !(total === undefined ? norms : [total]).some((series) => grewBefore(series, finding.step)),
    usualNorm: usual,
    firstNorm: total === undefined ? null : firstOf(total),
    outOfQuiet: total !== undefined && leapsOutOfQuiet(total, finding.step),
    weights: countWeights(norms),
    parameters: finding.parameters,
    jumped: hasJumped(run, total),
    steady: total !== undefined && growsSteadily(total),
    inputNorm: inputNormOf(norms),
    harmless: finding.severity === 'info' || finding.severity === 'hint',
    endsInNaN: finding.also?.some(({ rule }) => rule === 'non-finite') ?? false,
    warmUpRows: numberIn(finding.evidence.warmUpRows),
    noGradient: 'zeroNorm' in finding.evidence || 'zeroParameters' in finding.evidence,
    cutOff: 'cutLayers' in finding.evidence,
    clipsTooLow: finding.rule === 'loss-plateau' && finding.evidence.clip !== undefined,
  };
}

function numberIn(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** Records, growth in all and growth from one to the next of a gradient that a step size just beyond what is stable lets grow. */
const STEADY_RECORDS = 12;
const STEADY_GROWTH = 100;
const STEADY_STEP = 3;

/** Does a norm grow by small factors from record to record for long? Depth and bad batches make it leap. */
function growsSteadily({ points }: Series): boolean {
  let from = 0;
  let lowest = Number.POSITIVE_INFINITY;
  for (let at = 1; at < points.length; at++) {
    const value = points.value(at);
    if (!(value <= points.value(at - 1) * STEADY_STEP)) {
      from = at;
      lowest = Number.POSITIVE_INFINITY;
      continue;
    }
    const far = at - STEADY_RECORDS;
    if (far >= from) {
      lowest = Math.min(lowest, points.value(far));
    }
    if (value > lowest * STEADY_GROWTH) {
      return true;
    }
  }
  return false;
}

/** Times the start that a loss, or a norm, reaches by steps that are too long; noise of batches stays below. */
const JUMP = 2;
const NORM_JUMP = 30;
/** Records at the start that a jump is measured from, and within which the gradients tell what the first layer reads. */
const FIRST_RECORDS = 3;

function hasJumped(run: Run, total: Series | undefined): boolean | null {
  const loss = run.series.find(
    (series) => series.kind === 'loss' && series.split === 'train' && series.parameter === null,
  );
  const tracks = [
    ...(loss === undefined ? [] : [{ series: loss, times: JUMP }]),
    ...(total === undefined ? [] : [{ series: total, times: NORM_JUMP }]),
  ];
  return tracks.length === 0 ? null : tracks.some(({ series, times }) => risesBy(series, times));
}

/** The first records are the start; a value that is not finite is a rise. */
function risesBy({ points }: Series, times: number): boolean {
  let start = 0;
  for (let at = 0; at < points.length; at++) {
    const value = points.value(at);
    if (at < FIRST_RECORDS) {
      start = Math.max(start, value);
    } else if (!(value <= start * times) && start > 0) {
      return true;
    }
  }
  return false;
}

/**
 * The gradient of a weight is the sum of δ·xᵀ and that of its bias the sum of δ: their ratio is the size of x. Taken of
 * the first layer that logs both; the smallest of the first records, as sums of δ may cancel.
 */
function inputNormOf(norms: readonly Series[]): number | null {
  const first = norms.find(({ parameter }) => parameter?.endsWith('weight') ?? false);
  const name = first?.parameter?.replace(/weight$/, 'bias');
  const bias = norms.find(({ parameter }) => parameter === name);
  if (first === undefined || bias === undefined) {
    return null;
  }
  const ratios: number[] = [];
  for (let at = 0; at < Math.min(FIRST_RECORDS, first.points.length, bias.points.length); at++) {
    const ratio = first.points.value(at) / bias.points.value(at);
    if (Number.isFinite(ratio) && ratio > 0) {
      ratios.push(ratio);
    }
  }
  return ratios.length === 0 ? null : Math.min(...ratios);
}

function firstOf({ points }: Series): number | null {
  const first = points.length === 0 ? Number.NaN : points.value(0);
  return first > 0 && Number.isFinite(first) ? first : null;
}

/** Quiet records before a leap: fewer than these, and the run may only just have begun to diverge. */
const QUIET_RECORDS = 25;
/** What is quiet stays within this factor of its median; what leaps exceeds it by this much in one record. */
const QUIET = 6;
const LEAP = 30;

/** One record far above a long quiet time before it. */
function leapsOutOfQuiet(series: Series, step: number): boolean {
  const { points } = series;
  let at = 0;
  while (at < points.length && points.step(at) < step) {
    at++;
  }
  // Findings start where the leap is, or where its consequences are first seen.
  for (let leap = Math.max(0, at - 3); leap <= at && leap < points.length; leap++) {
    const before: number[] = [];
    for (let one = Math.max(0, leap - QUIET_RECORDS); one < leap; one++) {
      before.push(points.value(one));
    }
    const usual = [...before].sort((a, b) => a - b)[before.length >> 1] ?? 0;
    const isQuiet = before.length === QUIET_RECORDS && before.every((value) => value <= usual * QUIET);
    if (isQuiet && usual > 0 && !(points.value(leap) <= usual * LEAP)) {
      return true;
    }
  }
  return false;
}

/**
 * Median of the finite, positive values before a step; of all of them when there is none.
 * @param lower of two in the middle the smaller one: two records, the second far above the first, did grow
 */
function medianBefore(series: Series, step: number, lower = false): number | null {
  const before: number[] = [];
  const all: number[] = [];
  for (let at = 0; at < series.points.length; at++) {
    const value = series.points.value(at);
    if (value > 0 && Number.isFinite(value)) {
      all.push(value);
      if (series.points.step(at) < step) {
        before.push(value);
      }
    }
  }
  const values = (before.length > 0 ? before : all).sort((a, b) => a - b);
  return values[(lower ? Math.max(0, values.length - 1) : values.length) >> 1] ?? null;
}

function grewBefore(series: Series, step: number): boolean {
  const usual = medianBefore(series, step, true);
  if (usual === null) {
    return false;
  }
  const recent: number[] = [];
  for (let at = 0; at < series.points.length && series.points.step(at) < step; at++) {
    const value = series.points.value(at);
    if (Number.isFinite(value)) {
      recent.push(value);
      if (recent.length > JUST_BEFORE) {
        recent.shift();
      }
    }
  }
  return recent.some((value) => value > usual * GREW);
}

/** Weight matrices among the logged names; null without layers. */
function countWeights(norms: readonly Series[]): number | null {
  const names = norms.map((series) => series.parameter).filter((name) => name !== null);
  const layers = new Set(
    names
      .map((name) => normalizeParameterName(name))
      .filter((segments) => !/^bias/.test(segments[segments.length - 1] ?? ''))
      .map((segments) => segments.join('.')),
  );
  return layers.size === 0 ? null : layers.size;
}
