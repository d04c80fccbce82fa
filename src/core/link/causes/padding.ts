import { paddedLastStates } from '../../remedies/edits/lastState';
import type { Cause, Code, Explains, Symptom } from './cause';

/** What is read behind the padding learns nothing whatever rate or start: it explains more than depth or a gate does. */
const HIDES_TOKENS: Explains = { 'vanishing-gradient': 97, 'loss-plateau': 97 };
/** Where the padding is made elsewhere, it may stand before the tokens: still likelier than the gates of the layer. */
const UNSEEN: Explains = { 'vanishing-gradient': 80, 'loss-plateau': 72 };

/** Recurrent layers that are read at the end of the padding. */
export function paddingCauses({ facts }: Code, symptom: Symptom): readonly Cause[] {
  if (HIDES_TOKENS[symptom.rule] === undefined) {
    return [];
  }
  return paddedLastStates(facts).flatMap(({ range, shown }) => {
    const weight = (shown ? HIDES_TOKENS : UNSEEN)[symptom.rule];
    const what = shown
      ? 'the last state is read at the end of the padding, which the gradient must come back through to reach the tokens'
      : 'the last state is read at the last position: where padding follows the tokens, the gradient must come back through it';
    return weight === undefined ? [] : [{ range, what, weight, remedies: ['last-valid-state'] as const }];
  });
}
