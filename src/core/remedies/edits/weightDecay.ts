import type { LiteralPlace, OptimizerFact, PythonFacts } from '../../python/facts';
import type { Fix } from '../../rules/finding';
import { argument } from './model';
import { fixOf, replace } from './place';

/**
 * Decay that rules training. Coupled decay adds this share of each weight to its gradient, which is small against 1, so
 * that weights shrink until their loss gradient equals it; usual values are 1e-5 to 5e-4, and 5e-2 is a hundred times
 * those. Decoupled decay (AdamW) shrinks by rate times decay a step: usual values reach 0.3, and above 1 is rare.
 */
const HIGH_COUPLED = 0.02;
const HIGH_DECOUPLED = 1;
const USUAL_COUPLED = '1e-4';
const USUAL_DECOUPLED = '0.01';

export interface HighDecay {
  readonly optimizer: OptimizerFact;
  readonly place: LiteralPlace;
  readonly isDecoupled: boolean;
}

/** Weight decays that pull harder than usual losses do; one per place. */
export function highDecays(facts: PythonFacts): readonly HighDecay[] {
  if (!facts.source.mentions(/weight_decay/)) {
    return [];
  }
  const seen = new Set<string>();
  return facts.optimizers.flatMap((optimizer) => {
    const place = argument(optimizer.args, 'weight_decay', Number.POSITIVE_INFINITY)?.number ?? null;
    const isDecoupled = /\.(?:AdamW|Lion)$/.test(optimizer.type);
    const key = `${place?.range.line}:${place?.range.column}`;
    if (
      place === null ||
      !/^torch\.optim\./.test(optimizer.type) ||
      place.value < (isDecoupled ? HIGH_DECOUPLED : HIGH_COUPLED) ||
      seen.has(key)
    ) {
      return [];
    }
    seen.add(key);
    return [{ optimizer, place, isDecoupled }];
  });
}

/** Lowers each too high decay to a usual one, where it is defined. */
export function lowerDecay(facts: PythonFacts): readonly Fix[] {
  const edits = highDecays(facts).map(({ place, isDecoupled }) =>
    replace(place.range, isDecoupled ? USUAL_DECOUPLED : USUAL_COUPLED),
  );
  return fixOf(facts, 'lower-weight-decay', 'Lower the weight decay to a usual value', 'unsafe', edits);
}
