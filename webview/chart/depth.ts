/** The picture of norms by depth: rows from the first layer to the last, norms to the right. Pure but for the canvas. */

import type { LineStyle } from '../../src/protocol/choose';
import { powerLabels } from '../format';
import type { Theme } from '../theme';
import { polygon } from './curve';
import { colorOf, dashOf } from './paint';
import type { Pen } from './pen';
import { createProjection, type Projection, valueAxis } from './projection';
import { fitLabels, fitText } from './surface';
import { smallFont } from './textWidth';
import { powerTicks } from './ticks';

/** Room for the tick labels above the rows, and for the sign of NaN at the right. Pixels. */
export const ABOVE_ROWS = 22;
export const RIGHT_OF_ROWS = 34;
/** Rows closer than this cannot all have their names. Pixels. */
const NAME_HEIGHT = 14;

/** One curve over the layers. */
export interface DepthCurve {
  /** What it is called in the key and the tooltip: "step 1,200", "other.log". */
  readonly label: string;
  /** One a row; NaN where nothing was logged, see `isLogged`. */
  readonly values: Float64Array;
  /** Whether the row has a value at all: a NaN that was logged is marked, one that was not is a gap. */
  readonly isLogged: (row: number) => boolean;
  readonly style: LineStyle;
  /** The curve looked at has full points, those beside it rings. */
  readonly isMain: boolean;
}

export interface DepthPicture {
  readonly names: readonly string[];
  /** Rows whose names stand out. */
  readonly isMarked: (row: number) => boolean;
  /** Row pointed at; -1: none. */
  readonly row: number;
  readonly rowHeight: number;
  /** Pixels left of the plot, for the names. */
  readonly left: number;
  readonly width: number;
  readonly height: number;
  /** Those beside the main curve first: it lies on top. */
  readonly curves: readonly DepthCurve[];
  readonly projection: Projection;
}

/**
 * Norms run to the right: the y axis of an ordinary projection, turned.
 * @param extent smallest and largest positive value that must fit; null: there is none
 */
export function depthProjection(
  left: number,
  right: number,
  extent: { readonly min: number; readonly max: number } | null,
): Projection {
  return createProjection(
    { left: 0, right: 1, top: -right, bottom: -left },
    { from: 0, to: 1 },
    valueAxis(extent, true),
  );
}

/** Pixel of a value across; NaN when the axis cannot show it. */
export function acrossOf(projection: Projection, value: number): number {
  return -projection.y(value);
}

/** Pixel of a row's middle. */
export function middleOf({ rowHeight }: Pick<DepthPicture, 'rowHeight'>, row: number): number {
  return ABOVE_ROWS + (row + 0.5) * rowHeight;
}

export function paintDepth(context: Pen, picture: DepthPicture, theme: Theme): void {
  paintAxis(context, picture, theme);
  paintNames(context, picture, theme);
  for (const curve of picture.curves) {
    paintCurve(context, curve, picture, theme);
  }
}

function paintAxis(context: Pen, { projection, height }: DepthPicture, theme: Theme): void {
  const { axis, area } = projection;
  context.font = smallFont(theme);
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  const most = Math.max(2, Math.floor((area.bottom - area.top) / 60));
  const ticks = powerTicks(axis.min, axis.max, most);
  const labels = powerLabels(ticks);
  ticks.forEach((tick, at) => {
    const x = acrossOf(projection, tick);
    context.fillStyle = theme.grid;
    context.fillRect(Math.round(x), ABOVE_ROWS - 4, 1, height);
    context.fillStyle = theme.muted;
    context.fillText(labels[at] ?? '', x, ABOVE_ROWS - 13);
  });
}

function paintNames(context: Pen, picture: DepthPicture, theme: Theme): void {
  const { rowHeight, left, width } = picture;
  const apart = Math.max(1, Math.ceil(NAME_HEIGHT / rowHeight));
  context.textAlign = 'right';
  const names = fitLabels(context, picture.names, left - 16);
  names.forEach((name, row) => {
    if (row === picture.row) {
      context.fillStyle = theme.grid;
      context.fillRect(0, ABOVE_ROWS + row * rowHeight, width, rowHeight);
    }
    if (row % apart === 0) {
      context.fillStyle = picture.isMarked(row) || row === picture.row ? theme.foreground : theme.muted;
      context.fillText(fitText(context, name, left - 16), left - 10, middleOf(picture, row));
    }
  });
}

function paintCurve(context: Pen, curve: DepthCurve, picture: DepthPicture, theme: Theme): void {
  const { projection, rowHeight } = picture;
  const radius = Math.min(4.5, Math.max(1.5, rowHeight / 3));
  context.strokeStyle = colorOf(curve.style, theme);
  context.fillStyle = context.strokeStyle;
  context.lineWidth = curve.style.width;
  context.setLineDash([...dashOf(curve.style)]);
  context.beginPath();
  let isDown = false;
  curve.values.forEach((value, row) => {
    const x = acrossOf(projection, value);
    if (Number.isNaN(x)) {
      isDown = false;
    } else if (isDown) {
      context.lineTo(x, middleOf(picture, row));
    } else {
      context.moveTo(x, middleOf(picture, row));
      isDown = true;
    }
  });
  context.stroke();
  context.setLineDash([]);
  curve.values.forEach((value, row) => {
    const x = acrossOf(projection, value);
    if (!Number.isNaN(x)) {
      context.beginPath();
      context.arc(x, middleOf(picture, row), radius, 0, 2 * Math.PI);
      context[curve.isMain ? 'fill' : 'stroke']();
    } else if (curve.isLogged(row)) {
      paintBeyond(context, value, middleOf(picture, row), projection, theme);
    }
  });
}

/** NaN and infinities at the right edge, zeros at the left one, each with its own sign. */
function paintBeyond(context: Pen, value: number, y: number, { area }: Projection, theme: Theme): void {
  context.save();
  context.textAlign = 'left';
  if (!Number.isFinite(value)) {
    context.fillStyle = theme.severity.error;
    context.fillText(Number.isNaN(value) ? '✕ NaN' : '▶ ∞', -area.top - 14, y);
  } else if (value <= 0) {
    context.strokeStyle = theme.muted;
    context.beginPath();
    polygon(context, [-area.bottom - 6, y, -area.bottom, y - 3.5, -area.bottom, y + 3.5]);
    context.stroke();
  }
  context.restore();
}
