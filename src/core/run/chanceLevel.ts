/** More classes than that lie too close on the logarithm to be told apart. */
const MOST_CLASSES = 1000;
/** How near to each other two neighbouring levels may be, in errors of the level that is looked at. */
const APART = 3;

/**
 * Number of classes whose equal chances give this cross-entropy (ln k); null when no k does, or several may.
 * @param error of the level, absolute
 * @param above by how much the level may exceed equal chances besides: steps shake the outputs, which only costs
 */
export function classesAtChance(level: number, error: number, above = 0): number | null {
  const classes = Math.round(Math.exp(level));
  if (!(classes >= 2) || classes > MOST_CLASSES) {
    return null;
  }
  const toNext = Math.log((classes + 1) / classes);
  const excess = level - Math.log(classes);
  return excess >= -error && excess <= error + above && APART * (error + above) <= toNext ? classes : null;
}
