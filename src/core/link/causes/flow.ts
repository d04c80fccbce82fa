import { ratioText } from '../../flow/text';
import { isWeightLayer } from '../../remedies/edits/model';
import { isAdaptive } from '../../remedies/edits/rates';
import type { Cause, Code, Explains, Symptom } from './cause';
import { remediesForFlow } from './flowRemedies';

/** The expected gradient of the first layer is so small that plain SGD does not train it. */
const FADED: Explains = { 'vanishing-gradient': 78, 'loss-plateau': 79, 'dead-layer': 60 };
/** Adam divides a small gradient out, down to about a two-millionth (measured: 15 default ReLU layers). */
const BEYOND_ADAM = -5.5;
const ADAM_BEARS = 25;
/** log10 of the level that is taken for lost. */
const LOST = -3;

/** What the forecast of a model's gradients says, where the code shows no plainer cause. */
export function flowCauses(
  { model, optimizers }: Code,
  symptom: Symptom,
  level: number | null,
): readonly Cause[] {
  const weight = FADED[symptom.rule];
  const layers = (model?.modules ?? []).filter((entry) => isWeightLayer(entry.type));
  // The layers that are repeated make the product; the first one only shows it.
  const first = layers.find((entry) => entry.path.includes('*')) ?? layers[0];
  if (weight === undefined || model === null || first === undefined || level === null || level > LOST) {
    return [];
  }
  const bears = level > BEYOND_ADAM && optimizers.some(isAdaptive);
  return [
    {
      range: first.range,
      what: `the first layer's gradient is expected to be ${ratioText(level)} of the last one's at initialisation`,
      weight: weight - (bears ? ADAM_BEARS : 0),
      remedies: remediesForFlow(model, level),
    },
  ];
}
