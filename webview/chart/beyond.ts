/** Draws what no axis holds: NaN and infinities in lanes above the plot, zeros on a logarithmic axis at its foot. */

import type { Theme } from '../theme';
import { type Beyond, type PaneContent, stepOfColumn } from './content';
import { polygon } from './curve';
import { colorOf } from './paint';
import type { Pen } from './pen';
import type { Area, Projection } from './projection';
import { smallFont } from './textWidth';

/** Height of the lane in which NaN, or infinities, or zeros are marked. Pixels. */
export const LANE = 13;
/** Room between the plot and the lanes above it, so that their names do not run into the highest tick. Pixels. */
export const LANE_GAP = 5;
/** Glyphs closer than this would run into a smear. Pixels. */
const GLYPH_SPACING = 9;

export interface Lanes {
  readonly nan: number | null;
  readonly infinite: number | null;
  readonly zero: number | null;
}

/**
 * Vertical middle of every lane that is needed: NaN and infinities above the plot, zeros at its foot.
 * @param isShared a low pane has one lane for NaN and infinities; their signs still differ
 */
export function lanesOf(beyond: Beyond, area: Area, logarithmic: boolean, isShared: boolean): Lanes {
  const infinite = beyond.infinite ? area.top - LANE / 2 - LANE_GAP : null;
  return {
    infinite,
    nan: beyond.nan ? area.top - LANE / 2 - LANE_GAP - (beyond.infinite && !isShared ? LANE : 0) : null,
    zero: beyond.zero && logarithmic ? area.bottom - LANE / 2 : null,
  };
}

type Glyph = 'nan' | 'infinite' | 'zero';

export function paintBeyond(
  context: Pen,
  content: PaneContent,
  projection: Projection,
  lanes: Lanes,
  theme: Theme,
): void {
  const { left, right } = projection.area;
  context.save();
  const isShared = lanes.nan === lanes.infinite;
  labelLane(context, lanes.nan, isShared ? 'NaN ±∞' : 'NaN', left, theme.severity.error, theme);
  labelLane(context, isShared ? null : lanes.infinite, '±∞', left, theme.severity.error, theme);
  labelLane(context, lanes.zero, '≤0', left, theme.muted, theme);
  if (lanes.zero !== null) {
    context.strokeStyle = theme.grid;
    context.beginPath();
    context.moveTo(left, lanes.zero - LANE / 2);
    context.lineTo(right, lanes.zero - LANE / 2);
    context.stroke();
  }
  const marks: Record<Glyph, Map<number, string>> = { nan: new Map(), infinite: new Map(), zero: new Map() };
  collect(content, projection, theme, marks);
  for (const glyph of ['zero', 'infinite', 'nan'] as const) {
    const y = lanes[glyph];
    if (y !== null) {
      paintLane(context, marks[glyph], y, glyph);
    }
  }
  context.restore();
}

/** One mark for each pixel, in the colour of the last series that has it there. */
function collect(
  content: PaneContent,
  projection: Projection,
  theme: Theme,
  marks: Record<Glyph, Map<number, string>>,
): void {
  const { left, right } = projection.area;
  const add = (glyph: Glyph, step: number, color: string) => {
    const x = Math.round(projection.x(step));
    if (x >= left - 1 && x <= right + 1) {
      marks[glyph].set(x, color);
    }
  };
  const { band } = content;
  if (band !== null) {
    const columns = band.zeros.length;
    for (let column = 0; column < columns; column++) {
      if (band.nonFinite[column]! > 0) {
        add('nan', stepOfColumn(band.range, columns, column), theme.severity.error);
      }
      if (band.zeros[column]! > 0) {
        add('zero', stepOfColumn(band.range, columns, column), theme.muted);
      }
    }
  }
  for (const line of content.lines) {
    const { nan, infinite, zero } = line.figures.beyond;
    if (!nan && !infinite && !zero) {
      continue;
    }
    const color = colorOf(line.style, theme);
    for (let at = 0; at < line.steps.length; at++) {
      const value = line.values[at]!;
      if (Number.isNaN(value)) {
        add('nan', line.steps[at]!, theme.severity.error);
      } else if (!Number.isFinite(value)) {
        add('infinite', line.steps[at]!, theme.severity.error);
      } else if (value <= 0) {
        add('zero', line.steps[at]!, color);
      }
    }
  }
}

function paintLane(context: Pen, marks: ReadonlyMap<number, string>, y: number, glyph: Glyph): void {
  let last = Number.NEGATIVE_INFINITY;
  for (const x of [...marks.keys()].sort((a, b) => a - b)) {
    const color = marks.get(x) ?? '';
    context.fillStyle = color;
    context.strokeStyle = color;
    context.globalAlpha = 0.4;
    context.fillRect(x - 0.5, y + LANE / 2 - 2, 1.5, 2);
    context.globalAlpha = 1;
    if (x - last >= GLYPH_SPACING) {
      paintGlyph(context, glyph, x, y);
      last = x;
    }
  }
}

function paintGlyph(context: Pen, glyph: Glyph, x: number, y: number): void {
  const r = 3.2;
  context.lineWidth = 1.5;
  context.beginPath();
  if (glyph === 'nan') {
    context.moveTo(x - r, y - r);
    context.lineTo(x + r, y + r);
    context.moveTo(x + r, y - r);
    context.lineTo(x - r, y + r);
    context.stroke();
  } else if (glyph === 'infinite') {
    polygon(context, [x, y - r, x + r, y + r, x - r, y + r]);
    context.fill();
  } else {
    context.lineWidth = 1.2;
    polygon(context, [x - r, y - r, x + r, y - r, x, y + r]);
    context.stroke();
  }
}

function labelLane(
  context: Pen,
  y: number | null,
  text: string,
  left: number,
  color: string,
  theme: Theme,
): void {
  if (y !== null) {
    context.fillStyle = color;
    context.font = smallFont(theme);
    context.textAlign = 'right';
    context.textBaseline = 'middle';
    context.fillText(text, left - 7, y);
  }
}
