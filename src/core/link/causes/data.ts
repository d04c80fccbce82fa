import { largeDraws } from '../../python/dataScale';
import type { PythonFacts } from '../../python/facts';
import { largeInput, largeRawInput, largeTarget } from '../../remedies/edits/dataScale';
import { featuresIn, isConvolution, isNormalised, isWeightLayer } from '../../remedies/edits/model';
import { isAdaptive, isLow, ratesOf } from '../../remedies/edits/rates';
import type { RemedyId } from '../../remedies/remedy';
import type { Cause, Code, Explains, Symptom } from './cause';

/**
 * Size of one input feature by the first gradients: standardised data give about 1, bytes and raw measurements tens
 * and more. Gradients of a batch cancel in part, which the estimate takes for size: it must be well above.
 */
const UNSCALED = 15;

const UNSCALED_INPUT: Explains = {
  'exploding-gradient': 88,
  'non-finite': 89,
  'diverging-loss': 91,
  'gradient-spike': 70,
  'dead-layer': 93,
  'loss-plateau': 86,
  'vanishing-gradient': 60,
  'oscillating-loss': 80,
};

/** Numbers of that size are in the code, but the run does not say that they are what the first layer reads. */
const LARGE_IN_CODE: Explains = {
  'loss-plateau': 66,
  'vanishing-gradient': 64,
  'dead-layer': 70,
  'exploding-gradient': 60,
  'diverging-loss': 60,
};

/** Numbers that no usual network trains on, and what is taken off for smaller ones. */
const VERY_LARGE = 100;
const BORDER = 12;

/** The gradient of a squared error grows with its target; Adam divides the size out, and then has far to go. */
const UNSCALED_TARGET: Explains = {
  'diverging-loss': 74,
  'exploding-gradient': 74,
  'non-finite': 70,
  'gradient-spike': 50,
  'oscillating-loss': 60,
  'loss-plateau': 62,
};
const FAR_FOR_ADAM: Explains = { 'loss-plateau': 86, 'diverging-loss': 50, 'exploding-gradient': 50 };

/** Targets far larger than what a network starts with. */
export function targetCauses({ facts, optimizers, settings }: Code, symptom: Symptom): readonly Cause[] {
  const scaleFree = optimizers.length > 0 && optimizers.every(isAdaptive);
  const weight = (scaleFree ? FAR_FOR_ADAM : UNSCALED_TARGET)[symptom.rule];
  const large = weight === undefined ? null : largeTarget(facts);
  // A rate far below the usual was chosen for the large loss, and is too small for a scaled one.
  const isChosen = !scaleFree && ratesOf(facts, settings).some(isLow);
  return weight === undefined || large === null
    ? []
    : [
        {
          range: large.range,
          what: `the targets are about ${large.size.toPrecision(2)} large, and the gradient of the loss with them`,
          weight,
          remedies: isChosen ? ['lower-lr', 'normalise-target'] : ['normalise-target', 'lower-lr'],
        },
      ];
}

/** The columns of a table have scales of their own, which only the data themselves tell. */
const OF_RAW_DATA: readonly RemedyId[] = ['normalise-input', 'batch-norm', 'lower-lr'];
/**
 * Pixels have one scale, which normalisation behind the first convolution takes out as well; steps that killed the units
 * of a layer are then shorter too, where scaled pixels alone leave the rate as it is.
 */
const OF_DEAD_IMAGES: readonly RemedyId[] = ['batch-norm', 'lower-lr', 'normalise-input'];

/** Inputs of a scale that usual rates and initialisations are not made for. */
export function dataCauses({ facts, model }: Code, symptom: Symptom): readonly Cause[] {
  const weight = UNSCALED_INPUT[symptom.rule];
  if (model === null) {
    return rawDataCauses(facts, symptom);
  }
  const first = model.modules.find((entry) => isWeightLayer(entry.type));
  const features = first === undefined ? undefined : featuresIn(first)?.number?.value;
  if (weight === undefined || isNormalised(model) || first === undefined) {
    return [];
  }
  const remedies = symptom.rule === 'dead-layer' && isConvolution(first.type) ? OF_DEAD_IMAGES : OF_RAW_DATA;
  const { inputNorm } = symptom;
  const read = largeInput(facts, model) ?? largeRawInput(facts);
  const size = inputNorm === null || features === undefined ? null : inputNorm / Math.sqrt(features);
  if (size !== null ? size > UNSCALED : hasBytes(facts.text)) {
    const seen =
      size === null
        ? 'the input is made of bytes that nothing scales'
        : `the input is not scaled: its features are about ${size.toPrecision(2)} large by the first gradients`;
    // Where the code shows what is read, that is the place to change, else the layer that reads it.
    return [{ range: read?.range ?? first.range, what: seen, weight, remedies }];
  }
  if (read !== null) {
    const what = `the model reads numbers of about ${read.size.toPrecision(2)} that nothing scales`;
    const sure =
      read.size >= VERY_LARGE ? weight : Math.max(weight - BORDER, LARGE_IN_CODE[symptom.rule] ?? 0);
    return [{ range: read.range, what, weight: sure, remedies }];
  }
  const likely = size === null ? LARGE_IN_CODE[symptom.rule] : undefined;
  const [large] = likely === undefined ? [] : largeDraws(facts);
  return likely === undefined || large === undefined
    ? []
    : [
        {
          range: large.range,
          what: `the data have numbers of about ${large.size.toPrecision(2)} that nothing scales`,
          weight: likely,
          remedies,
        },
      ];
}

/** What a function with matrices of its own reads. */
function rawDataCauses(facts: PythonFacts, { rule }: Symptom): readonly Cause[] {
  const weight = UNSCALED_INPUT[rule];
  const read = weight === undefined ? null : largeRawInput(facts);
  if (weight === undefined || read === null) {
    return [];
  }
  const what = `the model reads numbers of about ${read.size.toPrecision(2)} that nothing scales`;
  return [{ range: read.range, what, weight, remedies: OF_RAW_DATA }];
}

/** Bytes (images, audio) that become floats, and nothing that divides or standardises. */
function hasBytes(text: string): boolean {
  const isBytes = /\buint8\b|\brandint\(\s*0\s*,\s*25[56]\b|\*\s*255\b/.test(text);
  return isBytes && !/\/\s*(?:255|256|127|128)|ToTensor|Normalize\(|\.std\(|div_?\(\s*255/.test(text);
}
