import { rareData } from '../../python/rareData';
import { argument } from '../../remedies/edits/model';
import type { Cause, Code, Explains, Symptom } from './cause';

const BURSTS: Explains = {
  'gradient-spike': 84,
  'exploding-gradient': 60,
  'non-finite': 54,
  'diverging-loss': 45,
};

/** A leap out of a long quiet time: the rate that has worked for so long is not to blame, the batch is. */
const OUT_OF_QUIET: Explains = {
  'gradient-spike': 86,
  'exploding-gradient': 84,
  'diverging-loss': 84,
  'non-finite': 70,
  'dead-layer': 66,
};

/** Outliers that the code puts among its data explain leaps, and a loss that does not come back from them. */
const OUTLIERS: Explains = {
  'gradient-spike': 85,
  'exploding-gradient': 80,
  'diverging-loss': 80,
  'non-finite': 66,
};

/** Data that the code makes far larger than the rest. */
export function outliers({ facts }: Code, symptom: Symptom): readonly Cause[] {
  const weight = OUTLIERS[symptom.rule];
  const [first] = weight === undefined ? [] : rareData(facts);
  return weight === undefined || first === undefined || symptom.atStart
    ? []
    : [
        {
          range: facts.rangeOf(first.stmt),
          what:
            first.kind === 'factor'
              ? `this makes a part of the data ${first.value} times as large as the rest`
              : `this puts ${first.value} among the data`,
          weight,
          remedies: ['clip-grad-norm', 'skip-bad-batch'],
        },
      ];
}

/** NaN right after a norm a hundred times its usual: the step that followed it is what broke the weights. */
const BURST_INTO_NAN = 62;

export function clipping(code: Code, symptom: Symptom): readonly Cause[] {
  const grew = symptom.rule === 'non-finite' && !symptom.sudden;
  const weight = symptom.outOfQuiet
    ? OUT_OF_QUIET[symptom.rule]
    : grew
      ? BURST_INTO_NAN
      : BURSTS[symptom.rule];
  return code.facts.loops.flatMap((loop) => {
    const step = loop.events.find((event) => event.kind === 'step');
    const clipped = loop.events.some((event) => event.kind === 'clip');
    if (weight === undefined || step === undefined || clipped || step.helper !== null) {
      return [];
    }
    // Clipping stops single bad steps; it cannot mend a forward pass that explodes from the first record on.
    const late = symptom.atStart ? 30 : 0;
    return [
      {
        range: step.call,
        what: 'the step follows every gradient, however large',
        weight: weight - late,
        // NaN times any factor is NaN: clipping does not help against one that nothing announced.
        remedies:
          symptom.rule === 'non-finite' && symptom.sudden
            ? ['skip-bad-batch', 'clip-grad-norm']
            : ['clip-grad-norm', 'skip-bad-batch'],
      },
    ];
  });
}

/** Nothing else sets the steps where every norm is far above the bound. */
const SETS_EVERY_STEP = 92;

/** The bound of a clip that {@link Symptom.clipsTooLow} speaks of. */
export function clippedTooLow({ facts }: Code, symptom: Symptom): readonly Cause[] {
  if (!symptom.clipsTooLow) {
    return [];
  }
  return facts.loops.flatMap(({ events }) =>
    events
      .filter(({ kind }) => kind === 'clip')
      .map((clip) => ({
        range: argument(clip.args, 'max_norm', 1)?.number?.range ?? clip.call,
        what: 'the bound is far below every norm, so clipping sets the length of each step',
        weight: SETS_EVERY_STEP,
        remedies: ['clip-grad-norm', 'raise-lr'] as const,
      })),
  );
}
