import { lowBounds } from '../../remedies/edits/clip/lowBound';
import { saturatingLosses } from '../../remedies/edits/generatorLoss';
import { summedLosses } from '../../remedies/edits/meanLoss';
import { isNormalised } from '../../remedies/edits/model';
import { effectiveRate, highRate, isAdaptive, isLow, ratesOf } from '../../remedies/edits/rates';
import { loopsWithoutReset } from '../../remedies/edits/resetGradients';
import { highDecays } from '../../remedies/edits/weightDecay';
import type { RemedyId } from '../../remedies/remedy';
import type { Finding } from '../../rules/finding';
import type { Cause, Code, Explains, Symptom } from './cause';
import { clippedTooLow, clipping, outliers } from './clipping';
import { numericCauses } from './numerics';
import { scheduleCauses } from './schedules';

/** Steps, rates, clipping and numerics that explain the symptom. */
export function trainingCauses(code: Code, symptom: Symptom): readonly Cause[] {
  return [
    ...code.findings.flatMap((finding) => bug(finding, symptom)),
    ...missingReset(code, symptom),
    ...rates(code, symptom),
    ...decays(code, symptom),
    ...saturated(code, symptom),
    ...scheduleCauses(code, symptom),
    ...numericCauses(code, symptom),
    ...sums(code, symptom),
    ...clipping(code, symptom),
    ...clippedTooLow(code, symptom),
    ...outliers(code, symptom),
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

/** Where the same remedy mends two bugs that do not look alike. */
const BY_RULE: Readonly<Record<string, Explains>> = {
  'zero-grad-discards': { 'loss-plateau': 97, 'vanishing-gradient': 97, 'dead-layer': 97 },
};

/** Rules whose findings are wrong in any program. */
const SURE: ReadonlySet<string> = new Set([
  'zero-grad-missing',
  'zero-grad-discards',
  'softmax-into-cross-entropy',
  'softmax-into-nll',
  'sigmoid-into-bce-logits',
  'nll-of-scores',
  'modules-in-plain-list',
  'optimizer-before-replace',
  'optimizer-never-steps',
  'spread-loss',
]);

/** What a bug that a Python rule found explains, by the remedy the rule names. */
const BUGS: Readonly<Partial<Record<RemedyId, Explains>>> = {
  'zero-grad': EVERYTHING_LARGE,
  'move-clip': EVERYTHING_LARGE,
  unscale: { ...NOTHING_MOVES, 'exploding-gradient': 80, 'gradient-spike': 70 },
  'module-list': NOTHING_MOVES,
  'logits-loss': { ...NOTHING_MOVES, 'loss-plateau': 86, 'vanishing-gradient': 74 },
  'keep-graph': NOTHING_MOVES,
  'match-shapes': NOTHING_MOVES,
  // A layer that no step changes is not reset either when its optimizer is: its gradient adds up.
  'move-optimizer': { ...NOTHING_MOVES, 'exploding-gradient': 86, 'diverging-loss': 70 },
  'take-step': NOTHING_MOVES,
  'mean-loss': { ...EVERYTHING_LARGE, 'dead-layer': 80 },
  eps: { 'non-finite': 90 },
  // Initial weights that a rule is sure are too large.
  'he-init': { 'exploding-gradient': 82 },
};

/** A sure bug comes before what merely may be wrong, whatever the symptom: nobody can tell what a run does that has one. */
const ANY_BUG = 66;

function bug(finding: Finding, symptom: Symptom): readonly Cause[] {
  const [first] = finding.remedies;
  const explains = BY_RULE[finding.rule] ?? (first === undefined ? undefined : BUGS[first]);
  const weight =
    explains?.[symptom.rule] ?? (explains !== undefined && SURE.has(finding.rule) ? ANY_BUG : undefined);
  if (weight === undefined || (finding.severity !== 'error' && finding.severity !== 'warning')) {
    return [];
  }
  return [{ range: finding.range, what: finding.message, weight, remedies: finding.remedies }];
}

/** A summed loss lengthens the steps of SGD by the number of samples; Adam divides the scale out. */
const SUMMED_SGD: Explains = {
  'exploding-gradient': 90,
  'gradient-spike': 80,
  'diverging-loss': 92,
  'non-finite': 91,
  'dead-layer': 91,
  'loss-plateau': 80,
  'oscillating-loss': 85,
};
const SCALE_FREE = 45;

function sums({ facts }: Code, symptom: Symptom): readonly Cause[] {
  const weight = SUMMED_SGD[symptom.rule];
  const [first] = weight === undefined ? [] : summedLosses(facts);
  const scaleFree = facts.optimizers.length > 0 && facts.optimizers.every(isAdaptive);
  return weight === undefined || first === undefined
    ? []
    : [
        {
          range: first.range,
          what: 'the loss is summed over the batch, so the step grows with the batch size',
          weight: scaleFree ? weight - SCALE_FREE : weight,
          remedies: ['mean-loss', 'lower-lr', 'clip-grad-norm'],
        },
      ];
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

/** A rate so low that the run stands still, where nothing else does. */
const TOO_LOW: Explains = { 'loss-plateau': 84, 'vanishing-gradient': 50 };
/** The rate is at the border: what the code shows otherwise comes first. */
const BORDER = 1.05;
/** So far above what works, the rate comes before what else may be wrong. */
const FAR_ABOVE = 5;
const FAR_ABOVE_ADDS = 6;
/** Each step moves weights further than they are large: no bound on the gradient keeps Adam from it, and nothing else needs a reason. */
const FAR_BEYOND = 20;
const BEYOND_ALL = 95;
/** A run that stands still after its loss jumped was thrown there by a step. */
const RISES_FIRST = 24;
/** A step size just beyond what the curvature bears multiplies the error by a like factor at every step. */
const BEYOND_STABLE: Explains = {
  'exploding-gradient': 85,
  'diverging-loss': 85,
  'non-finite': 80,
  'gradient-spike': 70,
};
/** A loss that never rose speaks against a rate that is only somewhat high. */
const NEVER_ROSE = 30;

/** A batch that did no harm, or a step that a loss scale too large made the optimizer skip: they say nothing of a usual rate. */
const OF_A_BATCH: ReadonlySet<string> = new Set(['gradient-spike', 'non-finite']);

function rates(code: Code, symptom: Symptom): readonly Cause[] {
  if (symptom.noGradient || symptom.warmUpRows !== null) {
    return [];
  }
  return ratesOf(code.facts, code.settings).flatMap((rate): readonly Cause[] => {
    const { range } = rate.place;
    const where = rate.path === code.facts.path ? {} : { path: rate.path };
    if (isLow(rate) && symptom.jumped !== true) {
      const weight = TOO_LOW[symptom.rule];
      const what = `the learning rate is ${rate.place.text}, far below what usually trains from scratch`;
      return weight === undefined ? [] : [{ range, ...where, what, weight, remedies: ['raise-lr'] }];
    }
    const times = effectiveRate(rate) / highRate(code.model, rate);
    // What cuts every gradient to next to nothing makes any rate short.
    const high = times > BORDER && !symptom.clipsTooLow && lowBounds(code.facts).length === 0;
    if (!high && symptom.harmless && OF_A_BATCH.has(symptom.rule)) {
      return [];
    }
    const weight = (high ? TOO_HIGH : MAY_BE_HIGH)[symptom.rule];
    // What faded before the first step was taken, an ordinary rate did not do, and no other rate mends.
    const fadedBefore = symptom.rule === 'vanishing-gradient' && symptom.atStart && !high;
    if (weight === undefined || fadedBefore) {
      return [];
    }
    const isPlateau = symptom.rule === 'loss-plateau';
    const late = symptom.atStart && !isPlateau ? 30 : 0; // the first record precedes every step
    const far = times > FAR_ABOVE ? FAR_ABOVE_ADDS : 0;
    const sure = high && times < FAR ? 8 : 0;
    const still = isPlateau && high && times < FAR && symptom.jumped === false ? NEVER_ROSE : 0;
    const rose = isPlateau && !high && symptom.jumped === true ? RISES_FIRST : 0;
    const beyond = symptom.steady ? (BEYOND_STABLE[symptom.rule] ?? 0) : 0;
    const what = `the learning rate is ${rate.place.text}${high ? `, ${times.toPrecision(2)} times what usually works` : ''}`;
    return [
      {
        range,
        ...where,
        what,
        weight: Math.max(
          weight - late - sure - still + rose + far,
          beyond,
          times > FAR_BEYOND && late === 0 ? BEYOND_ALL : 0,
        ),
        remedies: rateRemedies(code, symptom),
      },
    ];
  });
}

/** The generator of a sure discriminator: its gradient fades whatever its layers do. */
const SATURATED: Explains = { 'vanishing-gradient': 94, 'loss-plateau': 80, 'dead-layer': 70 };

function saturated({ facts }: Code, symptom: Symptom): readonly Cause[] {
  const weight = SATURATED[symptom.rule];
  return weight === undefined
    ? []
    : saturatingLosses(facts).map(({ range }) => ({
        range,
        what: 'log(1 - p) is flat where the discriminator is sure',
        weight,
        remedies: ['non-saturating-loss'],
      }));
}

/** Weights that shrink take the signal and the gradient of the layers before with them. */
const SHRINKS: Explains = {
  'vanishing-gradient': 93,
  'loss-plateau': 91,
  'dead-layer': 86,
  'exploding-gradient': 40,
  'diverging-loss': 40,
};

function decays({ facts }: Code, symptom: Symptom): readonly Cause[] {
  const weight = SHRINKS[symptom.rule];
  return weight === undefined
    ? []
    : highDecays(facts).map(({ place }) => ({
        range: place.range,
        what: `a weight decay of ${place.text} pulls harder than most losses do`,
        weight,
        remedies: ['lower-weight-decay'],
      }));
}

function rateRemedies(code: Code, symptom: Symptom): readonly RemedyId[] {
  if (symptom.rule === 'dead-layer' && code.model !== null && !isNormalised(code.model)) {
    return ['lower-lr', 'batch-norm', 'layer-norm'];
  }
  return ['lower-lr', 'clip-grad-norm', 'lr-warmup'];
}
