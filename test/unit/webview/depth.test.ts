/** The depth profile: forecast and sentence. */

import { deepStrictEqual, strictEqual } from 'node:assert';
import { profileSentence } from '../../../webview/depthData';
import { forecastSentence, forecastValues } from '../../../webview/forecastCurve';
import { snapshotOf } from './snapshot';

describe('the forecast beside the measured profile', () => {
  const layers = (forecasts: readonly (number | null)[]) =>
    snapshotOf(forecasts.length)
      .series.slice(0, forecasts.length)
      .map((series, at) => ({
        ...series,
        forecast: forecasts[at] ?? null,
      }));

  it('goes through the last layer that has both, and has gaps where nothing is expected', () => {
    const values = forecastValues(layers([-4, null, -2, 0]), Float64Array.of(1e-3, 1e-2, 0.5, Number.NaN));
    deepStrictEqual([...(values ?? [])], [0.5e-2, Number.NaN, 0.5, 50]);
  });

  it('is not drawn where the code is not known, or nothing can be placed', () => {
    strictEqual(forecastValues(layers([null, null]), Float64Array.of(1, 1)), null);
    strictEqual(forecastValues(layers([-1, null]), Float64Array.of(1, 1)), null);
    strictEqual(forecastValues(layers([-1, 0]), Float64Array.of(0, Number.NaN)), null);
  });

  it('is said for those who do not see it', () => {
    strictEqual(forecastSentence(0.1), 'Expected at initialisation, from the code: ×0.1 a layer.');
    strictEqual(forecastSentence(Number.NaN), '');
  });

  it('counts a layer once, whether or not its bias is logged too', () => {
    const named = (parameters: readonly string[]) =>
      layers(parameters.map(() => null)).map((layer, at) => ({
        ...layer,
        parameter: parameters[at] ?? null,
      }));
    const weights = named(['a.weight', 'b.weight', 'c.weight', 'd.weight']);
    const both = named(weights.flatMap(({ parameter }) => [parameter ?? '', `${parameter?.[0]}.bias`]));
    const said = profileSentence(weights, Float64Array.of(1e-3, 1e-2, 1e-1, 1));
    strictEqual(said, '4 layers, first 0.001, last 1: ×0.1 a layer toward the input');
    strictEqual(profileSentence(both, Float64Array.of(1e-3, 9, 1e-2, 9, 1e-1, 9, 1, 9)), said);
    strictEqual(
      profileSentence(named(['a', 'b', 'c.weight']), Float64Array.of(1e-2, 1e-1, 1)),
      '3 layers, first 0.01, last 1: ×0.1 a layer toward the input',
    );
  });
});
