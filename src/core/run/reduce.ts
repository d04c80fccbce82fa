/**
 * Reduces a series to what a given number of pixel columns can show.
 *
 * Guarantee, for every point whose step lies in [from, to], whatever the data:
 *  1. of every pixel column that holds points, the first, the last, a smallest and a largest finite value and a
 *     smallest positive value are kept (the last one is the low extreme on a logarithmic axis);
 *  2. every NaN and every infinity is kept;
 *  3. every point that stands on a pinned step is kept;
 *  4. nothing is invented or moved: every kept point is one of the series, with its line.
 * The neighbours just outside the range are kept too, so that a line runs to the edge of the picture.
 * Besides non-finite, pinned and neighbouring points, at most 5 points a column are kept once steps go back and forth
 * more often than the picture has columns; while they do not, 5 points for each visit of a column.
 */
import type { Block, PointIndex } from './pointIndex';
import type { Points } from './series';

export interface Window {
  /** First step shown. */
  readonly from: number;
  /** Last step shown, inclusive. */
  readonly to: number;
  /** Pixel columns between them, 1 or more. */
  readonly columns: number;
}

export interface ReducedPoints {
  readonly steps: Float64Array<ArrayBuffer>;
  readonly values: Float64Array<ArrayBuffer>;
  /** 1-based lines of the log. */
  readonly lines: Uint32Array<ArrayBuffer>;
  /** Where the points stand in the series. */
  readonly indices: Uint32Array<ArrayBuffer>;
}

/** The pixel column of a step inside the window. */
export function columnOf(step: number, window: Window): number {
  const width = window.to - window.from;
  const column = width > 0 ? Math.floor(((step - window.from) / width) * window.columns) : 0;
  return Math.min(Math.max(column, 0), window.columns - 1);
}

/** A step at or before the first of a pixel column, however it was rounded. */
export function startOfColumn(column: number, window: Window): number {
  const width = (window.to - window.from) / window.columns;
  return column === 0 ? window.from : window.from + (column - 0.5) * width;
}

/**
 * The points to draw, in file order (by step where steps go back and forth too often for a picture).
 * @param pinned steps whose points must stay, such as those of findings
 * @param index summaries of the same points; only a matter of speed
 */
export function reducePoints(
  points: Points,
  window: Window,
  pinned: readonly number[] = [],
  index?: PointIndex,
): ReducedPoints {
  const kept = keptInFileOrder(points, window, pinned, index) ?? keptByColumn(points, window, pinned);
  return pick(points, kept);
}

/** First, last and extremes of the points seen in one column. -1: none. */
class Column {
  first = -1;
  last = -1;
  private min = -1;
  private max = -1;
  private smallestPositive = -1;
  /** Their values: reading them again for every point would take most of the time. */
  private lowest = Number.POSITIVE_INFINITY;
  private highest = Number.NEGATIVE_INFINITY;
  private lowestPositive = Number.POSITIVE_INFINITY;
  /** Non-finite and pinned points. */
  private extra: number[] = [];

  add(value: number, index: number, isPinned: boolean): void {
    if (this.first < 0) {
      this.first = index;
    }
    this.last = index;
    const isNumber = value - value === 0;
    if (isPinned || !isNumber) {
      this.extra.push(index);
    }
    if (isNumber) {
      this.takeLow(value, index);
      this.takeHigh(value, index);
      this.takePositive(value, index);
    }
  }

  /** Takes a whole block, all of whose values are finite. */
  addBlock(points: Points, { start, end, minIndex, maxIndex, smallestPositiveIndex }: Block): void {
    if (this.first < 0) {
      this.first = start;
    }
    this.last = end - 1;
    this.takeLow(points.value(minIndex), minIndex);
    this.takeHigh(points.value(maxIndex), maxIndex);
    if (smallestPositiveIndex >= 0) {
      this.takePositive(points.value(smallestPositiveIndex), smallestPositiveIndex);
    }
  }

  private takeLow(value: number, index: number): void {
    if (value < this.lowest) {
      this.lowest = value;
      this.min = index;
    }
  }

  private takeHigh(value: number, index: number): void {
    if (value > this.highest) {
      this.highest = value;
      this.max = index;
    }
  }

  private takePositive(value: number, index: number): void {
    if (value > 0 && value < this.lowestPositive) {
      this.lowestPositive = value;
      this.smallestPositive = index;
    }
  }

  /** Moves what is kept to `into`, ascending, and starts anew. */
  flush(into: number[]): void {
    const kept = [this.first, this.min, this.max, this.smallestPositive, this.last, ...this.extra];
    kept.sort((a, b) => a - b);
    for (const index of kept) {
      if (index >= 0 && index !== into[into.length - 1]) {
        into.push(index);
      }
    }
    this.first = this.last = this.min = this.max = this.smallestPositive = -1;
    this.lowest = this.lowestPositive = Number.POSITIVE_INFINITY;
    this.highest = Number.NEGATIVE_INFINITY;
    this.extra = [];
  }
}

/** Null when the steps go back and forth more often than the picture has columns. */
function keptInFileOrder(
  points: Points,
  window: Window,
  pinned: readonly number[],
  index: PointIndex | undefined,
): number[] | null {
  const pins = pinned.filter((step) => step >= window.from && step <= window.to).sort((a, b) => a - b);
  const pinnedSteps = pins.length === 0 ? null : new Set(pins);
  const mostVisits = window.columns * 2 + 16;
  const kept: number[] = [];
  const open = new Column();
  let column = -1;
  let visits = 0;
  let previousStep = Number.NaN;
  for (let at = 0; at < points.length; ) {
    const block = index?.blockAt(at);
    if (block !== undefined && column < 0) {
      // Skip a block outside the range, but only when the step before it lies on the same side.
      const before = block.maxStep < window.from && !(previousStep > window.to);
      const after = block.minStep > window.to && !(previousStep < window.from);
      if (before || after) {
        at = block.end;
        previousStep = points.step(at - 1);
        continue;
      }
    }
    const step = points.step(at);
    const inside = step >= window.from && step <= window.to;
    if (!inside) {
      if (column >= 0) {
        open.flush(kept);
        column = -1;
        pushNew(kept, at);
      } else if (crosses(previousStep, step, window)) {
        pushNew(kept, at - 1);
        pushNew(kept, at);
      }
      previousStep = step;
      at++;
      continue;
    }
    if (column < 0 && at > 0) {
      pushNew(kept, at - 1);
    }
    const here = columnOf(step, window);
    if (here !== column) {
      open.flush(kept);
      column = here;
      if (++visits > mostVisits) {
        return null;
      }
    }
    const whole =
      block !== undefined &&
      block.nonFinite === 0 &&
      block.minStep >= window.from &&
      block.maxStep <= window.to &&
      columnOf(block.minStep, window) === here &&
      columnOf(block.maxStep, window) === here &&
      !holdsPin(pins, block.minStep, block.maxStep);
    if (whole) {
      open.addBlock(points, block);
      at = block.end;
      previousStep = points.step(at - 1);
    } else {
      open.add(points.value(at), at, pinnedSteps?.has(step) === true);
      previousStep = step;
      at++;
    }
  }
  open.flush(kept);
  return kept;
}

/** One set of extremes a column, however often the steps return to it; ordered by step. */
function keptByColumn(points: Points, window: Window, pinned: readonly number[]): number[] {
  const pinnedSteps = new Set(pinned);
  const columns: (Column | undefined)[] = [];
  let lastBefore = -1;
  let firstAfter = -1;
  for (let at = 0; at < points.length; at++) {
    const step = points.step(at);
    if (step < window.from) {
      if (lastBefore < 0 || step >= points.step(lastBefore)) {
        lastBefore = at;
      }
    } else if (step > window.to) {
      if (firstAfter < 0 || step < points.step(firstAfter)) {
        firstAfter = at;
      }
    } else if (!Number.isNaN(step)) {
      const here = columnOf(step, window);
      let column = columns[here];
      if (column === undefined) {
        column = new Column();
        columns[here] = column;
      }
      column.add(points.value(at), at, pinnedSteps.has(step));
    }
  }
  const kept: number[] = lastBefore < 0 ? [] : [lastBefore];
  for (const column of columns) {
    const inColumn: number[] = [];
    column?.flush(inColumn);
    inColumn.sort((a, b) => points.step(a) - points.step(b) || a - b);
    for (const index of inColumn) {
      kept.push(index);
    }
  }
  if (firstAfter >= 0) {
    kept.push(firstAfter);
  }
  return kept;
}

function pushNew(kept: number[], index: number): void {
  const last = kept[kept.length - 1];
  if (last === undefined || index > last) {
    kept.push(index);
  }
}

/** The line between two neighbours passes through the window though neither lies in it. */
function crosses(a: number, b: number, window: Window): boolean {
  return (a < window.from && b > window.to) || (a > window.to && b < window.from);
}

/** @param pins ascending */
function holdsPin(pins: readonly number[], from: number, to: number): boolean {
  let low = 0;
  let high = pins.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (pins[middle]! < from) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  const next = pins[low];
  return next !== undefined && next <= to;
}

function pick(points: Points, indices: readonly number[]): ReducedPoints {
  const steps = new Float64Array(indices.length);
  const values = new Float64Array(indices.length);
  const lines = new Uint32Array(indices.length);
  for (let at = 0; at < indices.length; at++) {
    const index = indices[at]!;
    steps[at] = points.step(index);
    values[at] = points.value(index);
    lines[at] = points.line(index);
  }
  return { steps, values, lines, indices: Uint32Array.from(indices) };
}
