import { partlyTrained } from '../../remedies/edits/allParameters';
import { madeAnew } from '../../remedies/edits/buildOnce';
import { oddConstants } from '../../remedies/edits/oddConstants';
import { ownFadingRates } from '../../remedies/edits/slowerDecay';
import type { Cause, Code, Explains, Symptom } from './cause';

/** How optimizers are built and what they are given, where that explains the symptom. */
export function optimizerCauses(code: Code, symptom: Symptom): readonly Cause[] {
  return [
    ...partly(code, symptom),
    ...anew(code, symptom),
    ...constants(code, symptom),
    ...fading(code, symptom),
  ];
}

/** Layers that nothing trains; nor does their optimizer's reset reach them, so that their gradients add up. */
const MISSED: Explains = {
  'loss-plateau': 88,
  'vanishing-gradient': 70,
  'dead-layer': 70,
  'exploding-gradient': 86,
  'diverging-loss': 70,
};

function partly({ facts }: Code, { rule }: Symptom): readonly Cause[] {
  const weight = MISSED[rule];
  return weight === undefined
    ? []
    : partlyTrained(facts).map(({ optimizer, model, missed }) => ({
        range: optimizer.call,
        what: `no optimizer holds ${missed.map((name) => `${model}.${name}`).join(', ')}`,
        weight,
        remedies: ['all-parameters'],
      }));
}

const FORGETS: Explains = {
  'loss-plateau': 92,
  'oscillating-loss': 88,
  'diverging-loss': 80,
  'gradient-spike': 60,
  'vanishing-gradient': 60,
};

/** A model that is made anew shows its first step again and again, whatever that looks like. */
const STARTS_OVER: Explains = {
  ...FORGETS,
  'loss-plateau': 96,
  'vanishing-gradient': 95,
  'dead-layer': 95,
  'exploding-gradient': 95,
};

function anew({ facts }: Code, { rule }: Symptom): readonly Cause[] {
  return madeAnew(facts).flatMap(({ range, name, what: made }) => {
    const weight = (made === 'model' ? STARTS_OVER : FORGETS)[rule];
    return weight === undefined
      ? []
      : [{ range, what: `${name} is made anew in every step`, weight, remedies: ['build-once'] as const }];
  });
}

/** Steps along what is long past overshoot, again and again; with a constant that nobody uses there is little doubt. */
const OVERSHOOTS: Explains = {
  'diverging-loss': 94,
  'oscillating-loss': 92,
  'exploding-gradient': 92,
  'loss-plateau': 88,
  'non-finite': 92,
  'gradient-spike': 90,
  'dead-layer': 92,
};
/** Steps that shrink with the gradient. */
const SHORTENS: Explains = { 'loss-plateau': 85, 'vanishing-gradient': 55 };

function constants({ facts }: Code, symptom: Symptom): readonly Cause[] {
  // The first record precedes every step.
  return symptom.atStart && symptom.rule !== 'loss-plateau'
    ? []
    : oddConstants(facts).flatMap(({ place, name, does }) => {
        const weight = (name === 'eps' ? SHORTENS : OVERSHOOTS)[symptom.rule];
        const what = `a ${name} of ${place.text} ${does}`;
        return weight === undefined
          ? []
          : [{ range: place.range, what, weight, remedies: ['usual-constants'] as const }];
      });
}

/** A rate that the schedule has taken away. */
const FADES: Explains = { 'loss-plateau': 91, 'learning-rate-zero': 92, 'vanishing-gradient': 60 };

function fading({ facts }: Code, { rule }: Symptom): readonly Cause[] {
  const weight = FADES[rule];
  return weight === undefined
    ? []
    : ownFadingRates(facts).map(({ call, steps, left }) => ({
        range: call,
        what: `the schedule leaves ${left === 0 ? 'nothing' : left.toPrecision(1)} of the learning rate after ${steps} steps`,
        weight,
        remedies: ['slower-decay'],
      }));
}
