import { createParameter, type Parameter, parameterCount } from '../tape';
import { type Args, argument, isKind, type Value } from './values';

/**
 * `weight_norm(layer)`: w = g v/‖v‖ (Salimans & Kingma 2016) starts as the same w, with its magnitude a parameter of its
 * own. `spectral_norm(layer)`: w/σ(w) (Miyato et al. 2018): the layer's gain is fixed, and the gradient of the stored
 * weight is that of the used one divided by σ. Both rename the weight as PyTorch does.
 */
export function reparametrised(name: string, given: Args): Value {
  const layer = given.positional[0] ?? null;
  const key = argument(given, 1, 'name') ?? 'weight';
  const weight = isKind(layer, 'object') && typeof key === 'string' ? layer.fields.get(key) : undefined;
  if (!isKind(weight, 'parameter') || !isKind(layer, 'object')) return layer;
  const modern = name.includes('parametriz');
  const { parameter } = weight;
  const stem = modern ? `parametrizations.${key}.original` : `${key}_`;
  if (name.endsWith('spectral_norm')) {
    parameter.alias = modern ? stem : `${stem}orig`;
    normaliseSpectrum(parameter, modern);
  } else if (name.endsWith('weight_norm')) {
    const [rows] = parameter.sizes;
    const sizes = parameter.sizes.map((size, i) => (i === 0 ? size : 1));
    const fan = parameterCount(parameter.sizes) / (rows ?? 1);
    const magnitude = createParameter(
      sizes,
      { mean: Math.sqrt(fan * parameter.init.variance), variance: 0 },
      parameter.offset,
    );
    magnitude.alias = modern ? `${stem}0` : `${stem}g`;
    parameter.alias = modern ? `${stem}1` : `${stem}v`;
    parameter.magnitude = magnitude;
    layer.fields.set(`${key} magnitude`, { kind: 'parameter', parameter: magnitude });
  }
  return layer;
}

/**
 * The largest singular value of a random matrix is σ_w(√rows + √columns); the older form runs one step of power
 * iteration from a random vector a forward pass, which finds σ_w√(rows + columns) of it at the first.
 */
function normaliseSpectrum(parameter: Parameter, converged: boolean): void {
  const rows = parameter.sizes[0] ?? 1;
  const columns = parameterCount(parameter.sizes) / rows;
  const { variance } = parameter.init;
  if (!(variance > 0)) return;
  const square = variance * (converged ? (Math.sqrt(rows) + Math.sqrt(columns)) ** 2 : rows + columns);
  parameter.init = { mean: 0, variance: variance / square };
  parameter.storedScale = 1 / square;
}
