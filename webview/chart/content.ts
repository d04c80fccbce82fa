/** What a pane draws: columns as they came from the host, with the looks that were chosen here. Pure. */
import type { FindingInfo } from '../../src/protocol/messages';
import type { ChosenLine } from '../choose';
import type { Range } from '../range';
import type { Extent } from './projection';

export interface DrawnLine extends ChosenLine {
  readonly steps: Float64Array;
  readonly values: Float64Array;
  readonly lines: Uint32Array;
  readonly smoothed: Float64Array | null;
}

/** Quantiles over many series, one number for each pixel column of `range`. */
export interface DrawnBand {
  readonly range: Range;
  readonly series: number;
  readonly low: Float64Array;
  readonly lowerQuartile: Float64Array;
  readonly median: Float64Array;
  readonly upperQuartile: Float64Array;
  readonly high: Float64Array;
  readonly nonFinite: Uint32Array;
  readonly zeros: Uint32Array;
  readonly lines: Uint32Array;
}

export interface PaneContent {
  readonly lines: readonly DrawnLine[];
  readonly band: DrawnBand | null;
}

export const NO_CONTENT: PaneContent = { lines: [], band: null };

export interface Marks {
  readonly findings: readonly FindingInfo[];
  /** Index of the finding looked at. */
  readonly selected: number | null;
  readonly restarts: readonly number[];
  /** Step of the line that the text cursor is on. */
  readonly cursor: number | null;
  /** A value to draw a line at: where gradients would be clipped. */
  readonly level: number | null;
}

/** What must be seen though no axis holds it. */
export interface Beyond {
  readonly nan: boolean;
  readonly infinite: boolean;
  readonly zero: boolean;
}

/** Extent of the values inside the range; null when there are none to show. */
export function extentOf(content: PaneContent, range: Range, logarithmic: boolean): Extent | null {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  const add = (value: number) => {
    if (Number.isFinite(value) && (value > 0 || !logarithmic)) {
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
  };
  for (const { steps, values } of content.lines) {
    for (let at = 0; at < steps.length; at++) {
      if (steps[at]! >= range.from && steps[at]! <= range.to) {
        add(values[at]!);
      }
    }
  }
  const { band } = content;
  if (band !== null) {
    for (let column = 0; column < band.low.length; column++) {
      const step = stepOfColumn(band, column);
      if (step >= range.from && step <= range.to) {
        add(band.low[column]!);
        add(band.high[column]!);
      }
    }
  }
  return min <= max ? { min, max } : null;
}

export function beyondOf(content: PaneContent): Beyond {
  let nan = false;
  let infinite = false;
  let zero = false;
  for (const { values } of content.lines) {
    for (const value of values) {
      nan ||= Number.isNaN(value);
      infinite ||= !Number.isFinite(value) && !Number.isNaN(value);
      zero ||= value <= 0;
    }
  }
  nan ||= content.band?.nonFinite.some((count) => count > 0) ?? false;
  zero ||= content.band?.zeros.some((count) => count > 0) ?? false;
  return { nan, infinite, zero };
}

/** Middle of a column of the band. */
export function stepOfColumn({ range, low }: DrawnBand, column: number): number {
  return range.from + ((column + 0.5) / low.length) * (range.to - range.from);
}
