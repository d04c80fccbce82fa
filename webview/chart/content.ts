/** What a pane draws: columns as they came from the host, with the looks that were chosen here. Pure. */

import type { ChosenLine } from '../../src/protocol/choose';
import type { FindingInfo } from '../../src/protocol/messages';
import type { Range } from '../../src/protocol/range';
import { type Curve, logsOf } from './curve';
import type { Extent } from './projection';

export interface DrawnLine extends ChosenLine, Curve {
  readonly lines: Uint32Array;
  readonly smoothed: Curve | null;
  readonly figures: Figures;
}

/** What the axis and its lanes must make room for; taken once when columns arrive, not in every frame. */
export interface Figures {
  /** Over finite values in the range asked for; infinite, min above max, where there is none. */
  readonly min: number;
  readonly max: number;
  readonly smallestPositive: number;
  readonly beyond: Beyond;
}

/** Quantiles over many series, each a point for every pixel column of `range` in which something finite was logged. */
export interface DrawnBand {
  readonly range: Range;
  readonly series: number;
  readonly low: Curve;
  readonly lowerQuartile: Curve;
  readonly median: Curve;
  readonly upperQuartile: Curve;
  readonly high: Curve;
  /** Counts, one for each pixel column. */
  readonly nonFinite: Uint32Array;
  readonly zeros: Uint32Array;
  readonly figures: Figures;
}

export interface PaneContent {
  readonly lines: readonly DrawnLine[];
  readonly band: DrawnBand | null;
}

export const NO_CONTENT: PaneContent = { lines: [], band: null };

/** Usual values of a series, window by window. */
export interface BaselineBand {
  readonly steps: readonly number[];
  readonly low: readonly number[];
  readonly median: readonly number[];
  readonly high: readonly number[];
}

export interface Marks {
  readonly findings: readonly FindingInfo[];
  /** Index of the finding looked at. */
  readonly selected: number | null;
  readonly restarts: readonly number[];
  /** Step of the line that the text cursor is on. */
  readonly cursor: number | null;
  /** What a finding was judged by: the run's usual values before it; null: none is looked at. */
  readonly band: BaselineBand | null;
  /** Values to draw a line at: the clip value, the baseline of a finding. */
  readonly levels: readonly Level[];
}

export interface Level {
  readonly value: number;
  readonly label: string;
  /** The axis makes room for it, where it is not far. */
  readonly isKept: boolean;
}

/** What must be seen though no axis holds it. */
export interface Beyond {
  readonly nan: boolean;
  readonly infinite: boolean;
  readonly zero: boolean;
}

/** Figures of a line's points; the neighbours outside the range do not count. */
export function lineFigures(steps: Float64Array, values: Float64Array, range: Range): Figures {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let smallestPositive = Number.POSITIVE_INFINITY;
  let nan = false;
  let infinite = false;
  let zero = false;
  for (let at = 0; at < steps.length; at++) {
    const value = values[at]!;
    if (steps[at]! < range.from || steps[at]! > range.to) {
      continue;
    }
    if (!Number.isFinite(value)) {
      nan ||= Number.isNaN(value);
      infinite ||= !Number.isNaN(value);
      continue;
    }
    min = Math.min(min, value);
    max = Math.max(max, value);
    if (value > 0) {
      smallestPositive = Math.min(smallestPositive, value);
    } else {
      zero = true;
    }
  }
  return { min, max, smallestPositive, beyond: { nan, infinite, zero } };
}

/**
 * A band from its quantiles by pixel column, NaN where nothing finite and positive was logged.
 * @param range of the columns
 * @param seen the part that the axis is to make room for
 */
export function drawnBand(
  range: Range,
  seen: Range,
  series: number,
  quantiles: Readonly<Record<'low' | 'lowerQuartile' | 'median' | 'upperQuartile' | 'high', Float64Array>>,
  { nonFinite, zeros }: Pick<DrawnBand, 'nonFinite' | 'zeros'>,
): DrawnBand {
  const { low, high } = quantiles;
  const present = Uint32Array.from(low.keys()).filter((column) => !Number.isNaN(low[column]!));
  const steps = Float64Array.from(present, (column) => stepOfColumn(range, low.length, column));
  const curve = (all: Float64Array): Curve => {
    const values = Float64Array.from(present, (column) => all[column]!);
    return { steps, values, logs: logsOf(values) };
  };
  const lowest = curve(low);
  const highest = curve(high);
  const isSeen = (step: number) => step >= seen.from && step <= seen.to;
  const isThere = (count: number, column: number) =>
    count > 0 && isSeen(stepOfColumn(range, low.length, column));
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  steps.forEach((step, at) => {
    if (isSeen(step)) {
      min = Math.min(min, lowest.values[at]!);
      max = Math.max(max, highest.values[at]!);
    }
  });
  return {
    range,
    series,
    low: lowest,
    lowerQuartile: curve(quantiles.lowerQuartile),
    median: curve(quantiles.median),
    upperQuartile: curve(quantiles.upperQuartile),
    high: highest,
    nonFinite,
    zeros,
    figures: {
      min,
      max,
      smallestPositive: min,
      beyond: { nan: nonFinite.some(isThere), infinite: false, zero: zeros.some(isThere) },
    },
  };
}

/** Extent of the values in view; null when there are none to show. */
export function extentOf(content: PaneContent, logarithmic: boolean): Extent | null {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const figures of allFigures(content)) {
    min = Math.min(min, logarithmic ? figures.smallestPositive : figures.min);
    max = Math.max(max, figures.max);
  }
  return min <= max ? { min, max } : null;
}

/** A level farther than this factor from all values would leave the curves no room. */
const FAR = 30;

/** The extent with the levels that the axis is to have room for. */
export function withLevels(
  extent: Extent | null,
  levels: readonly Level[],
  logarithmic: boolean,
): Extent | null {
  return levels.reduce((sofar, { value, isKept }) => {
    const isNear =
      sofar !== null &&
      (logarithmic ? value * FAR >= sofar.min && value <= sofar.max * FAR : value <= sofar.max * 2);
    return isKept && isNear && value > 0
      ? { min: Math.min(sofar.min, value), max: Math.max(sofar.max, value) }
      : sofar;
  }, extent);
}

export function beyondOf(content: PaneContent): Beyond {
  const all = allFigures(content);
  return {
    nan: all.some(({ beyond }) => beyond.nan),
    infinite: all.some(({ beyond }) => beyond.infinite),
    zero: all.some(({ beyond }) => beyond.zero),
  };
}

function allFigures({ lines, band }: PaneContent): Figures[] {
  const figures = lines.map((line) => line.figures);
  return band === null ? figures : [...figures, band.figures];
}

/** Middle of one of the pixel columns of a range. */
export function stepOfColumn(range: Range, columns: number, column: number): number {
  return range.from + ((column + 0.5) / columns) * (range.to - range.from);
}
