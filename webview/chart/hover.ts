/** Which points a pointer is at. Pure. */
import type { DrawnBand, DrawnLine, PaneContent } from './content';
import type { Projection } from './projection';

export interface HoveredPoint {
  readonly line: DrawnLine;
  readonly step: number;
  readonly value: number;
  /** 1-based line of the log. */
  readonly logLine: number;
}

export interface Hovered {
  /** Step of the nearest point. */
  readonly step: number;
  /** Nearest point of every line near this step, the largest value first. */
  readonly points: readonly HoveredPoint[];
  /** The one the pointer is closest to; undefined when only the band is there. */
  readonly nearest: HoveredPoint | undefined;
  readonly band: { readonly low: number; readonly median: number; readonly high: number } | null;
}

/** Points farther away than this many pixels are not meant. */
const REACH = 40;

/** @param y pixel; NaN: only the step counts (keyboard) */
export function hoveredAt(
  content: PaneContent,
  projection: Projection,
  x: number,
  y: number,
): Hovered | null {
  const step = projection.step(x);
  const perPixel = projection.step(1) - projection.step(0);
  const points: (HoveredPoint & { readonly distance: number })[] = [];
  for (const line of content.lines) {
    const at = nearestPoint(line, projection, x, y, REACH * perPixel, step);
    if (at >= 0) {
      const value = line.values[at]!;
      const pointStep = line.steps[at]!;
      points.push({
        line,
        step: pointStep,
        value,
        logLine: line.lines[at]!,
        distance: distanceTo(projection, pointStep, value, x, y),
      });
    }
  }
  const band = content.band === null ? null : bandAt(content.band, step);
  if (points.length === 0) {
    return band === null ? null : { step, points, nearest: undefined, band };
  }
  const nearest = points.reduce((a, b) => (b.distance < a.distance ? b : a));
  points.sort((a, b) => rank(b.value) - rank(a.value));
  return { step: nearest.step, points, nearest, band };
}

/** NaN and infinities are listed first. */
function rank(value: number): number {
  return Number.isNaN(value) ? Number.POSITIVE_INFINITY : value;
}

/** Index of the point nearest in steps; of several in one pixel, the one whose value is nearest to the pointer. */
function nearestPoint(
  line: DrawnLine,
  projection: Projection,
  x: number,
  y: number,
  reach: number,
  step: number,
): number {
  let best = -1;
  let bestDistance = Number.POSITIVE_INFINITY;
  const half = reach / REACH / 2;
  for (let at = 0; at < line.steps.length; at++) {
    const away = Math.abs(line.steps[at]! - step);
    if (away > reach) {
      continue;
    }
    // Steps within half a pixel count as equally near.
    const height = distanceTo(projection, step, line.values[at]!, x, y);
    const distance = Math.max(0, away - half) * 1e6 + height;
    if (distance < bestDistance) {
      best = at;
      bestDistance = distance;
    }
  }
  return best;
}

function distanceTo(projection: Projection, step: number, value: number, x: number, y: number): number {
  const pointY = projection.y(value);
  const { top, bottom } = projection.area;
  // What no axis holds is drawn in the lanes above and at the foot.
  const drawnY = !Number.isNaN(pointY) ? pointY : value <= 0 ? bottom : top;
  return Math.hypot(projection.x(step) - x, Number.isNaN(y) ? 0 : drawnY - y);
}

function bandAt({ range, nonFinite, low, median, high }: DrawnBand, step: number): Hovered['band'] {
  const width = (range.to - range.from) / nonFinite.length;
  let nearest = -1;
  for (let at = 0; at < low.steps.length; at++) {
    if (nearest < 0 || Math.abs(low.steps[at]! - step) < Math.abs(low.steps[nearest]! - step)) {
      nearest = at;
    }
  }
  return nearest < 0 || Math.abs(low.steps[nearest]! - step) > (REACH + 1) * width
    ? null
    : { low: low.values[nearest]!, median: median.values[nearest]!, high: high.values[nearest]! };
}

/** The next logged step to the left or right, for moving with the keyboard; null at the end. */
export function nextStep(content: PaneContent, step: number | null, direction: 1 | -1): number | null {
  let next: number | null = null;
  const consider = (candidate: number) => {
    const isBeyond = step === null || (candidate - step) * direction > 0;
    if (isBeyond && (next === null || (candidate - next) * direction < 0)) {
      next = candidate;
    }
  };
  for (const { steps } of content.lines) {
    steps.forEach(consider);
  }
  if (content.lines.length === 0 && content.band !== null) {
    content.band.low.steps.forEach(consider);
  }
  return next;
}
