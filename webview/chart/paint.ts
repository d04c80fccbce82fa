/** Draws lines and the band of all others. */

import type { LineStyle } from '../../src/protocol/choose';
import type { Theme } from '../theme';
import type { DrawnBand, DrawnLine, PaneContent } from './content';
import { type Curve, inSight, markPoints, strokeCurve } from './curve';
import type { Pen } from './pen';
import type { Projection } from './projection';

const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 3], [9, 3, 2, 3]];

export function colorOf(style: LineStyle, theme: Theme): string {
  return style.hue < 0 ? theme.foreground : (theme.hues[style.hue] ?? theme.foreground);
}

export function dashOf(style: LineStyle): readonly number[] {
  return DASHES[style.dash] ?? [];
}

/** A curve that runs up and down by more than so many times the width of the plot is dense ink, not a line. */
const DENSE_CLIMB = 2;

/** @param emphasized id of the series pointed at; the others fade */
export function paintContent(
  context: Pen,
  content: PaneContent,
  projection: Projection,
  theme: Theme,
  emphasized: number | null,
): void {
  const { left, right, top, bottom } = projection.area;
  context.save();
  context.beginPath();
  context.rect(left, top - 1, right - left, bottom - top + 2);
  context.clip();
  if (content.band !== null) {
    context.globalAlpha = emphasized === null ? 1 : 0.5;
    paintBand(context, content.band, projection, theme);
  }
  // The whole model last: it lies on top.
  for (const line of [...content.lines].reverse()) {
    context.globalAlpha = emphasized === null || emphasized === line.series.id ? 1 : 0.2;
    paintLine(context, line, projection, theme);
  }
  context.restore();
}

function paintLine(context: Pen, line: DrawnLine, projection: Projection, theme: Theme): void {
  context.strokeStyle = colorOf(line.style, theme);
  context.fillStyle = context.strokeStyle;
  context.lineJoin = 'bevel';
  const alpha = context.globalAlpha;
  const width = line.style.width + (theme.isHighContrast ? 0.5 : 0);
  const seen = inSight(line, projection);
  const across = projection.area.right - projection.area.left;
  const strokeLogged = (dash: readonly number[]) => {
    if (seen.points > across && seen.climb > DENSE_CLIMB * across) {
      strokeDense(context, line, projection, width, dash);
    } else {
      context.lineWidth = width;
      strokeCurve(context, line, projection, dash);
    }
  };
  if (line.smoothed !== null) {
    // What was logged stays visible under its average.
    context.globalAlpha = alpha * 0.35;
    strokeLogged([]);
    context.globalAlpha = alpha;
    context.lineWidth = width + 0.5;
    strokeCurve(context, line.smoothed, projection, dashOf(line.style));
  } else {
    strokeLogged(dashOf(line.style));
  }
  markPoints(context, line, line.style, projection, seen);
}

/**
 * A curve with more points than pixels that runs up and down all the time. Browsers draw lines one pixel wide ten times as
 * fast as wider ones, which matters without a graphics card: a wide line is two thin ones, one below and right of the other.
 */
function strokeDense(
  context: Pen,
  curve: Curve,
  projection: Projection,
  width: number,
  dash: readonly number[],
): void {
  context.lineWidth = 1;
  strokeCurve(context, curve, projection, dash);
  if (width >= 2) {
    const { area } = projection;
    const beside = { ...area, left: area.left + 1, bottom: area.bottom + 1 };
    strokeCurve(context, curve, { ...projection, area: beside }, dash);
  }
}

function paintBand(context: Pen, band: DrawnBand, projection: Projection, theme: Theme): void {
  const alpha = context.globalAlpha;
  context.fillStyle = theme.foreground;
  context.strokeStyle = theme.foreground;
  context.globalAlpha = alpha * (theme.isHighContrast ? 0.22 : 0.1);
  fillBetween(context, band.low, band.high, projection);
  context.globalAlpha = alpha * (theme.isHighContrast ? 0.3 : 0.13);
  fillBetween(context, band.lowerQuartile, band.upperQuartile, projection);
  context.globalAlpha = alpha * 0.55;
  context.lineWidth = 1;
  strokeCurve(context, band.median, projection, [3, 2]);
}

/** Columns in which nothing was logged are passed over: a run logged every tenth step is still one band. */
function fillBetween(context: Pen, low: Curve, high: Curve, projection: Projection): void {
  context.beginPath();
  for (let at = 0; at < low.steps.length; at++) {
    context.lineTo(projection.x(high.steps[at]!), yOf(high, at, projection));
  }
  for (let at = low.steps.length - 1; at >= 0; at--) {
    context.lineTo(projection.x(low.steps[at]!), yOf(low, at, projection));
  }
  context.fill();
}

function yOf({ values, logs }: Curve, at: number, { area, axis, scale }: Projection): number {
  return area.bottom - ((axis.logarithmic ? logs[at]! : values[at]!) - scale.low) * scale.perUnit;
}
