import { classesAtChance } from '../../../run/chanceLevel';

/** Of a level, absolute: class shares that are not quite equal and losses printed with two decimals. */
const ROUNDING = 0.005;
/** Of a level: the ln k up to 10 lie some 10 % apart, so one known worse than this is near one of them by luck. */
const MOST_ERROR = 0.007;
/** Two standard errors on the side of doubt; that of a median is 1.25 that of a mean. */
const DOUBT = 2;
const OF_MEDIAN = 1.25;

/**
 * Classes whose equal chances explain a level of the loss; null when none do for sure.
 * @param level median of some rows
 * @param noise standard deviation of one of them
 * @param above share by which steps may have shaken the loss up from there
 */
export function classesAtLevel(level: number, noise: number, rows: number, above: number): number | null {
  const error = Math.max(ROUNDING, (DOUBT * OF_MEDIAN * noise) / Math.sqrt(rows));
  return error > MOST_ERROR * level ? null : classesAtChance(level, error, above * level);
}
