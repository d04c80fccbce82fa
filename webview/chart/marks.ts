/** Draws under the lines what a person compares them with: findings, restarts, the text cursor, values such as the clip norm. */

import type { FindingInfo } from '../../src/protocol/messages';
import type { Theme } from '../theme';
import type { BaselineBand, Marks } from './content';
import type { Pen } from './pen';
import type { Projection } from './projection';
import { smallFont } from './textWidth';

/**
 * Shaded spans, drawn under the lines: of errors and warnings, and of the finding looked at. Spans of one severity
 * are one shape, so that five findings at one place do not add up to a wall.
 */
export function paintSpans(context: Pen, marks: Marks, projection: Projection, theme: Theme): void {
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

/** The run's usual values before a finding: a band with its middle, from window to window and on to the end. */
export function paintBaseline(
  context: Pen,
  band: BaselineBand | null,
  projection: Projection,
  theme: Theme,
): void {
  if (band === null || band.steps.length === 0) {
    return;
  }
  const { left, right, top, bottom } = projection.area;
  const xs = [
    ...band.steps.map((step) => projection.x(step)),
    Math.max(right, projection.x(band.steps.at(-1) ?? 0)),
  ];
  const floor = (y: number) => (Number.isNaN(y) ? bottom : y);
  const along = (values: readonly number[]) =>
    xs.map(
      (x, at) => [x, floor(projection.y(values[Math.min(at, values.length - 1)] ?? Number.NaN))] as const,
    );
  context.save();
  context.beginPath();
  context.rect(left, top, right - left, bottom - top);
  context.clip();
  context.fillStyle = theme.focus;
  context.strokeStyle = theme.focus;
  context.globalAlpha = theme.isHighContrast ? 0.3 : 0.18;
  context.beginPath();
  for (const [x, y] of along(band.high)) {
    context.lineTo(x, y);
  }
  for (const [x, y] of along(band.low).reverse()) {
    context.lineTo(x, y);
  }
  context.closePath();
  context.fill();
  context.globalAlpha = 0.8;
  context.lineWidth = 1;
  context.setLineDash([8, 3]);
  context.beginPath();
  for (const [x, y] of along(band.median)) {
    context.lineTo(x, y);
  }
  context.stroke();
  context.setLineDash([]);
  context.restore();
}

/**
 * Vertical lines where findings start, the run was restarted or the text cursor stands, and values such as the clip norm; drawn under the lines, so
 * that no spike hides behind its own mark.
 */
export function paintOnsets(context: Pen, marks: Marks, projection: Projection, theme: Theme): void {
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

function horizontal(context: Pen, projection: Projection, value: number, label: string, theme: Theme): void {
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
    context.font = smallFont(theme);
    context.textAlign = 'right';
    context.textBaseline = y - top > 16 ? 'bottom' : 'top';
    context.fillText(label, right - 4, y + (y - top > 16 ? -2 : 3));
  }
}

function vertical(
  context: Pen,
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
