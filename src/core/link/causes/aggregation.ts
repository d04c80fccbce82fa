import { MANY_LAYERS, neighbourSums } from '../../python/neighbourSums';
import type { Cause, Code, Explains, Symptom } from './cause';

/** Sums over neighbours, one on top of the other, grow with the degree to the power of the depth from the first step on. */
const SUMMED: Explains = {
  'exploding-gradient': 89,
  'non-finite': 86,
  'diverging-loss': 84,
  'gradient-spike': 87,
};

/** Stacked layers of a graph network that multiply by an adjacency which nothing normalises. */
export function aggregationCauses({ facts, depth }: Code, symptom: Symptom): readonly Cause[] {
  const weight = SUMMED[symptom.rule];
  // What comes out of a long quiet time is one batch's doing: the sums were there from the first step.
  if (weight === undefined || symptom.outOfQuiet) {
    return [];
  }
  return neighbourSums(facts).flatMap(({ range, layers }) =>
    layers === null && depth !== null && depth < MANY_LAYERS
      ? []
      : [
          {
            range,
            what: `${layers ?? 'several'} layers in a row sum over neighbours with an adjacency that nothing normalises: what they make grows with its degree in each`,
            weight,
            remedies: ['mean-aggregation', 'layer-norm'] as const,
          },
        ],
  );
}
