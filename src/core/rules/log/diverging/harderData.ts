import type { RunFacts } from '../../../run/facts';
import { levelNoise } from '../../../run/factsLossLevel';
import type { LossRise } from '../../../run/factsLossRise';
import { median } from '../../../run/stats';

/** A turn of the loss stands this far out of the noise of its levels... */
const TURN_SIGMAS = 4;
/** ...and is this part of the way between its lowest and highest since the best. */
const TURN_SHARE = 0.2;
/** What is learned down again after a jump, of the jump. */
const LEARNED_AGAIN = 0.5;
/** Harder examples are there at once, and learned slowly: the way down takes at least so many times the way up, and so many windows. */
const SLOWER = 2;
/** Of a way up: below this it has not begun. */
const STILL_LOW = 0.25;
/** A window holds a jump, or two neighbours share it. */
const AT_ONCE = 2;
/** One jump alone may be a step that was too large; its norm would be far out of its band. */
const JUMPS = 2;
/** Of the jumps: the last one may have come shortly before the end of the log. */
const MOST = 2 / 3;
const NORM_DECADES = 0.5;
/** A run that ends near its start has learned nothing that lasts. */
const KEEPS = 0.9;

/** A leg of the zigzag of window levels (log10): indices of its ends, and how far it goes (negative: down). */
interface Leg {
  readonly from: number;
  readonly to: number;
  readonly height: number;
}

/**
 * A loss that rose by jumps, each of which was learned down again: the data got harder (longer sequences, another domain, a wider
 * range), and what is left above the best is their higher floor. Steps that are too large do not come down like that.
 */
export function isHarderData(facts: RunFacts, rise: LossRise): boolean {
  const { progress, lossLevels } = facts;
  if (progress === null || !(progress.end < KEEPS * progress.start)) {
    return false;
  }
  const windows = Array.from(lossLevels.keys()).filter((w) => !Number.isNaN(lossLevels[w] ?? Number.NaN));
  // On the logarithm: a jump from 0.3 to 0.6 counts beside one from 1 to 2.
  const levels = windows.map((w) => Math.log10(lossLevels[w] ?? Number.NaN));
  const begin = Math.max(0, windows.indexOf(rise.window) - AT_ONCE);
  const since = levels.slice(begin);
  const span = Math.max(...since) - Math.min(...since);
  const legs = legsOf(
    since,
    Math.max(TURN_SIGMAS * levelNoise(Float64Array.from(levels)), TURN_SHARE * span),
  );
  const ups = legs.filter(({ height }) => height > 0);
  const learned = ups.filter((up) => {
    const down = legs[legs.indexOf(up) + 1];
    return (
      down !== undefined &&
      -down.height >= LEARNED_AGAIN * up.height &&
      down.to - down.from >= SLOWER &&
      windowsUp(since, up) <= Math.max(AT_ONCE, (down.to - down.from) / SLOWER)
    );
  });
  const enough = learned.length >= JUMPS || (learned.length > 0 && normStays(facts, rise.window));
  return enough && learned.length >= MOST * ups.length;
}

/** Turning points that stand at least `turn` apart. */
function legsOf(levels: readonly number[], turn: number): readonly Leg[] {
  const legs: Leg[] = [];
  let [from, extreme, up] = [0, 0, 0];
  const level = (at: number): number => levels[at] ?? Number.NaN;
  for (let at = 1; at < levels.length; at++) {
    const way = Math.sign(level(at) - level(extreme));
    if (up === 0 ? Math.abs(level(at) - level(from)) >= turn : way === up) {
      up = up === 0 ? Math.sign(level(at) - level(from)) : up;
      extreme = at;
    } else if (up !== 0 && Math.abs(level(at) - level(extreme)) >= turn) {
      legs.push({ from, to: extreme, height: level(extreme) - level(from) });
      [from, extreme, up] = [extreme, at, -up];
    } else if (up === 0 && level(at) < level(from)) {
      // Before the first turn the lowest level is where a leg begins.
      [from, extreme] = [at, at];
    }
  }
  return up === 0 ? legs : [...legs, { from, to: extreme, height: level(extreme) - level(from) }];
}

/** Windows that the way up took, without the level stretch before it. */
function windowsUp(levels: readonly number[], { from, to, height }: Leg): number {
  let at = to;
  while (at > from && (levels[at] ?? 0) > (levels[from] ?? 0) + STILL_LOW * height) {
    at--;
  }
  return to - at;
}

/** The norm is logged and did not leave its band when the loss did. */
function normStays({ normLevels }: RunFacts, window: number): boolean {
  const known = (from: number, to: number): Float64Array =>
    normLevels.subarray(Math.max(0, from), to).filter((level) => !Number.isNaN(level));
  const before = median(known(window - 5, window));
  const after = known(window, window + AT_ONCE + 1);
  return after.length > 0 && Math.max(...after) - before < NORM_DECADES;
}
