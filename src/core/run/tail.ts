/** What of a picture a run that grew has changed: only that is reduced, and sent, again. */
import { RECENT } from './rankPoints';
import { columnOf, type ReducedPoints, reducePoints, type Window } from './reduce';
import type { Points } from './series';

/** The points of a series from one on. */
class TailPoints implements Points {
  constructor(
    private readonly points: Points,
    private readonly start: number,
  ) {}

  get length(): number {
    return this.points.length - this.start;
  }

  step(index: number): number {
    return this.points.step(this.start + index);
  }

  value(index: number): number {
    return this.points.value(this.start + index);
  }

  line(index: number): number {
    return this.points.line(this.start + index);
  }
}

/** First point whose value may be another one than when the series had `known` points. */
function unsettledFrom(points: Points, known: number): number {
  return Math.max(0, Math.min(known, points.length) - RECENT);
}

/**
 * Where the part of a series begins that a picture made of its first `known` points does not show as it is now: at the
 * first point of a pixel column, so that what `reducePoints` guarantees for each column holds for the older points and
 * the newer ones together.
 */
export function changedFrom(points: Points, known: number, window: Window): number {
  let start = unsettledFrom(points, known);
  const isInside = (at: number) => points.step(at) >= window.from && points.step(at) <= window.to;
  if (start < points.length && isInside(start)) {
    const column = columnOf(points.step(start), window);
    while (start > 0 && isInside(start - 1) && columnOf(points.step(start - 1), window) === column) {
      start--;
    }
  }
  return start;
}

/** `reducePoints` of the points from `start` on; indices are into the whole series. */
export function reduceTail(
  points: Points,
  start: number,
  window: Window,
  pinned: readonly number[] = [],
): ReducedPoints {
  const reduced = reducePoints(new TailPoints(points, start), window, pinned);
  return { ...reduced, indices: reduced.indices.map((index) => index + start) };
}

/**
 * First pixel column of a picture over all series that may have changed since they had `known` points each; the last
 * column where none has.
 */
export function firstChangedColumn(
  series: readonly Points[],
  known: readonly number[],
  window: Window,
): number {
  let first = window.columns - 1;
  series.forEach((points, which) => {
    for (let at = unsettledFrom(points, known[which] ?? 0); at < points.length; at++) {
      const step = points.step(at);
      if (step >= window.from && step <= window.to) {
        first = Math.min(first, columnOf(step, window));
      }
    }
  });
  return first;
}
