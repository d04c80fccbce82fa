/** Draws the names of findings above the plot. */

import type { FindingInfo } from '../../src/protocol/messages';
import type { Range } from '../../src/protocol/range';
import type { Theme } from '../theme';
import type { Marks } from './content';
import { polygon } from './curve';
import { type PlacedLabel, placeLabels } from './labels';
import type { Pen } from './pen';
import type { Projection } from './projection';
import { smallFont, textWidth } from './textWidth';

/** Height of a row of finding labels. Pixels. */
export const LABEL_ROW = 18;
/** Room for the sign before a label's text and the edge after it. Pixels. */
const AROUND_TEXT = 20;

/** Rows that the labels need, at most two. */
export function labelRows(marks: Marks, range: Range, width: number, theme: Theme): number {
  const perStep = width / (range.to - range.from);
  const wanted = marks.findings
    .filter(({ step }) => step >= range.from && step <= range.to)
    .map(({ title, step }, at) => ({
      at,
      text: title,
      x: (step - range.from) * perStep,
      width: textWidth(title, smallFont(theme)) + AROUND_TEXT,
    }));
  const placed = placeLabels(wanted, { left: 0, right: width, rows: 2, rowHeight: 1 });
  return placed.reduce((rows, { y }) => Math.max(rows, y + 1), 0);
}

/** Labels of findings above the plot. Returned with their places, so that they can be clicked. */
export function paintLabels(
  context: Pen,
  marks: Marks,
  projection: Projection,
  theme: Theme,
  rows: number,
): readonly PlacedLabel[] {
  const { left, right } = projection.area;
  context.save();
  context.font = smallFont(theme);
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  const wanted = marks.findings
    .map((finding, at) => ({ finding, at, x: projection.x(finding.step), text: finding.title }))
    .filter(({ x }) => x >= left - 0.5 && x <= right + 0.5)
    .map((label) => ({ ...label, width: context.measureText(label.text).width + AROUND_TEXT }));
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
  context: Pen,
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
