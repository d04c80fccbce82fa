/**
 * Strokes curves and marks their points. A frame has tens of thousands of points: each is turned into pixels where it is
 * used, without a call, a logarithm or memory of its own.
 */
import type { LineStyle } from '../../src/protocol/choose';
import type { Pen } from './pen';
import type { Area, Projection, Scale } from './projection';

/** Points with the logarithms of their values, worked out once when they arrive. */
export interface Curve {
  readonly steps: Float64Array;
  readonly values: Float64Array;
  /** log10 of the values: −∞ of zero, NaN below it. */
  readonly logs: Float64Array;
}

/** Points get markers while they are at least this far apart, in pixels on average. */
const MARKER_SPACING = 14;

/** Wider than any line: what lies farther outside the plot leaves no trace in it. Pixels. */
const MARGIN = 4;

export function logsOf(values: Float64Array): Float64Array {
  return values.map(Math.log10);
}

/** The curve, broken where a value cannot be drawn and where a restarted run goes back to an earlier step. */
export function strokeCurve(
  pen: Pen,
  { steps, values, logs }: Curve,
  { area, axis, scale }: Projection,
  dash: readonly number[],
): void {
  const heights = axis.logarithmic ? logs : values;
  const { from, perStep, low, perUnit } = scale;
  const { bottom } = area;
  const first = area.left - MARGIN;
  const last = area.right + MARGIN;
  pen.setLineDash([...dash]);
  pen.beginPath();
  let isThere = false;
  let beforeX = Number.NaN;
  let beforeY = Number.NaN;
  for (let at = 0; at < steps.length; at++) {
    const x = area.left + (steps[at]! - from) * perStep;
    const y = bottom - (heights[at]! - low) * perUnit;
    const isPiece = x >= beforeX && y - y === 0 && beforeY - beforeY === 0 && x >= first && beforeX <= last;
    if (isPiece) {
      if (!isThere) {
        pen.moveTo(beforeX, beforeY);
      }
      pen.lineTo(x, y);
    }
    isThere = isPiece;
    beforeX = x;
    beforeY = y;
  }
  pen.stroke();
  pen.setLineDash([]);
}

/** What lies between the edges of the plot: how many points, and how far the curve runs up and down between them. */
export interface InSight {
  readonly points: number;
  /** Pixels. */
  readonly climb: number;
}

export function inSight({ steps, values, logs }: Curve, { area, axis, scale }: Projection): InSight {
  const heights = axis.logarithmic ? logs : values;
  const to = lastStep(area, scale);
  let points = 0;
  let climb = 0;
  let before = Number.NaN;
  for (let at = 0; at < steps.length; at++) {
    if (steps[at]! >= scale.from && steps[at]! <= to) {
      points++;
      const rise = Math.abs(heights[at]! - before);
      climb += rise - rise === 0 ? rise : 0;
      before = heights[at]!;
    }
  }
  return { points, climb: climb * scale.perUnit };
}

/** Markers on the points where there is room for them, else on those that leave no trace as a line. */
export function markPoints(
  pen: Pen,
  curve: Curve,
  style: LineStyle,
  projection: Projection,
  seen: InSight,
): void {
  const { steps } = curve;
  const { area, scale } = projection;
  const to = lastStep(area, scale);
  const areAll = seen.points * MARKER_SPACING <= area.right - area.left;
  for (let at = 0; at < steps.length; at++) {
    const isMarked = areAll ? steps[at]! >= scale.from && steps[at]! <= to : isAlone(curve, at, projection);
    if (isMarked) {
      marker(pen, style, projection.x(steps[at]!), projection.y(curve.values[at]!));
    }
  }
}

function lastStep({ left, right }: Area, { from, perStep }: Scale): number {
  return from + (right - left) / perStep;
}

/** It can be drawn, and neither of its neighbours can. */
function isAlone({ values, logs }: Curve, at: number, { axis }: Projection): boolean {
  const heights = axis.logarithmic ? logs : values;
  const here = heights[at]!;
  const before = at > 0 ? heights[at - 1]! : Number.NaN;
  const after = at + 1 < heights.length ? heights[at + 1]! : Number.NaN;
  return here - here === 0 && before - before !== 0 && after - after !== 0;
}

/** The shape changes with the dash pattern, so that neither needs colour to be told apart. */
function marker(pen: Pen, style: LineStyle, x: number, y: number): void {
  if (Number.isNaN(y)) {
    return;
  }
  const r = 2.5;
  pen.beginPath();
  if (style.dash === 1) {
    pen.rect(x - r, y - r, 2 * r, 2 * r);
  } else if (style.dash === 2) {
    polygon(pen, [x, y - r * 1.4, x + r * 1.3, y + r, x - r * 1.3, y + r]);
  } else if (style.dash === 3) {
    polygon(pen, [x, y - r * 1.4, x + r * 1.4, y, x, y + r * 1.4, x - r * 1.4, y]);
  } else {
    pen.arc(x, y, r, 0, 2 * Math.PI);
  }
  pen.fill();
}

export function polygon(pen: Pen, corners: readonly number[]): void {
  pen.moveTo(corners[0]!, corners[1]!);
  for (let at = 2; at < corners.length; at += 2) {
    pen.lineTo(corners[at]!, corners[at + 1]!);
  }
  pen.closePath();
}
