import type { PythonFacts } from './facts';
import { type HandRate, handRates } from './handRates';

/** A factor below this is a choice. */
const FAR_UP = 10;
/** A thousandth of the rate moves nothing any more that the rate itself took long to move. */
const NOTHING_LEFT = 1e-3;
/** Most of the run is wasted where nothing is left after this part of it. */
const EARLY = 1 / 3;
/** Where a formula is looked at, as shares of the run. */
const SHARES = [0.05, 0.25, 0.5, 0.75, 1];

/** Rates set by hand that climb all the way to the end of the run, far above what the optimizer is given. */
export function grownByHand(facts: PythonFacts): readonly (HandRate & { readonly end: number })[] {
  return handRates(facts).flatMap((rate) => {
    const values = ratesOf(rate, SHARES);
    const end = values?.at(-1) ?? 0;
    const climbs = values?.every((value, at) => at === 0 || value > (values[at - 1] ?? 0)) ?? false;
    return climbs && end >= FAR_UP * rate.base ? [{ ...rate, end }] : [];
  });
}

/** Rates set by hand that leave nothing early in the run, and do not come back. */
export function fadedByHand(
  facts: PythonFacts,
): readonly (HandRate & { readonly left: number; readonly after: number })[] {
  return handRates(facts).flatMap((rate) => {
    const values = ratesOf(rate, [EARLY, 0.5, 0.75, 1]);
    const [first = Number.NaN] = values ?? [];
    const stays = values?.every((value) => value <= Math.max(first, 0)) ?? false;
    return stays && first < NOTHING_LEFT * rate.base
      ? [{ ...rate, left: Math.max(0, first / rate.base), after: Math.floor(rate.steps * EARLY) }]
      : [];
  });
}

function ratesOf({ at, steps }: HandRate, shares: readonly number[]): readonly number[] | null {
  const values = shares.map((share) => at(Math.floor(share * steps)));
  const known = values.filter((value) => value !== null && Number.isFinite(value));
  return known.length < values.length ? null : known.map((value) => value ?? 0);
}
