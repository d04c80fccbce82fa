import { type PointIndex, pastOutside } from './pointIndex';
import { columnOf, startOfColumn, type Window } from './reduce';
import type { Points } from './series';

/** What a cell of a {@link StepGrid} holds. Ordered by what must not be overlooked: the larger one wins a cell. */
export const Cell = { empty: 0, finite: 1, zero: 2, infinite: 3, nan: 4 } as const;

/** Rows of series over columns of steps, row by row: the heat map's numbers. */
export interface StepGrid {
  /** One of {@link Cell} for each cell. */
  readonly states: Uint8Array<ArrayBuffer>;
  /** The value of the cell that departs most (as a ratio) from the row's median; 0 where the state is not finite. */
  readonly values: Float32Array<ArrayBuffer>;
  /** Step of that value. */
  readonly steps: Float64Array<ArrayBuffer>;
  /** 1-based line of that value; 0 for an empty cell. */
  readonly lines: Uint32Array<ArrayBuffer>;
  /** Median positive value of each row over the window; NaN when it has none. */
  readonly medians: Float64Array<ArrayBuffer>;
}

/**
 * Fills the grid. A cell that several points share shows NaN before infinity before zero before a number, and of
 * numbers the one farthest from the row's median, so that neither a spike nor a collapse is averaged away.
 * @param first the column that the grid begins with: those before it are left out
 * @param indices summaries of the same series; only a matter of speed
 */
export function stepGrid(
  rows: readonly Points[],
  window: Window,
  first = 0,
  indices: readonly PointIndex[] = [],
): StepGrid {
  const columns = window.columns - first;
  const cells = rows.length * columns;
  const grid: StepGrid = {
    states: new Uint8Array(cells),
    values: new Float32Array(cells),
    steps: new Float64Array(cells),
    lines: new Uint32Array(cells),
    medians: new Float64Array(rows.length),
  };
  rows.forEach((points, row) => {
    const median = medianOf(points, window);
    grid.medians[row] = median;
    const place = { start: row * columns, first, index: indices[row] };
    fillRow(grid, place, points, window, median > 0 ? Math.log(median) : 0);
  });
  return grid;
}

interface RowPlace {
  /** First cell of the row. */
  readonly start: number;
  readonly first: number;
  readonly index: PointIndex | undefined;
}

function fillRow(
  grid: StepGrid,
  { start, first, index }: RowPlace,
  points: Points,
  window: Window,
  centre: number,
): void {
  const from = startOfColumn(first, window);
  for (let next = pastOutside(index, 0, from, window.to); next < points.length; ) {
    const at = next;
    next = pastOutside(index, at + 1, from, window.to);
    const step = points.step(at);
    const column = columnOf(step, window) - first;
    if (column < 0 || !(step >= window.from && step <= window.to)) {
      continue;
    }
    const value = points.value(at);
    const cell = start + column;
    const state = stateOf(value);
    const present = grid.states[cell]!;
    const wins =
      state === present && state === Cell.finite
        ? distance(value, centre) > distance(grid.values[cell]!, centre)
        : state > present;
    if (wins) {
      grid.states[cell] = state;
      grid.values[cell] = state === Cell.finite ? value : 0;
      grid.steps[cell] = step;
      grid.lines[cell] = points.line(at);
    }
  }
}

function stateOf(value: number): number {
  if (Number.isNaN(value)) {
    return Cell.nan;
  }
  if (!Number.isFinite(value)) {
    return Cell.infinite;
  }
  return value === 0 ? Cell.zero : Cell.finite;
}

function distance(value: number, centre: number): number {
  return Math.abs(Math.log(Math.abs(value)) - centre);
}

/** Enough of an evenly spread sample for a median that only decides which of two extremes is the stranger one. */
const MEDIAN_SAMPLE = 512;

function medianOf(points: Points, window: Window): number {
  const stride = Math.max(1, Math.floor(points.length / MEDIAN_SAMPLE));
  const sample: number[] = [];
  for (let at = 0; at < points.length; at += stride) {
    const value = points.value(at);
    const step = points.step(at);
    if (value > 0 && Number.isFinite(value) && step >= window.from && step <= window.to) {
      sample.push(value);
    }
  }
  sample.sort((a, b) => a - b);
  return sample[sample.length >> 1] ?? Number.NaN;
}
