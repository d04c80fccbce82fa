import type { Points } from './series';

export interface ShareAbove {
  /** Points whose value exceeds the threshold; an infinity does. */
  readonly above: number;
  /** Points that can be compared: all but NaN. */
  readonly points: number;
}

/** How often a series exceeds a threshold: which share of steps clipping at that norm would have touched. */
export function shareAbove(points: Points, threshold: number): ShareAbove {
  let above = 0;
  let comparable = 0;
  for (let at = 0; at < points.length; at++) {
    const value = points.value(at);
    if (!Number.isNaN(value)) {
      comparable++;
      above += Number(value > threshold);
    }
  }
  return { above, points: comparable };
}
