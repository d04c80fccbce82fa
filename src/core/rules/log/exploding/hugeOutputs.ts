import type { RunFacts } from '../../../run/facts';
import { type Curve, indexAtTime, momentOf } from '../../../run/factsTimeline';
import { jumpiness } from '../../../run/jumpiness';
import { nonFiniteRows } from '../../../run/stretches';
import { type Incident, recurrentRemedies, say, sayWhen } from '../incident';
import { largestLayers } from './largestLayers';

/** A thousand times the variance of standardised targets, the summed cross-entropy of hundreds of examples. */
const HUGE = 1e3;
/** Outputs that dominate a loss have a norm of its own size or more: by Euler's theorem sum(w * dL/dw) is 1 to 2 times L in every layer. */
const NORM_OVER_LOSS = 1;
/** Decades from row to row: 12 %. A sum over hundreds of examples is large as well, and varies by a few per cent. */
const SCATTERS = 0.05;
/** No batch is large enough for a sum of this size: a cross-entropy over ten classes would take four million examples. */
const BEYOND_SUMS = 1e7;
/**
 * How the norm falls while the loss does, on logarithms. Where the error alone shrinks, the norm goes with its root: 0.5. Where
 * the outputs of n layers shrink with their weights, L goes with the 2n-th power of their size and the norm with the (2n - 1)-th:
 * 0.75 for two layers, 0.9 for five. This lies between.
 */
const FALLS_WITH = 0.65;
const CORRELATED = 0.5;
/** The beginning of the descent, in which the outputs still dominate. */
const DESCENT = 30;
const FALLEN = 10;
const FEWEST_ROWS = 6;
/** Or the first rows, where the descent is a matter of one or two. */
const FIRST_ROWS = 12;
const MOST_ROWS = 4096;
/** Rows in a row below it end the descent. */
const PAST_ROWS = 3;
/** Where the first rows jump: what two layers make of it, over so many decades, with hardly a row that differs. */
const OF_TWO_LAYERS = 0.75;
const DECADES_FALLEN = 1e3;
const SURELY_CORRELATED = 0.9;
/** A loss that reached the size of standardised targets has dug itself out. */
const RECOVERED = 1;

/**
 * Outputs that the initial weights make far too large: the loss begins in the thousands or billions, and falls because the
 * weights shrink. Targets of that size, or outputs scaled to them, make large losses too, but a norm that goes with the root.
 */
export function hugeOutputs(facts: RunFacts, norm: Curve): Incident | null {
  const { lossCurve: loss, lossRole } = facts;
  if (loss === null || lossRole !== 'minimised' || nonFiniteRows.of(norm).total > 0) {
    return null;
  }
  const lossStart = loss.value[0] ?? Number.NaN;
  const normStart = norm.value[0] ?? Number.NaN;
  if (!(lossStart >= HUGE) || !(normStart >= NORM_OVER_LOSS * lossStart)) {
    return null;
  }
  if (!(lossStart >= BEYOND_SUMS || jumpiness(loss) >= SCATTERS)) {
    return null;
  }
  const end = meanOfEnd(loss);
  const slope = powerAtFirst(loss, norm, lossStart) ?? powerOverall(loss, norm, lossStart, end);
  if (slope === null) {
    return null;
  }
  const at = momentOf(norm, 0);
  const recovered = end < RECOVERED;
  return {
    severity: recovered ? 'info' : 'warning',
    at,
    end: recovered ? momentOf(loss, loss.length - 1) : null,
    message:
      `Gradients explode from ${sayWhen(facts, at)} on, through the initial weights: the loss starts at ${say(lossStart)}, the norm at ${say(normStart)}, ` +
      `and the norm falls as the loss to the power of ${say(slope)} (0.5 where an error shrinks): the outputs themselves are too large. ` +
      (recovered
        ? `The run dug itself out, down to a loss of ${say(end)}.`
        : `The loss is still ${say(end)} at the end.`),
    evidence: { norm: normStart, lossStart, lossEnd: end, power: slope, normOverLoss: normStart / lossStart },
    // Clipping only slows down the digging; smaller weights, or a normalisation, take the size out of the outputs.
    remedies: [
      'xavier-init',
      'orthogonal-init',
      'scaled-init',
      ...recurrentRemedies(facts),
      'layer-norm',
      'batch-norm',
    ],
    parameters: largestLayers(facts),
    series: [...norm.series, ...loss.series],
  };
}

/** The power with which the norm falls at first; null where that is no sign of outputs that are too large. */
function powerAtFirst(loss: Curve, norm: Curve, start: number): number | null {
  const { logLoss, logNorm } = descent(loss, norm, start);
  const fallen = start / 10 ** Math.min(...logLoss);
  const { slope, correlation } = regression(logLoss, logNorm);
  return logLoss.length >= FEWEST_ROWS && fallen >= FALLEN && slope >= FALLS_WITH && correlation >= CORRELATED
    ? slope
    : null;
}

/**
 * The power over the whole run, where its first rows jump too much to tell: of a loss beyond all sums that fell by decades and
 * is large still, so that all of it is descent.
 */
function powerOverall(loss: Curve, norm: Curve, start: number, end: number): number | null {
  if (!(start >= BEYOND_SUMS) || !(end >= HUGE) || !(start / end >= DECADES_FALLEN)) {
    return null;
  }
  const { logLoss, logNorm } = rowsOf(loss, norm, Math.min(loss.length, MOST_ROWS), () => true);
  const { slope, correlation } = regression(logLoss, logNorm);
  return logLoss.length >= FEWEST_ROWS && slope >= OF_TWO_LAYERS && correlation >= SURELY_CORRELATED
    ? slope
    : null;
}

interface Rows {
  readonly logLoss: readonly number[];
  readonly logNorm: readonly number[];
}

/** Logarithms of loss and norm in the rows that a test takes. */
function rowsOf(
  loss: Curve,
  norm: Curve,
  count: number,
  takes: (loss: number, row: number) => boolean,
): Rows {
  const logLoss: number[] = [];
  const logNorm: number[] = [];
  for (let row = 0; row < count; row++) {
    const here = loss.value[row] ?? Number.NaN;
    const beside = norm.value[indexAtTime(norm, loss.time[row] ?? 0)] ?? Number.NaN;
    if (here > 0 && Number.isFinite(here) && beside > 0 && takes(here, row)) {
      logLoss.push(Math.log10(here));
      logNorm.push(Math.log10(beside));
    }
  }
  return { logLoss, logNorm };
}

function descent(loss: Curve, norm: Curve, start: number): Rows {
  let count = 0;
  for (let past = 0; count < Math.min(loss.length, MOST_ROWS) && past < PAST_ROWS; count++) {
    past = count >= FIRST_ROWS && (loss.value[count] ?? Number.NaN) < start / DESCENT ? past + 1 : 0;
  }
  return rowsOf(loss, norm, count, (here, row) => here >= start / DESCENT || row < FIRST_ROWS);
}

/** Least squares of y on x. */
function regression(
  x: readonly number[],
  y: readonly number[],
): { readonly slope: number; readonly correlation: number } {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const [atX, atY] = [mean(x), mean(y)];
  let [xx, xy, yy] = [0, 0, 0];
  x.forEach((value, i) => {
    const [dx, dy] = [value - atX, (y[i] ?? Number.NaN) - atY];
    xx += dx * dx;
    xy += dx * dy;
    yy += dy * dy;
  });
  return { slope: xy / xx, correlation: xy / Math.sqrt(xx * yy) };
}

/** Mean of the last tenth: where outputs saturate, rows of 0 alternate with large ones, and a median sees one kind only. */
function meanOfEnd({ value, length }: Curve): number {
  const tail = value.subarray(length - Math.max(3, Math.ceil(length / 10)), length).filter(Number.isFinite);
  return tail.reduce((sum, one) => sum + one, 0) / tail.length;
}
