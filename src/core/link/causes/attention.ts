import { largeScores } from '../../remedies/edits/attentionScale';
import type { Cause, Code, Explains, Symptom } from './cause';

/** A softmax over scores divided by a number far below one passes nothing: it explains what does not move. */
const SHARP: Explains = {
  'loss-plateau': 90,
  'vanishing-gradient': 90,
  'exploding-gradient': 62,
  'oscillating-loss': 62,
};
/** Scores that nothing scales are as large as the size of the heads and the weights make them: likely, not certain. */
const UNSCALED: Explains = { 'loss-plateau': 70, 'vanishing-gradient': 74, 'exploding-gradient': 56 };

/** Attention whose softmax picks one position. */
export function attentionCauses({ facts }: Code, symptom: Symptom): readonly Cause[] {
  if (SHARP[symptom.rule] === undefined) {
    return [];
  }
  return largeScores(facts).flatMap(({ range, kind, divisor }) => {
    const weight = (kind === 'sharp' ? SHARP : UNSCALED)[symptom.rule];
    const what =
      divisor === null
        ? 'nothing scales these attention scores, and the softmax of large ones passes no gradient'
        : `attention scores divided by ${Number(divisor.toPrecision(3))} are so large that their softmax passes no gradient`;
    return weight === undefined ? [] : [{ range, what, weight, remedies: ['scale-scores'] as const }];
  });
}
