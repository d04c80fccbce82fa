/** Draws lines and the band of all others. */

import type { LineStyle } from '../choose';
import type { Theme } from '../theme';
import { type DrawnBand, type DrawnLine, type PaneContent, stepOfColumn } from './content';
import type { Pen } from './pen';
import type { Projection } from './projection';

const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 3], [9, 3, 2, 3]];

/** Points get markers while they are at least this far apart, in pixels on average. */
const MARKER_SPACING = 14;

export function colorOf(style: LineStyle, theme: Theme): string {
  return style.hue < 0 ? theme.foreground : (theme.hues[style.hue] ?? theme.foreground);
}

export function dashOf(style: LineStyle): readonly number[] {
  return DASHES[style.dash] ?? [];
}

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
  context.lineWidth = line.style.width + (theme.isHighContrast ? 0.5 : 0);
  context.lineJoin = 'bevel';
  const alpha = context.globalAlpha;
  const path = pathOf(line.steps, line.values, projection);
  if (line.smoothed !== null) {
    // What was logged stays visible under its average.
    context.globalAlpha = alpha * 0.35;
    strokePath(context, path, []);
    context.globalAlpha = alpha;
    context.lineWidth += 0.5;
    strokePath(context, pathOf(line.steps, line.smoothed, projection), dashOf(line.style));
  } else {
    strokePath(context, path, dashOf(line.style));
  }
  paintMarkers(context, line.style, path, projection);
}

/** A curve in pixels, worked out once a frame: logarithms are most of what a frame costs. */
interface Path {
  readonly x: Float64Array;
  /** NaN for what cannot be drawn. */
  readonly y: Float64Array;
}

function pathOf(steps: Float64Array, values: Float64Array, projection: Projection): Path {
  return { x: projection.xs(steps), y: projection.ys(values) };
}

function strokePath(context: Pen, { x, y }: Path, dash: readonly number[]): void {
  context.setLineDash([...dash]);
  context.beginPath();
  let isDown = false;
  let previous = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < x.length; at++) {
    const across = x[at]!;
    const down = y[at]!;
    if (Number.isNaN(down)) {
      isDown = false;
      continue;
    }
    // A restarted run begins a new stroke instead of running back through the picture.
    if (isDown && across >= previous) {
      context.lineTo(across, down);
    } else {
      context.moveTo(across, down);
      isDown = true;
    }
    previous = across;
  }
  context.stroke();
  context.setLineDash([]);
}

function paintMarkers(context: Pen, style: LineStyle, path: Path, projection: Projection): void {
  const { x, y } = path;
  const { left, right } = projection.area;
  let visible = 0;
  let alone = 0;
  for (let at = 0; at < x.length; at++) {
    if (x[at]! >= left && x[at]! <= right) {
      visible++;
      alone = at;
    }
  }
  if (visible * MARKER_SPACING > right - left) {
    paintLonelyPoints(context, style, path);
    return;
  }
  if (visible === 1) {
    marker(context, style, x[alone]!, y[alone]!);
    return;
  }
  for (let at = 0; at < x.length; at++) {
    marker(context, style, x[at]!, y[at]!);
  }
}

/** A finite value between two that cannot be drawn would leave no trace as a line. */
function paintLonelyPoints(context: Pen, style: LineStyle, { x, y }: Path): void {
  const drawable = (at: number) => !Number.isNaN(y[at] ?? Number.NaN);
  for (let at = 0; at < x.length; at++) {
    if (drawable(at) && !drawable(at - 1) && !drawable(at + 1)) {
      marker(context, style, x[at]!, y[at]!);
    }
  }
}

/** The shape changes with the dash pattern, so that neither needs colour to be told apart. */
function marker(context: Pen, style: LineStyle, x: number, y: number): void {
  if (Number.isNaN(y)) {
    return;
  }
  const r = 2.5;
  context.beginPath();
  if (style.dash === 1) {
    context.rect(x - r, y - r, 2 * r, 2 * r);
  } else if (style.dash === 2) {
    polygon(context, [x, y - r * 1.4, x + r * 1.3, y + r, x - r * 1.3, y + r]);
  } else if (style.dash === 3) {
    polygon(context, [x, y - r * 1.4, x + r * 1.4, y, x, y + r * 1.4, x - r * 1.4, y]);
  } else {
    context.arc(x, y, r, 0, 2 * Math.PI);
  }
  context.fill();
}

export function polygon(context: Pen, corners: readonly number[]): void {
  context.moveTo(corners[0]!, corners[1]!);
  for (let at = 2; at < corners.length; at += 2) {
    context.lineTo(corners[at]!, corners[at + 1]!);
  }
  context.closePath();
}

function paintBand(context: Pen, band: DrawnBand, projection: Projection, theme: Theme): void {
  const alpha = context.globalAlpha;
  context.fillStyle = theme.foreground;
  context.strokeStyle = theme.foreground;
  context.globalAlpha = alpha * (theme.isHighContrast ? 0.22 : 0.1);
  fillBetween(context, band, band.low, band.high, projection);
  context.globalAlpha = alpha * (theme.isHighContrast ? 0.3 : 0.13);
  fillBetween(context, band, band.lowerQuartile, band.upperQuartile, projection);
  context.globalAlpha = alpha * 0.55;
  context.lineWidth = 1;
  const columns = presentColumns(band);
  const steps = Float64Array.from(columns, (column) => stepOfColumn(band, column));
  const medians = Float64Array.from(columns, (column) => band.median[column]!);
  strokePath(context, pathOf(steps, medians, projection), [3, 2]);
}

function fillBetween(
  context: Pen,
  band: DrawnBand,
  low: Float64Array,
  high: Float64Array,
  projection: Projection,
): void {
  const columns = presentColumns(band);
  context.beginPath();
  for (const column of columns) {
    context.lineTo(projection.x(stepOfColumn(band, column)), projection.y(high[column]!));
  }
  for (const column of columns.reverse()) {
    context.lineTo(projection.x(stepOfColumn(band, column)), projection.y(low[column]!));
  }
  context.fill();
}

/** Columns in which something was logged: a run logged every tenth step is still one band. */
function presentColumns(band: DrawnBand): number[] {
  const columns: number[] = [];
  band.low.forEach((value, column) => {
    if (!Number.isNaN(value)) {
      columns.push(column);
    }
  });
  return columns;
}
