import { type PointIndex, pastOutside } from './pointIndex';
import { columnOf, startOfColumn, type Window } from './reduce';
import type { Points } from './series';

/**
 * Many series as one band, column by column; NaN where no series has a finite positive value.
 * `low` and `high` are true extremes over every point, so the band hides no spike; the quartiles and the median are
 * over the last value of each series in the column, so that a series logged more often does not weigh more.
 * Values of zero and below are left out (the axis is logarithmic) and counted in `zeros`.
 */
export interface QuantileBand {
  readonly low: Float64Array<ArrayBuffer>;
  readonly lowerQuartile: Float64Array<ArrayBuffer>;
  readonly median: Float64Array<ArrayBuffer>;
  readonly upperQuartile: Float64Array<ArrayBuffer>;
  readonly high: Float64Array<ArrayBuffer>;
  /** Values that are NaN or infinite in the column, over all series. */
  readonly nonFinite: Uint32Array<ArrayBuffer>;
  readonly zeros: Uint32Array<ArrayBuffer>;
  /** Line of the first non-finite value of the column; 0 when there is none. */
  readonly lines: Uint32Array<ArrayBuffer>;
}

/** Of fewer numbers a quartile may need one of the other half. */
const SMALLEST_HALVED = 4;

/**
 * @param first the column that the band begins with: those before it are left out
 * @param indices summaries of the same series; only a matter of speed
 */
export function quantileBand(
  series: readonly Points[],
  window: Window,
  first = 0,
  indices: readonly PointIndex[] = [],
): QuantileBand {
  const columns = window.columns - first;
  const nan = () => new Float64Array(columns).fill(Number.NaN);
  const count = () => new Uint32Array(columns);
  const band: QuantileBand = {
    low: nan(),
    lowerQuartile: nan(),
    median: nan(),
    upperQuartile: nan(),
    high: nan(),
    nonFinite: count(),
    zeros: count(),
    lines: count(),
  };
  const lasts = new Float64Array(columns * series.length).fill(Number.NaN);
  series.forEach((points, which) => {
    addSeries(
      band,
      lasts.subarray(which * columns, (which + 1) * columns),
      points,
      window,
      first,
      indices[which],
    );
  });
  const sample = new Float64Array(series.length);
  for (let column = 0; column < columns; column++) {
    let size = 0;
    for (let which = 0; which < series.length; which++) {
      const value = lasts[which * columns + column]!;
      if (!Number.isNaN(value)) {
        sample[size++] = value;
      }
    }
    // The middle parts the sample in two, and each quartile is looked for in its half.
    const half = size < SMALLEST_HALVED ? size : (size + 1) >> 1;
    band.median[column] = quantile(sample, 0, size, size, 0.5);
    band.lowerQuartile[column] = quantile(sample, 0, half, size, 0.25);
    band.upperQuartile[column] = quantile(sample, size - half === 0 ? 0 : half, size, size, 0.75);
  }
  return band;
}

function addSeries(
  band: QuantileBand,
  lasts: Float64Array,
  points: Points,
  window: Window,
  first: number,
  index: PointIndex | undefined,
): void {
  const { low, high } = band;
  const from = startOfColumn(first, window);
  for (let at = pastOutside(index, 0, from, window.to); at < points.length; ) {
    const here = at;
    at = pastOutside(index, at + 1, from, window.to);
    const step = points.step(here);
    const column = columnOf(step, window) - first;
    if (column < 0 || !(step >= window.from && step <= window.to)) {
      continue;
    }
    const value = points.value(here);
    if (!Number.isFinite(value)) {
      band.nonFinite[column]!++;
      band.lines[column] ||= points.line(here);
    } else if (value <= 0) {
      band.zeros[column]!++;
    } else {
      lasts[column] = value;
      if (!(value >= low[column]!)) {
        low[column] = value;
      }
      if (!(value <= high[column]!)) {
        high[column] = value;
      }
    }
  }
}

/**
 * Linear between order statistics; NaN for an empty sample. Orders the sample as far as it has to.
 * @param from first place that may hold the ones looked for: what comes before is smaller
 * @param to end of these places: what comes behind is larger
 */
function quantile(sample: Float64Array, from: number, to: number, size: number, q: number): number {
  if (size === 0) {
    return Number.NaN;
  }
  const at = (size - 1) * q;
  const low = Math.floor(at);
  select(sample, from, to - 1, low);
  const below = sample[low]!;
  if (at === low) {
    return below;
  }
  let above = sample[low + 1]!;
  for (let index = low + 2; index < to; index++) {
    above = Math.min(above, sample[index]!);
  }
  return below + (above - below) * (at - low);
}

/**
 * Puts the number that would stand at `wanted`, were `left` to `right` sorted, there: none before it is larger, none behind it
 * smaller. Hoare's algorithm 65 (Communications of the ACM 4, 1961), expected linear.
 */
function select(sample: Float64Array, left: number, right: number, wanted: number): void {
  while (left < right) {
    const pivot = sample[(left + right) >> 1]!;
    let low = left;
    let high = right;
    while (low <= high) {
      while (sample[low]! < pivot) {
        low++;
      }
      while (sample[high]! > pivot) {
        high--;
      }
      if (low <= high) {
        const swapped = sample[low]!;
        sample[low++] = sample[high]!;
        sample[high--] = swapped;
      }
    }
    if (wanted <= high) {
      right = high;
    } else if (wanted >= low) {
      left = low;
    } else {
      return;
    }
  }
}
