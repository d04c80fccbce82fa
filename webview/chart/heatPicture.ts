/** Draws the heat map of layers over steps, and says what its colours mean. */

import { Cell } from '../../src/core/run/stepGrid';
import { inFindings } from '../../src/protocol/choose';
import type { SeriesInfo } from '../../src/protocol/messages';
import { visibleRange } from '../../src/protocol/range';
import { h } from '../dom';
import { pictureName, type Row } from '../folds';
import { formatFactor, formatStep, formatValue } from '../format';
import { AXIS_TITLES, isCounted } from '../summary';
import type { Theme } from '../theme';
import type { Model } from '../view';
import { cssColor, parseColor } from './colorMap';
import { polygon } from './curve';
import { colorOfPosition, type HeatGrid, type HeatScale, heatPixels } from './heat';
import type { Pen } from './pen';
import type { Area } from './projection';
import { fitLabels, fitText } from './surface';
import { smallFont } from './textWidth';
import { stepTicks } from './ticks';

export interface Heat {
  readonly grid: HeatGrid;
  /** The grid's rows. */
  readonly layers: readonly SeriesInfo[];
  /** The rows drawn. */
  readonly rows: readonly Row[];
  /** For every cell drawn, the cell of the grid that holds there; -1: none. */
  readonly holding: Int32Array;
  /** What the colours stand for. */
  readonly scale: HeatScale;
}

/** A pixel for every cell drawn. */
export function heatImage({ grid, rows, holding, scale }: Heat, theme: Theme): HTMLCanvasElement {
  const pixels = new ImageData(grid.columns, rows.length);
  heatPixels(grid, holding, scale, theme, pixels.data);
  const image = h('canvas', { width: grid.columns, height: rows.length });
  image.getContext('2d')?.putImageData(pixels, 0, 0);
  return image;
}

/** The cells, with signs of the findings above them. */
export function paintCells(
  context: Pen,
  { grid, rows }: Heat,
  image: HTMLCanvasElement,
  area: Area,
  { theme, state, snapshot }: Model,
): void {
  const { left, right, top, bottom } = area;
  // The map may be of an older range: it is stretched to where it belongs until the new one has come.
  const range = visibleRange(snapshot, state);
  const perStep = (right - left) / (range.to - range.from);
  context.save();
  context.beginPath();
  context.rect(left, top, right - left, bottom - top);
  context.clip();
  context.imageSmoothingEnabled = false;
  context.drawImage(
    image,
    left + (grid.range.from - range.from) * perStep,
    top,
    (grid.range.to - grid.range.from) * perStep,
    bottom - top,
  );
  if (bottom - top >= 8 * rows.length) {
    context.fillStyle = theme.background;
    for (let row = 1; row < rows.length; row++) {
      context.fillRect(left, top + (row * (bottom - top)) / rows.length - 0.5, right - left, 1);
    }
  }
  context.restore();
  // Above the map: a line across it would cover the very column that it points out.
  snapshot.findings.forEach((finding, at) => {
    const x = left + (finding.step - range.from) * perStep;
    if (x >= left - 1 && x <= right + 1) {
      const size = state.finding === at ? 6 : 4.5;
      context.fillStyle = theme.severity[finding.severity];
      context.beginPath();
      polygon(context, [x - size, top - size * 1.6, x + size, top - size * 1.6, x, top]);
      context.fill();
    }
  });
}

/** Names of the layers at the left, steps at the foot. */
export function paintAxes(
  context: Pen,
  { layers, rows }: Heat,
  rowHeight: number,
  area: Area,
  model: Model,
): void {
  const { left, right, bottom, top } = area;
  const { theme, snapshot, state } = model;
  const found = inFindings(snapshot);
  context.font = smallFont(theme);
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  const apart = Math.max(1, Math.ceil(14 / rowHeight));
  const names = fitLabels(context, rows.map(pictureName), left - 12);
  rows.forEach(({ members }, row) => {
    const isFound = members.some((member) => found.has(layers[member]?.id ?? -1));
    if (row % apart === 0 && (row + apart <= rows.length || rowHeight >= 14 || row === 0)) {
      context.fillStyle = isFound ? theme.foreground : theme.muted;
      context.fillText(
        fitText(context, names[row] ?? '', left - 12),
        left - 6,
        top + (row + 0.5) * rowHeight,
      );
    }
  });
  const range = visibleRange(snapshot, state);
  context.textAlign = 'center';
  context.textBaseline = 'top';
  context.fillStyle = theme.muted;
  const unit = AXIS_TITLES[snapshot.axis.kind];
  for (const step of stepTicks(
    range,
    isCounted(snapshot.axis.kind),
    Math.max(2, Math.floor((right - left) / 90)),
  )) {
    const x = left + ((step - range.from) / (range.to - range.from)) * (right - left);
    context.fillRect(x, bottom, 1, 4);
    context.fillText(formatStep(step), x, bottom + 6);
  }
  context.fillText(unit, (left + right) / 2, bottom + 19);
}

/** What the colours stand for, in words and as a ramp. */
export function colorKey(scale: HeatScale, theme: Theme): readonly (Node | string)[] {
  const neutral = parseColor(theme.background);
  const canvas = h('canvas', { width: 200, height: 1, class: 'color-ramp', 'aria-hidden': 'true' });
  const context = canvas.getContext('2d');
  for (let x = 0; x < 200 && context !== null; x++) {
    const position = scale.low + (x / 199) * (scale.high - scale.low);
    context.fillStyle = cssColor(colorOfPosition(scale, position, neutral));
    context.fillRect(x, 0, 1, 1);
  }
  const text = (position: number) => {
    const value = Number((10 ** position).toPrecision(2));
    return scale.mode === 'norm' ? formatValue(value) : formatFactor(value);
  };
  return [
    text(scale.low),
    canvas,
    text(scale.high),
    h('span', { class: 'key' }, h('span', { class: 'key-nan' }), 'NaN or ∞'),
    h('span', { class: 'key' }, h('span', { class: 'key-zero' }), 'exactly 0'),
  ];
}

/** The map in words, for those who cannot see it. */
export function heatSentence({ grid, layers, rows, scale }: Heat): string {
  const count = (state: number) => grid.states.reduce((sum, one) => sum + Number(one === state), 0);
  const bad = count(Cell.nan) + count(Cell.infinite);
  const range =
    scale.mode === 'norm'
      ? `norms from ${formatValue(10 ** scale.low)} to ${formatValue(10 ** scale.high)}`
      : `ratios to the median up to ${formatFactor(10 ** scale.high)}`;
  const folded = rows.length < layers.length ? ` in ${rows.length} rows` : '';
  return `Heat map of ${layers.length} layers${folded} over steps ${formatStep(grid.range.from)} to ${formatStep(grid.range.to)}: ${range}; ${bad} cells with NaN or infinity, ${count(Cell.zero)} with zero.`;
}
