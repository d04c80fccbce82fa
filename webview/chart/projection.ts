/** Between steps and values on one side and pixels on the other. Pure. */
import type { Range } from '../../src/protocol/range';

/** Pixels of a plot: y grows downward. */
export interface Area {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface ValueAxis {
  readonly min: number;
  readonly max: number;
  readonly logarithmic: boolean;
}

export interface Projection {
  readonly area: Area;
  readonly axis: ValueAxis;
  x(step: number): number;
  step(x: number): number;
  /** NaN for what the axis cannot show: non-finite values, and zero or less on a logarithmic axis. */
  y(value: number): number;
  /** The same in numbers, for loops over many points. */
  readonly scale: Scale;
}

/** x = left + (step − from) · perStep, y = bottom − (height − low) · perUnit, where a height is a value or its log10. */
export interface Scale {
  readonly from: number;
  readonly perStep: number;
  readonly low: number;
  readonly perUnit: number;
}

export function createProjection(area: Area, range: Range, axis: ValueAxis): Projection {
  const perStep = (area.right - area.left) / (range.to - range.from);
  const position = axis.logarithmic ? Math.log10 : (value: number) => value;
  const low = position(axis.min);
  const perUnit = (area.bottom - area.top) / (position(axis.max) - low);
  return {
    area,
    axis,
    x: (step) => area.left + (step - range.from) * perStep,
    step: (x) => range.from + (x - area.left) / perStep,
    y: (value) => {
      const pixel = area.bottom - (position(value) - low) * perUnit;
      return Number.isFinite(pixel) ? pixel : Number.NaN;
    },
    scale: { from: range.from, perStep, low, perUnit },
  };
}

/** Smallest and largest of what is to be shown; on a logarithmic axis of what is positive. */
export interface Extent {
  readonly min: number;
  readonly max: number;
}

/**
 * The axis for values in view: a little air at both ends, at least a decade high if logarithmic (so that noise does
 * not look like a catastrophe), and from zero if linear and zero is not far.
 * @param below share of the height to keep free under the smallest value
 */
export function valueAxis(extent: Extent | null, logarithmic: boolean, below = 0): ValueAxis {
  if (extent === null) {
    return logarithmic ? { min: 0.1, max: 10, logarithmic } : { min: 0, max: 1, logarithmic };
  }
  if (logarithmic) {
    const low = Math.log10(extent.min);
    const high = Math.log10(extent.max);
    const missing = Math.max(0, 1 - (high - low)) / 2;
    const span = high - low + 2 * missing;
    const bottom = low - missing - span * 0.04;
    const top = high + missing + span * 0.04;
    const free = below > 0 ? ((top - bottom) * below) / (1 - below) : 0;
    return { min: 10 ** (bottom - free), max: 10 ** top, logarithmic };
  }
  const span = extent.max - extent.min || Math.abs(extent.max) || 1;
  const nearZero = extent.min >= 0 && extent.min < 0.4 * span;
  return { min: nearZero ? 0 : extent.min - span * 0.05, max: extent.max + span * 0.05, logarithmic };
}
