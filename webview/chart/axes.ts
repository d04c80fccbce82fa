/** Lays out and draws the axes of a picture over steps. Pure but for the pen that is handed in. */
import type { AxisKind } from '../../src/protocol/messages';
import type { Range } from '../../src/protocol/range';
import { formatStep, linearLabels, powerLabels } from '../format';
import { AXIS_TITLES, isCounted } from '../summary';
import type { Theme } from '../theme';
import type { Pen } from './pen';
import type { Area, Projection } from './projection';
import { smallFont } from './textWidth';
import { atLeastTwo, linearTicks, powerTicks, stepTicks } from './ticks';

/** Pixels left of the plot, the same in every pane so that their steps stand under one another. */
export const AXIS_WIDTH = 58;

/** Room for half of the last step's label. */
export const RIGHT_MARGIN = 16;

/** Room below the plot: of a pane with labels of steps and a title, and of one without. Pixels. */
const BELOW_WITH_STEPS = 38;
const BELOW = 6;

const TICK = 4;
/** Room that a label of a value needs, and of a step. Pixels. */
const VALUE_SPACING = 34;
const STEP_SPACING = 90;

/** @param above pixels kept free for labels and lanes */
export function plotArea(width: number, height: number, above: number, hasStepAxis: boolean): Area {
  return {
    left: AXIS_WIDTH,
    right: Math.max(AXIS_WIDTH + 1, width - RIGHT_MARGIN),
    top: above,
    bottom: Math.max(above + 1, height - (hasStepAxis ? BELOW_WITH_STEPS : BELOW)),
  };
}

export interface AxesLook {
  readonly range: Range;
  readonly axis: AxisKind;
  readonly hasStepAxis: boolean;
  /** Smallest value that gets a tick; below it the axis has a lane of its own for zeros. NaN: no value is in view. */
  readonly lowestTick: number;
}

export function paintAxes(pen: Pen, projection: Projection, look: AxesLook, theme: Theme): void {
  pen.save();
  pen.font = smallFont(theme);
  pen.lineWidth = 1;
  paintSteps(pen, projection, look, theme);
  paintValues(pen, projection, look, theme);
  const { left, right, top, bottom } = projection.area;
  pen.fillStyle = theme.muted;
  pen.fillRect(left - 0.5, top, 1, bottom - top);
  pen.fillRect(left, bottom - 0.5, right - left, 1);
  pen.restore();
}

function paintSteps(pen: Pen, projection: Projection, look: AxesLook, theme: Theme): void {
  const { left, right, top, bottom } = projection.area;
  const most = Math.max(2, Math.floor((right - left) / STEP_SPACING));
  pen.textAlign = 'center';
  pen.textBaseline = 'top';
  for (const step of stepTicks(look.range, isCounted(look.axis), most)) {
    const x = sharp(projection.x(step));
    pen.fillStyle = theme.grid;
    pen.fillRect(x, top, 1, bottom - top + (look.hasStepAxis ? TICK : 0));
    if (look.hasStepAxis) {
      pen.fillStyle = theme.muted;
      pen.fillText(formatStep(step), x, bottom + TICK + 3);
    }
  }
  if (look.hasStepAxis) {
    pen.fillStyle = theme.muted;
    pen.fillText(AXIS_TITLES[look.axis], (left + right) / 2, bottom + 22);
  }
}

function paintValues(pen: Pen, projection: Projection, look: AxesLook, theme: Theme): void {
  if (Number.isNaN(look.lowestTick)) {
    return;
  }
  const { axis, area } = projection;
  const height = area.bottom - area.top;
  const values = atLeastTwo(Math.max(2, Math.floor(height / VALUE_SPACING)), (most) =>
    axis.logarithmic ? powerTicks(look.lowestTick, axis.max, most) : linearTicks(axis.min, axis.max, most),
  );
  const labels = axis.logarithmic ? powerLabels(values) : linearLabels(values);
  pen.textAlign = 'right';
  pen.textBaseline = 'middle';
  values.forEach((value, at) => {
    const y = sharp(projection.y(value));
    pen.fillStyle = theme.grid;
    pen.fillRect(area.left - TICK, y, area.right - area.left + TICK, 1);
    pen.fillStyle = theme.muted;
    pen.fillText(labels[at] ?? '', area.left - TICK - 4, y);
  });
}

/** Where a line one pixel wide covers one pixel and not two halves. */
function sharp(at: number): number {
  return Math.round(at) - 0.5;
}
