import type { RunFacts } from '../../../run/facts';
import { nameOf } from '../../../run/profile';
import { median } from '../../../run/stats';

/** Layers within a decade of the one with the largest gradient, in model order; none where no layers are logged. */
export function largestLayers(facts: RunFacts): readonly string[] {
  const levels = facts.tracks.map((track) => ({ name: nameOf(track), level: median(track.level) }));
  const top = Math.max(
    ...levels.map(({ level }) => (Number.isNaN(level) ? Number.NEGATIVE_INFINITY : level)),
  );
  return levels.filter(({ level }) => level >= top - 1).map(({ name }) => name);
}
