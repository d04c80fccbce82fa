/** Which cell of the heat map is where in the picture: the map may be of more steps than are looked at. Pure. */

import type { Range } from '../src/protocol/range';
import type { HeatGrid } from './chart/heat';
import type { Area } from './chart/projection';

interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Shown {
  readonly grid: Pick<HeatGrid, 'range' | 'columns'>;
  /** Rows drawn. */
  readonly rows: number;
  readonly area: Area;
  /** Steps between the left and the right edge of the area. */
  readonly range: Range;
}

/** The row at a place and its column, -1 on the labels beside the map; null outside of the rows and of what was logged. */
export function placeAt(
  { grid, rows, area, range }: Shown,
  { x, y }: Point,
): { readonly row: number; readonly column: number } | null {
  const row = Math.floor(((y - area.top) / (area.bottom - area.top)) * rows);
  if (row < 0 || row >= rows || x >= area.right) {
    return null;
  }
  if (x < area.left) {
    return { row, column: -1 };
  }
  const step = range.from + ((x - area.left) / (area.right - area.left)) * (range.to - range.from);
  const column = Math.floor(((step - grid.range.from) / (grid.range.to - grid.range.from)) * grid.columns);
  return column >= 0 && column < grid.columns ? { row, column } : null;
}

/** Where a cell is drawn, as far as it lies between the edges. */
export function boxOf(
  { grid, rows, area, range }: Shown,
  row: number,
  column: number,
): Point & { readonly width: number; readonly height: number } {
  const perStep = (area.right - area.left) / (range.to - range.from);
  const width = ((grid.range.to - grid.range.from) / grid.columns) * perStep;
  const start = area.left + (grid.range.from - range.from) * perStep + column * width;
  const x = Math.max(area.left, start);
  const height = (area.bottom - area.top) / rows;
  return { x, y: area.top + row * height, width: Math.min(area.right, start + width) - x, height };
}

/**
 * The next column of a row that shows another record; the same one where there is none.
 * @param holding for every cell drawn, the cell that holds there; -1: none
 * @param by 1: to the right, -1: to the left, 0: stays
 */
export function nextColumn(
  holding: Int32Array,
  columns: number,
  row: number,
  column: number,
  by: number,
): number {
  const here = holding[row * columns + column];
  for (let at = column + by; by !== 0 && at >= 0 && at < columns; at += by) {
    const next = holding[row * columns + at]!;
    if (next >= 0 && next !== here) {
      return at;
    }
  }
  return column;
}
