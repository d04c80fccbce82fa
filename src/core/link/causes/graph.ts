import { cutsOf } from '../../remedies/edits/keepGraph';
import type { Cause, Code, Explains, Symptom } from './cause';

/** Layers that get no gradient learn nothing, and the rest stands still above them. */
const CUT: Explains = { 'dead-layer': 92, 'vanishing-gradient': 88, 'loss-plateau': 82 };

/** Places that keep the gradient from layers which are to be trained. */
export function graphCauses({ facts }: Code, symptom: Symptom): readonly Cause[] {
  const weight = CUT[symptom.rule];
  return weight === undefined
    ? []
    : cutsOf(facts)
        .slice(0, 1)
        .map(({ range, what }) => ({ range, what, weight, remedies: ['keep-graph'] }));
}
