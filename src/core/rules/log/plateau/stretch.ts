import type { RunFacts } from '../../../run/facts';
import { levelNoise } from '../../../run/factsLossLevel';
import { median, steadiness } from '../../../run/stats';

/** The level part must be most of the run. */
const LEVEL_SHARE = 0.5;
/** Width of the level band: three times what window medians differ by anyway, at least 1 %. */
const BAND_SIGMAS = 3;
const MOSTLY = 0.9;
const BAND_SHARE = 0.01;
const TREND = -0.35;
/** A run that came to rest within 10 % of its start is stuck though it creeps within this band, unless it descends steadily. */
const STUCK_BAND = 0.05;
const STEADY_DESCENT = -0.8;

/** A level that a loss keeps to the end of the run. */
export interface Stretch {
  readonly window: number;
  /** Of the run's windows. */
  readonly share: number;
  /** Half the width within which the level itself lies. */
  readonly narrow: number;
  /** It descends steadily within its band, by a part of the loss that counts. */
  readonly creeps: boolean;
}

/** The windows up to the end at whose level the loss stays. */
export function levelStretch({ lossLevels }: RunFacts, isStuckAtRest: boolean): Stretch | null {
  const known = Array.from(lossLevels.keys()).filter((w) => !Number.isNaN(lossLevels[w] ?? Number.NaN));
  const level = (w: number): number => lossLevels[w] ?? Number.NaN;
  const centre = median(known.slice(known.length >> 1).map(level));
  const scatter = BAND_SIGMAS * levelNoise(lossLevels);
  const band = Math.max((isStuckAtRest ? STUCK_BAND : BAND_SHARE) * centre, scatter);
  const isLevel = (w: number): boolean => Math.abs(level(w) - centre) <= band;
  const first = known.findIndex(
    (w, at) => isLevel(w) && known.slice(at).filter(isLevel).length >= MOSTLY * (known.length - at),
  );
  const stretch = known.slice(Math.max(0, first));
  if (first < 0 || stretch.length < known.length * LEVEL_SHARE) {
    return null;
  }
  const quarter = Math.ceil(stretch.length / 4);
  const descent = median(stretch.slice(0, quarter).map(level)) - median(stretch.slice(-quarter).map(level));
  return {
    window: stretch[0] ?? 0,
    share: stretch.length / known.length,
    narrow: Math.max(BAND_SHARE * centre, scatter),
    creeps:
      steadiness(stretch.map(level)) < (isStuckAtRest ? STEADY_DESCENT : TREND) &&
      descent >= BAND_SHARE * centre,
  };
}
