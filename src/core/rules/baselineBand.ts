import type { RunFacts } from '../run/facts';
import { type Curve, indexAtLine, indexAtTime } from '../run/factsTimeline';
import { median, robustSigma } from '../run/stats';
import type { LogFinding } from './finding';

/** Which curve a finding's onset is read from. */
const CURVE_OF_RULE: Readonly<Partial<Record<string, 'norm' | 'loss'>>> = {
  'exploding-gradient': 'norm',
  'gradient-spike': 'norm',
  'non-finite': 'norm',
  'diverging-loss': 'loss',
};
/** Three robust sigmas on each side hold 99.7 % of normal data. */
const SIGMAS = 3;
/** On the logarithm to base ten; values printed with two digits have no smaller spread than this. */
const SMALLEST_SIGMA = 0.02;
/** Rows of a window that are looked at. */
const ROWS = 64;
/** A spread estimated from fewer is half noise; windows of less borrow from the rows before. */
const BORROWED = 32;
const FEWEST_ROWS = 3;

/**
 * Adds to findings what the run was like before them, for hovers and charts to draw: `bandStep`, `bandLow`, `bandMedian`
 * and `bandHigh`, an entry a window (up to 64), of the one series in `bandSeries`. Up to the onset they follow the run; from there
 * on they stay where the run last was. Left out where nothing came before, where a curve was summed from layers, and
 * where values are not positive (the band is taken on a logarithm).
 */
export function withBaselineBand(facts: RunFacts, findings: readonly LogFinding[]): readonly LogFinding[] {
  return findings.map((finding) => {
    const curve = curveOf(facts, finding);
    const band = curve === null ? null : bandBefore(facts, curve, finding);
    return band === null ? finding : { ...finding, evidence: { ...finding.evidence, ...band } };
  });
}

function curveOf(facts: RunFacts, finding: LogFinding): Curve | null {
  switch (CURVE_OF_RULE[finding.rule]) {
    case 'norm':
      // A profile over depth has no baseline over time, and a norm without its scale is not the one in the chart.
      return finding.evidence.profile !== undefined || facts.normIsSummed || facts.scaleInNorm !== null
        ? null
        : facts.norm;
    case 'loss':
      return facts.lossCurve;
    default:
      return null;
  }
}

interface Band {
  /** Id of the series. */
  readonly bandSeries: readonly number[];
  readonly bandStep: readonly number[];
  readonly bandLow: readonly number[];
  readonly bandMedian: readonly number[];
  readonly bandHigh: readonly number[];
}

function bandBefore(facts: RunFacts, curve: Curve, finding: LogFinding): Band | null {
  const { windows } = facts;
  const onset = rowOfOnset(facts, curve, finding);
  const steps: number[] = [];
  const levels: { readonly low: number; readonly middle: number; readonly high: number }[] = [];
  for (let window = 0; window < windows.length - 1; window++) {
    const from = indexAtTime(curve, windows[window] ?? 0);
    const to = indexAtTime(curve, windows[window + 1] ?? Number.POSITIVE_INFINITY);
    if (to <= from) {
      continue;
    }
    const level = levelOf(curve, Math.max(0, Math.min(from, to - BORROWED)), Math.min(to, onset));
    const here = from < onset ? (level ?? levels.at(-1)) : levels.at(-1);
    const step = curve.step[from] ?? 0;
    if (here !== undefined && (steps.length === 0 || step > (steps.at(-1) ?? 0))) {
      steps.push(step);
      levels.push(here);
    }
  }
  return steps.length < 2
    ? null
    : {
        bandSeries: curve.series,
        bandStep: steps,
        bandLow: levels.map(({ low }) => low),
        bandMedian: levels.map(({ middle }) => middle),
        bandHigh: levels.map(({ high }) => high),
      };
}

/**
 * Row up to which a curve was itself: the onset, or that of the earliest that was merged into the finding. Of spikes all
 * rows count, single ones leave a median where it was.
 */
function rowOfOnset(facts: RunFacts, curve: Curve, finding: LogFinding): number {
  if (finding.rule === 'gradient-spike') {
    return curve.length;
  }
  const linesTell = curve.lineAt(0) < curve.lineAt(curve.length - 1);
  if (!linesTell) {
    return indexAtTime(curve, finding.step);
  }
  const merged = finding.related.filter(({ path }) => path === facts.run.path).map(({ range }) => range.line);
  return indexAtLine(curve, Math.min(finding.range.line, ...merged));
}

function levelOf(curve: Curve, from: number, to: number) {
  const stride = Math.max(1, Math.floor((to - from) / ROWS));
  const logs: number[] = [];
  for (let row = from; row < to; row += stride) {
    const value = curve.value[row] ?? Number.NaN;
    if (value > 0 && Number.isFinite(value)) {
      logs.push(Math.log10(value));
    }
  }
  if (logs.length < FEWEST_ROWS) {
    return undefined;
  }
  const middle = median(logs);
  const reach = SIGMAS * Math.max(SMALLEST_SIGMA, robustSigma(logs));
  return {
    low: short(10 ** (middle - reach)),
    middle: short(10 ** middle),
    high: short(10 ** (middle + reach)),
  };
}

/** Four digits are more than a picture shows. */
function short(value: number): number {
  return Number(value.toPrecision(4));
}
