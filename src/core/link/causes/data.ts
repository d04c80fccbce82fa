import { largeDraws } from '../../python/dataScale';
import { featuresIn, isNormalised, isWeightLayer } from '../../remedies/edits/model';
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

/** Inputs of a scale that usual rates and initialisations are not made for. */
export function dataCauses({ facts, model }: Code, symptom: Symptom): readonly Cause[] {
  const weight = UNSCALED_INPUT[symptom.rule];
  const first = model?.modules.find((entry) => isWeightLayer(entry.type));
  const features = first === undefined ? undefined : featuresIn(first)?.number?.value;
  if (weight === undefined || model === null || isNormalised(model) || first === undefined) {
    return [];
  }
  const { inputNorm } = symptom;
  const size = inputNorm === null || features === undefined ? null : inputNorm / Math.sqrt(features);
  if (size !== null ? size > UNSCALED : hasBytes(facts.text)) {
    const seen =
      size === null
        ? 'the input is made of bytes that nothing scales'
        : `the input is not scaled: its features are about ${size.toPrecision(2)} large by the first gradients`;
    return [
      {
        range: first.range,
        what: seen,
        weight,
        remedies: ['normalise-input', 'batch-norm', 'lower-lr'],
      },
    ];
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
          remedies: ['normalise-input', 'batch-norm', 'lower-lr'],
        },
      ];
}

/** Bytes (images, audio) that become floats, and nothing that divides or standardises. */
function hasBytes(text: string): boolean {
  const isBytes = /\buint8\b|\brandint\(\s*0\s*,\s*25[56]\b|\*\s*255\b/.test(text);
  return isBytes && !/\/\s*(?:255|256|127|128)|ToTensor|Normalize\(|\.std\(|div_?\(\s*255/.test(text);
}
