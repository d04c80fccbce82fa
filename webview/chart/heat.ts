/** The numbers of the heat map, its colours, and its pixels. Pure but for the canvas that is handed in. */
import { Cell } from '../../src/core/run/stepGrid';
import type { Range } from '../../src/protocol/range';
import type { Theme } from '../theme';
import { divergingColor, parseColor, type Rgb, sequentialColor } from './colorMap';

export interface HeatGrid {
  readonly range: Range;
  readonly rows: number;
  readonly columns: number;
  readonly states: Uint8Array;
  readonly values: Float32Array;
  readonly steps: Float64Array;
  readonly lines: Uint32Array;
  readonly medians: Float64Array;
}

/** What a colour stands for: powers of ten of the norm, or of its ratio to the row's median. */
export interface HeatScale {
  readonly mode: 'norm' | 'relative';
  readonly low: number;
  readonly high: number;
}

/** Covers every value in view: a spike is the brightest cell, never cut off. */
export function heatScale(grid: HeatGrid, mode: HeatScale['mode']): HeatScale {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let cell = 0; cell < grid.states.length; cell++) {
    const position = positionOf(grid, cell, mode);
    if (!Number.isNaN(position)) {
      low = Math.min(low, position);
      high = Math.max(high, position);
    }
  }
  if (mode === 'relative') {
    // Symmetric, and at least a factor of ten, so that noise stays pale.
    const far = Math.max(1, Math.abs(low), Math.abs(high));
    return { mode, low: -far, high: Number.isFinite(far) ? far : 1 };
  }
  if (low > high) {
    return { mode, low: -1, high: 1 };
  }
  return high - low < 1
    ? { mode, low: (low + high) / 2 - 0.5, high: (low + high) / 2 + 0.5 }
    : { mode, low, high };
}

export function colorOfPosition(scale: HeatScale, position: number, neutral: Rgb): Rgb {
  const share = (position - scale.low) / (scale.high - scale.low);
  return scale.mode === 'norm' ? sequentialColor(share) : divergingColor(share, neutral);
}

/**
 * For every cell, the cell whose record holds there: itself, or the last one before it in its row until the next.
 * The last record of a row holds for as long as the one before it did. -1: nothing was logged yet, or any more.
 */
export function holdingCells(grid: HeatGrid): Int32Array {
  const holding = new Int32Array(grid.states.length).fill(-1);
  for (let row = 0; row < grid.rows; row++) {
    const start = row * grid.columns;
    let last = -1;
    let gap = 1;
    for (let column = 0; column < grid.columns; column++) {
      if (grid.states[start + column] !== Cell.empty) {
        gap = last < 0 ? gap : column - last;
        for (let at = last < 0 ? column : last; at < column; at++) {
          holding[start + at] = start + last;
        }
        last = column;
        holding[start + column] = start + column;
      }
    }
    for (let at = last; last >= 0 && at < Math.min(grid.columns, last + gap); at++) {
      holding[start + at] = start + last;
    }
  }
  return holding;
}

/**
 * The same for rows that stand for several: of the cells that hold in a column, the one that must not be overlooked, as
 * NaN before infinity before a number before zero, and of numbers the largest (or, where ratios to the median are shown,
 * the farthest from one).
 * @param rows for each row drawn, the grid's rows it stands for
 */
export function foldedHolding(
  grid: HeatGrid,
  holding: Int32Array,
  rows: readonly (readonly number[])[],
  mode: HeatScale['mode'],
): Int32Array {
  const folded = new Int32Array(rows.length * grid.columns).fill(-1);
  const weight = (cell: number): number => {
    const position = positionOf(grid, cell, mode);
    const state = grid.states[cell];
    return state === Cell.nan
      ? Number.POSITIVE_INFINITY
      : state === Cell.infinite
        ? Number.MAX_VALUE
        : Number.isNaN(position)
          ? Number.NEGATIVE_INFINITY
          : mode === 'norm'
            ? position
            : Math.abs(position);
  };
  rows.forEach((members, row) => {
    for (let column = 0; column < grid.columns; column++) {
      let best = -1;
      for (const member of members) {
        const cell = holding[member * grid.columns + column]!;
        if (cell >= 0 && (best < 0 || (members.length > 1 && weight(cell) > weight(best)))) {
          best = cell;
        }
      }
      folded[row * grid.columns + column] = best;
    }
  });
  return folded;
}

/** One pixel a cell. NaN and infinities are striped in the error colour, zeros in the foreground: not by hue alone. */
export function heatPixels(
  grid: HeatGrid,
  holding: Int32Array,
  scale: HeatScale,
  theme: Theme,
  into: Uint8ClampedArray,
): void {
  const background = parseColor(theme.background);
  const foreground = parseColor(theme.foreground);
  const error = parseColor(theme.severity.error);
  for (let pixel = 0; pixel < holding.length; pixel++) {
    const cell = holding[pixel]!;
    const color =
      cell < 0 ? null : cellColor(grid, cell, pixel % grid.columns, scale, { background, foreground, error });
    into[pixel * 4] = color?.[0] ?? 0;
    into[pixel * 4 + 1] = color?.[1] ?? 0;
    into[pixel * 4 + 2] = color?.[2] ?? 0;
    into[pixel * 4 + 3] = color === null ? 0 : 255;
  }
}

function cellColor(
  grid: HeatGrid,
  cell: number,
  column: number,
  scale: HeatScale,
  theme: { readonly background: Rgb; readonly foreground: Rgb; readonly error: Rgb },
): Rgb {
  switch (grid.states[cell]) {
    case Cell.nan:
      return column % 4 < 2 ? theme.error : half(theme.error, theme.background);
    case Cell.infinite:
      return column % 8 < 4 ? theme.error : half(theme.error, theme.foreground);
    case Cell.zero:
      return column % 6 < 1 ? theme.foreground : theme.background;
    default: {
      const position = positionOf(grid, cell, scale.mode);
      // A negative norm is none; it is seen, but has no place on the scale.
      return Number.isNaN(position)
        ? half(theme.foreground, theme.background)
        : colorOfPosition(scale, position, theme.background);
    }
  }
}

function half(a: Rgb, b: Rgb): Rgb {
  return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (a[2] + b[2]) / 2];
}

/** Power of ten that a cell's colour shows; NaN for a cell without a positive number. */
function positionOf(grid: HeatGrid, cell: number, mode: HeatScale['mode']): number {
  if (grid.states[cell] !== Cell.finite || !(grid.values[cell]! > 0)) {
    return Number.NaN;
  }
  const position = Math.log10(grid.values[cell]!);
  return mode === 'norm' ? position : position - Math.log10(grid.medians[Math.floor(cell / grid.columns)]!);
}
