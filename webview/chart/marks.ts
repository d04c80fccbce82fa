/** Draws what no line can show: non-finite values, zeros on a logarithmic axis, findings, restarts, the text cursor. */
import type { FindingInfo } from '../../src/protocol/messages';
import type { Range } from '../range';
import type { Theme } from '../theme';
import { type Beyond, type Marks, type PaneContent, stepOfColumn } from './content';
import { type PlacedLabel, placeLabels } from './labels';
import { colorOf, polygon } from './paint';
import type { Area, Projection } from './projection';

/** Height of the lane in which NaN, or infinities, or zeros are marked. Pixels. */
export const LANE = 13;
/** Room between the plot and the lanes above it, so that their names do not run into the highest tick. Pixels. */
export const LANE_GAP = 5;
/** Height of a row of finding labels. Pixels. */
export const LABEL_ROW = 18;
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
  context: CanvasRenderingContext2D,
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
    for (let column = 0; column < band.low.length; column++) {
      if (band.nonFinite[column]! > 0) {
        add('nan', stepOfColumn(band, column), theme.severity.error);
      }
      if (band.zeros[column]! > 0) {
        add('zero', stepOfColumn(band, column), theme.muted);
      }
    }
  }
  for (const line of content.lines) {
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

function paintLane(
  context: CanvasRenderingContext2D,
  marks: ReadonlyMap<number, string>,
  y: number,
  glyph: Glyph,
): void {
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

function paintGlyph(context: CanvasRenderingContext2D, glyph: Glyph, x: number, y: number): void {
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
  context: CanvasRenderingContext2D,
  y: number | null,
  text: string,
  left: number,
  color: string,
  theme: Theme,
): void {
  if (y !== null) {
    context.fillStyle = color;
    context.font = `${Math.max(10, theme.fontSize - 2)}px ${theme.font}`;
    context.textAlign = 'right';
    context.textBaseline = 'middle';
    context.fillText(text, left - 7, y);
  }
}

/**
 * Shaded spans, drawn under the lines: of errors and warnings, and of the finding looked at. Spans of one severity
 * are one shape, so that five findings at one place do not add up to a wall.
 */
export function paintSpans(
  context: CanvasRenderingContext2D,
  marks: Marks,
  projection: Projection,
  theme: Theme,
): void {
  const { left, right, top, bottom } = projection.area;
  const addSpan = ({ step, endStep }: FindingInfo) => {
    const from = Math.max(left, projection.x(step));
    const to = endStep === null ? right : Math.min(right, projection.x(endStep));
    // A tint of everything marks nothing.
    if (to > from && to - from < 0.97 * (right - left)) {
      context.rect(from, top, to - from, bottom - top);
    }
  };
  context.save();
  const selected = marks.findings[marks.selected ?? -1];
  if (selected !== undefined) {
    context.fillStyle = theme.severity[selected.severity];
    context.globalAlpha = 0.11;
    context.beginPath();
    addSpan(selected);
    context.fill();
  } else {
    context.globalAlpha = 0.07;
    for (const severity of ['warning', 'error'] as const) {
      context.fillStyle = theme.severity[severity];
      context.beginPath();
      marks.findings.filter((finding) => finding.severity === severity).forEach(addSpan);
      context.fill();
    }
  }
  context.restore();
}

/**
 * Vertical lines where findings start, the run was restarted or the text cursor stands, and values such as the clip norm; drawn under the lines, so
 * that no spike hides behind its own mark.
 */
export function paintOnsets(
  context: CanvasRenderingContext2D,
  marks: Marks,
  projection: Projection,
  theme: Theme,
): void {
  context.save();
  for (const step of marks.restarts) {
    vertical(context, projection, step, theme.muted, [2, 4], 1);
  }
  marks.findings.forEach((finding, at) => {
    const isSelected = marks.selected === at;
    vertical(context, projection, finding.step, theme.severity[finding.severity], [], isSelected ? 2 : 1);
    if (finding.endStep !== null) {
      vertical(context, projection, finding.endStep, theme.severity[finding.severity], [3, 3], 1);
    }
  });
  for (const { value, label } of marks.levels) {
    horizontal(context, projection, value, label, theme);
  }
  if (marks.cursor !== null) {
    vertical(context, projection, marks.cursor, theme.focus, [], 1.5);
  }
  context.restore();
}

function horizontal(
  context: CanvasRenderingContext2D,
  projection: Projection,
  value: number,
  label: string,
  theme: Theme,
): void {
  const { left, right, top, bottom } = projection.area;
  const y = projection.y(value);
  if (y >= top && y <= bottom) {
    context.strokeStyle = theme.focus;
    context.lineWidth = 1.5;
    context.setLineDash([8, 3]);
    context.beginPath();
    context.moveTo(left, y);
    context.lineTo(right, y);
    context.stroke();
    context.fillStyle = theme.foreground;
    context.font = `${Math.max(10, theme.fontSize - 2)}px ${theme.font}`;
    context.textAlign = 'right';
    context.textBaseline = y - top > 16 ? 'bottom' : 'top';
    context.fillText(label, right - 4, y + (y - top > 16 ? -2 : 3));
  }
}

function vertical(
  context: CanvasRenderingContext2D,
  projection: Projection,
  step: number,
  color: string,
  dash: number[],
  width: number,
): void {
  const { left, right, top, bottom } = projection.area;
  const x = projection.x(step);
  if (x >= left - 0.5 && x <= right + 0.5) {
    context.setLineDash(dash);
    context.strokeStyle = color;
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(x, top);
    context.lineTo(x, bottom);
    context.stroke();
  }
}

/** Rows that the labels need, at most two; widths are estimated as nothing has been drawn yet. */
export function labelRows(marks: Marks, range: Range, width: number, theme: Theme): number {
  const perStep = width / (range.to - range.from);
  const wanted = marks.findings
    .filter(({ step }) => step >= range.from && step <= range.to)
    .map(({ title, step }, at) => ({
      at,
      text: title,
      x: (step - range.from) * perStep,
      width: title.length * theme.fontSize * 0.5 + 20,
    }));
  const placed = placeLabels(wanted, { left: 0, right: width, rows: 2, rowHeight: 1 });
  return placed.reduce((rows, { y }) => Math.max(rows, y + 1), 0);
}

/** Labels of findings above the plot. Returned with their places, so that they can be clicked. */
export function paintLabels(
  context: CanvasRenderingContext2D,
  marks: Marks,
  projection: Projection,
  theme: Theme,
  rows: number,
): readonly PlacedLabel[] {
  const { left, right } = projection.area;
  context.save();
  context.font = `${Math.max(10, theme.fontSize - 2)}px ${theme.font}`;
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  const wanted = marks.findings
    .map((finding, at) => ({ finding, at, x: projection.x(finding.step), text: finding.title }))
    .filter(({ x }) => x >= left - 0.5 && x <= right + 0.5)
    .map((label) => ({ ...label, width: context.measureText(label.text).width + 20 }));
  const placed = placeLabels(wanted, { left, right, rows, rowHeight: LABEL_ROW });
  for (const label of placed) {
    const finding = marks.findings[label.at];
    if (finding !== undefined) {
      paintLabel(context, label, finding, marks.selected === label.at, theme);
    }
  }
  context.restore();
  return placed;
}

function paintLabel(
  context: CanvasRenderingContext2D,
  label: PlacedLabel,
  finding: FindingInfo,
  isSelected: boolean,
  theme: Theme,
): void {
  const color = theme.severity[finding.severity];
  const middle = label.y + LABEL_ROW / 2 - 1;
  context.fillStyle = color;
  context.globalAlpha = isSelected ? 0.35 : 0.16;
  context.fillRect(label.x, label.y, label.width, LABEL_ROW - 2);
  context.globalAlpha = 1;
  context.fillRect(label.x, label.y, 2, LABEL_ROW - 2);
  context.beginPath();
  if (finding.severity === 'error') {
    context.arc(label.x + 9, middle, 3.5, 0, 2 * Math.PI);
  } else if (finding.severity === 'warning') {
    polygon(context, [label.x + 9, middle - 4, label.x + 13, middle + 3, label.x + 5, middle + 3]);
  } else {
    context.rect(label.x + 6, middle - 3, 6, 6);
  }
  context.fill();
  context.fillStyle = theme.foreground;
  context.fillText(label.text, label.x + 16, middle + 0.5);
}
