import { isAdaptive, momentumOf, type RatePlace, ratesOf } from '../../remedies/edits/learningRate';
import { isNormalised } from '../../remedies/edits/model';
import { unguardedCalls, unguardedDivisors } from '../../remedies/edits/numerics';
import { loopsWithoutReset } from '../../remedies/edits/resetGradients';
import type { RemedyId } from '../../remedies/remedy';
import type { Finding } from '../../rules/finding';
import type { Cause, Code, Explains, Symptom } from './cause';

/** Steps, rates, clipping and numerics that explain the symptom. */
export function trainingCauses(code: Code, symptom: Symptom): readonly Cause[] {
  return [
    ...code.findings.flatMap((finding) => bug(finding, symptom)),
    ...missingReset(code, symptom),
    ...rates(code, symptom),
    ...numerics(code, symptom),
    ...clipping(code, symptom),
  ];
}

const EVERYTHING_LARGE: Explains = {
  'exploding-gradient': 95,
  'gradient-spike': 95,
  'diverging-loss': 95,
  'non-finite': 95,
  'loss-plateau': 80,
};
const NOTHING_MOVES: Explains = { 'loss-plateau': 90, 'vanishing-gradient': 84, 'dead-layer': 88 };

/** What a bug that a Python rule found explains, by the remedy the rule names. */
const BUGS: Readonly<Partial<Record<RemedyId, Explains>>> = {
  'zero-grad': EVERYTHING_LARGE,
  'move-clip': EVERYTHING_LARGE,
  unscale: { ...NOTHING_MOVES, 'exploding-gradient': 80, 'gradient-spike': 70 },
  'module-list': NOTHING_MOVES,
  'logits-loss': { ...NOTHING_MOVES, 'loss-plateau': 86, 'vanishing-gradient': 74 },
  'keep-graph': NOTHING_MOVES,
  // A layer that no step changes is not reset either when its optimizer is: its gradient adds up.
  'move-optimizer': { ...NOTHING_MOVES, 'exploding-gradient': 86, 'diverging-loss': 70 },
  eps: { 'non-finite': 90 },
};

function bug(finding: Finding, symptom: Symptom): readonly Cause[] {
  const [first] = finding.remedies;
  const weight = first === undefined ? undefined : BUGS[first]?.[symptom.rule];
  if (weight === undefined || (finding.severity !== 'error' && finding.severity !== 'warning')) {
    return [];
  }
  return [{ range: finding.range, what: finding.message, weight, remedies: finding.remedies }];
}

/** A pass that steps and never resets, where the rule cannot be sure that its caller does not. */
function missingReset(code: Code, symptom: Symptom): readonly Cause[] {
  const weight = EVERYTHING_LARGE[symptom.rule];
  const [loop] = loopsWithoutReset(code.facts);
  const backward = loop?.events.find((event) => event.kind === 'backward');
  return weight === undefined || backward === undefined
    ? []
    : [
        {
          range: backward.call,
          what: 'nothing resets the gradients, so each step follows the sum of all so far',
          weight,
          remedies: ['zero-grad'],
        },
      ];
}

/** Rates above these are rarely right; Adam's usual one is 1e-3, plain SGD's 0.1. */
const HIGH_ADAPTIVE = 0.01;
const HIGH_TRANSFORMER = 2e-3;
/** For SGD the effective rate counts: lr / (1 - momentum). */
const HIGH_SGD = 1;
/** This far above, the rate alone explains a run that fails. */
const FAR = 2;

const TOO_HIGH: Explains = {
  'diverging-loss': 88,
  'loss-plateau': 84,
  'dead-layer': 90,
  'gradient-spike': 72,
  'exploding-gradient': 72,
  'non-finite': 72,
  'vanishing-gradient': 72,
};
/** A usual rate can still be too high for this model; less likely the cause. */
const MAY_BE_HIGH: Explains = {
  'diverging-loss': 58,
  'dead-layer': 55,
  'loss-plateau': 40,
  'exploding-gradient': 42,
  'non-finite': 44,
  'gradient-spike': 40,
  'vanishing-gradient': 20,
};

function rates(code: Code, symptom: Symptom): readonly Cause[] {
  return ratesOf(code.facts).flatMap((rate) => {
    const times = effectiveRate(rate) / usualLimit(code, rate);
    const high = times > 1;
    const weight = (high ? TOO_HIGH : MAY_BE_HIGH)[symptom.rule];
    if (weight === undefined) {
      return [];
    }
    const late = symptom.atStart && symptom.rule !== 'loss-plateau' ? 30 : 0; // the first record precedes every step
    const sure = high && times < FAR ? 8 : 0;
    const what = `the learning rate is ${rate.place.text}${high ? `, ${times.toPrecision(2)} times what usually works` : ''}`;
    return [
      { range: rate.place.range, what, weight: weight - late - sure, remedies: rateRemedies(code, symptom) },
    ];
  });
}

function effectiveRate({ value, optimizer }: RatePlace): number {
  return isAdaptive(optimizer) ? value : value / (1 - Math.min(momentumOf(optimizer), 0.99));
}

function usualLimit(code: Code, { optimizer }: RatePlace): number {
  if (!isAdaptive(optimizer)) {
    return HIGH_SGD;
  }
  const attention =
    code.model?.modules.some((entry) => /^nn\.(?:Transformer|MultiheadAttention)/.test(entry.type)) ?? false;
  return attention ? HIGH_TRANSFORMER : HIGH_ADAPTIVE;
}

function rateRemedies(code: Code, symptom: Symptom): readonly RemedyId[] {
  if (symptom.rule === 'dead-layer' && code.model !== null && !isNormalised(code.model)) {
    return ['lower-lr', 'batch-norm', 'layer-norm'];
  }
  return ['lower-lr', 'clip-grad-norm', 'lr-warmup'];
}

function numerics(code: Code, symptom: Symptom): readonly Cause[] {
  const [first] = symptom.rule === 'non-finite' ? unguardedCalls(code.facts) : [];
  const [divisor] = symptom.rule === 'non-finite' && first === undefined ? unguardedDivisors(code.facts) : [];
  if (divisor !== undefined) {
    return [
      {
        range: code.facts.rangeOf(divisor),
        what: 'nothing keeps this divisor away from zero, and constant data make it zero',
        weight: symptom.sudden ? 86 : 60,
        remedies: ['eps'],
      },
    ];
  }
  return first === undefined
    ? []
    : [
        {
          range: code.facts.rangeOf(first.call),
          what: `${first.function} has an infinite slope at zero and nothing keeps its argument away from it`,
          weight: symptom.sudden ? 88 : 64,
          remedies: ['eps'],
        },
      ];
}

const BURSTS: Explains = {
  'gradient-spike': 84,
  'exploding-gradient': 60,
  'non-finite': 54,
  'diverging-loss': 45,
};

/** NaN right after a norm a hundred times its usual: the step that followed it is what broke the weights. */
const BURST_INTO_NAN = 62;

function clipping(code: Code, symptom: Symptom): readonly Cause[] {
  const grew = symptom.rule === 'non-finite' && !symptom.sudden;
  const weight = grew ? BURST_INTO_NAN : BURSTS[symptom.rule];
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
        remedies: ['clip-grad-norm', 'skip-bad-batch'],
      },
    ];
  });
}
