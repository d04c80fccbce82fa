/** A run that keeps three quarters of what it had learned is hurt, not broken: harder data (a curriculum) look the same. */
export const GIVEN_BACK = 0.25;

/**
 * Share of what a run had learned that it lost again: 0 for nothing, 1 for all of it, more when it is worse than at its start.
 * @param start loss at the start of the run
 * @param before loss before the incident
 * @param after loss after it
 */
export function givenBack(start: number, before: number, after: number): number {
  return (after - before) / Math.max(start - before, Number.MIN_VALUE);
}
