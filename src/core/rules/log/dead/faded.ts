import type { RunFacts } from '../../../run/facts';
import type { Track } from '../../../run/factsTimeline';

/** A gradient that faded to a true zero through rounding was already this far below the others: vanished, not died. */
const FADED_DECADES = 5;
/** Or so far below all others in the same rows: units that a step throws off had as much as their neighbours until then. */
const FADED_BESIDE = 4;

/** Was the gradient of a layer that is exactly zero to the end already next to nothing when it last had one? */
export function fadedToZero(facts: RunFacts, track: Track): boolean {
  const window = lastWindow(track);
  const before = track.level[window] ?? Number.NaN;
  const others = facts.tracks.filter((other) => other.zerosUntilEnd === null);
  const atEnd = others.map((other) => other.level[lastWindow(other)] ?? Number.NaN);
  const beside = others.map((other) => other.level[window] ?? Number.NaN);
  return (
    before < Math.max(...atEnd.filter((level) => !Number.isNaN(level))) - FADED_DECADES ||
    before <= Math.min(...beside.filter((level) => !Number.isNaN(level))) - FADED_BESIDE
  );
}

/** Level of the last rows in which a layer had any gradient; NaN when it never had. */
export function lastLevel(track: Track): number {
  return track.level[lastWindow(track)] ?? Number.NaN;
}

function lastWindow({ level }: Track): number {
  return level.findLastIndex((one) => !Number.isNaN(one));
}
