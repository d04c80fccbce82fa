import type { RunFacts } from './facts';
import { nameOf } from './profile';
import type { Points } from './series';
import { median } from './stats';

/** A layer belongs to a jump when it rose by this many decades (threefold), and by half as many as the one that rose most. */
const JUMP_DECADES = 0.5;
const OF_LARGEST = 0.5;

/** Layers that stood highest above their own level at a step, in model order; none where steps do not tell rows apart. */
export function layersThatJumped(facts: RunFacts, step: number): readonly string[] {
  if (facts.run.segments.length > 1) {
    return [];
  }
  const rises = facts.tracks.map((track) => {
    const value = track.series.points.value(indexAtStep(track.series.points, step));
    const before = median(track.level.filter((_, window) => (facts.windows[window + 1] ?? 0) <= step));
    const rise = Math.log10(Math.abs(value)) - before;
    return { name: nameOf(track), rise: Number.isFinite(rise) ? rise : Number.NEGATIVE_INFINITY };
  });
  const largest = Math.max(...rises.map(({ rise }) => rise), Number.NEGATIVE_INFINITY);
  return rises
    .filter(({ rise }) => rise >= Math.max(JUMP_DECADES, OF_LARGEST * largest))
    .map(({ name }) => name);
}

/** Layers whose level at the end is this many decades below their start, in model order. */
export function layersThatFell(facts: RunFacts, decades: number): readonly string[] {
  return facts.tracks
    .filter(({ level }) => {
      const known = level.filter((one) => !Number.isNaN(one));
      const end = median(known.subarray(-Math.ceil(known.length / 4)));
      return known.length > 0 && Math.max(...known.subarray(0, 3)) - end >= decades;
    })
    .map(nameOf);
}

/** Index of the first point at or after a step, the last one when there is none. */
function indexAtStep(points: Points, step: number): number {
  let low = 0;
  let high = points.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points.step(middle) < step) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
