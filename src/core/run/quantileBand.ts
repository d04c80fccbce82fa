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
    const sorted = sample.subarray(0, size).sort();
    band.lowerQuartile[column] = quantile(sorted, 0.25);
    band.median[column] = quantile(sorted, 0.5);
    band.upperQuartile[column] = quantile(sorted, 0.75);
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
      if (!(value >= band.low[column]!)) {
        band.low[column] = value;
      }
      if (!(value <= band.high[column]!)) {
        band.high[column] = value;
      }
    }
  }
}

/** Linear between order statistics; NaN for an empty sample. */
function quantile(sorted: Float64Array, q: number): number {
  const at = (sorted.length - 1) * q;
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? Number.NaN;
  return below + (above - below) * (at - Math.floor(at));
}
