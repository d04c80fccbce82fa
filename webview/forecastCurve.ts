/** The profile that the code lets expect at initialisation, placed beside the measured one. */
import type { SeriesInfo } from '../src/protocol/messages';
import { formatFactor } from './format';

export const FORECAST_NAME = 'forecast at initialisation, from the code';

/**
 * A forecast is relative to the model's last weight, so it is drawn through the last layer that has both. NaN where a layer
 * has none; null with fewer than two.
 */
export function forecastValues(layers: readonly SeriesInfo[], measured: Float64Array): Float64Array | null {
  const known = layers.filter(({ forecast }) => forecast !== null).length;
  const at = layers.findLastIndex(({ forecast }, row) => forecast !== null && isLevel(measured[row]));
  const anchor = layers[at]?.forecast;
  const level = measured[at];
  if (known < 2 || anchor === null || anchor === undefined || level === undefined) {
    return null;
  }
  return Float64Array.from(layers, ({ forecast }) =>
    forecast === null ? Number.NaN : level * 10 ** (forecast - anchor),
  );
}

/** "Expected at initialisation, from the code: ×0.41 a layer." Empty where there are too few layers. */
export function forecastSentence(factor: number): string {
  return Number.isFinite(factor)
    ? `Expected at initialisation, from the code: ${formatFactor(factor)} a layer.`
    : '';
}

function isLevel(value: number | undefined): boolean {
  return value !== undefined && value > 0 && Number.isFinite(value);
}
