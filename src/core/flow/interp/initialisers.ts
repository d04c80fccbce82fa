import { constant } from '../ops/elementwise';
import { createParameter, type Flow, type Init, type Parameter, parameterCount } from '../tape';
import type { Reader } from './reader';
import { normalPdfIntegral } from './truncated';
import { type Args, argument, isKind, isList, numberArgument, type TensorValue, type Value } from './values';

const names = new Set([
  'normal_',
  'uniform_',
  'zero_',
  'zeros_',
  'ones_',
  'fill_',
  'constant_',
  'mul_',
  'div_',
  'copy_',
  'xavier_uniform_',
  'xavier_normal_',
  'kaiming_uniform_',
  'kaiming_normal_',
  'orthogonal_',
  'trunc_normal_',
  'eye_',
  'dirac_',
  'sparse_',
  'xavier_uniform',
  'xavier_normal',
  'kaiming_normal',
  'kaiming_uniform',
  'normal',
  'uniform',
  'constant',
  'orthogonal',
  'add_',
]);

export function isInitialiser(name: string): boolean {
  return names.has(name);
}

/** Incoming and outgoing connections of a weight, as `torch.nn.init` counts them. */
export function fans(sizes: readonly number[]): { readonly fanIn: number; readonly fanOut: number } {
  const field = sizes.slice(2).reduce((a, b) => a * b, 1);
  const fanIn = (sizes[1] ?? sizes[0] ?? 1) * field;
  return { fanIn, fanOut: (sizes[0] ?? 1) * field };
}

/** `torch.nn.init.calculate_gain`. */
export function gainOf(nonlinearity: Value | undefined, slope: number): number {
  if (nonlinearity === 'tanh') return 5 / 3;
  if (nonlinearity === 'relu') return Math.SQRT2;
  if (nonlinearity === 'leaky_relu') return Math.sqrt(2 / (1 + slope * slope));
  if (nonlinearity === 'selu') return 3 / 4;
  return 1;
}

/** Applies an initialiser to a parameter; arguments without the tensor itself. */
export function initialise(name: string, parameter: Parameter, given: Args): void {
  // Behind weight normalisation the weight is computed again from its two parameters at every forward pass.
  if (parameter.magnitude !== null) return;
  if (parameter.sizes.some(Number.isNaN)) {
    parameter.pending.push((settled) => initialise(name, settled, given));
    return;
  }
  const init = initBy(name, parameter, given);
  if (init === null) return;
  parameter.init = init;
  parameter.parts = [];
}

function normal(variance: number, mean = 0): Init {
  return { mean, variance: Math.max(0, variance) };
}

/** What an initialiser leaves in a parameter; null when it leaves it alone. */
function initBy(name: string, parameter: Parameter, given: Args): Init | null {
  const { fanIn, fanOut } = fans(parameter.sizes);
  const gain = numberArgument(given, 0, 'gain', 1);
  switch (name.replace(/_$/, '')) {
    case 'normal':
      return normal(numberArgument(given, 1, 'std', 1) ** 2, numberArgument(given, 0, 'mean', 0));
    case 'trunc_normal':
      return truncated(given);
    case 'uniform': {
      const low = numberArgument(given, 0, given.keywords.has('a') ? 'a' : 'from', 0);
      const high = numberArgument(given, 1, given.keywords.has('b') ? 'b' : 'to', 1);
      return normal((high - low) ** 2 / 12, (high + low) / 2);
    }
    case 'zero':
    case 'zeros':
      return normal(0);
    case 'ones':
      return normal(0, 1);
    case 'fill':
    case 'constant':
      return normal(0, numberArgument(given, 0, given.keywords.has('val') ? 'val' : 'value', 0));
    case 'xavier_uniform':
    case 'xavier_normal':
      return normal((gain * gain * 2) / (fanIn + fanOut));
    case 'kaiming_uniform':
    case 'kaiming_normal': {
      const slope = numberArgument(given, 0, 'a', 0);
      const mode = argument(given, 1, 'mode');
      const factor = gainOf(argument(given, 2, 'nonlinearity') ?? 'leaky_relu', slope);
      return normal((factor * factor) / (mode === 'fan_out' ? fanOut : fanIn));
    }
    case 'orthogonal': {
      const rows = parameter.sizes[0] ?? 1;
      const columns = parameterCount(parameter.sizes) / rows;
      return normal((gain * gain) / Math.max(rows, columns));
    }
    case 'eye':
    case 'dirac': {
      const kept = Math.min(parameter.sizes[0] ?? 1, parameter.sizes[1] ?? 1);
      return normal(kept / parameterCount(parameter.sizes));
    }
    case 'sparse': {
      const std = numberArgument(given, 1, 'std', 0.01);
      return normal(std * std * (1 - numberArgument(given, 0, 'sparsity', 0)));
    }
    case 'mul':
    case 'div': {
      const by = numberArgument(given, 0, 'other', 1);
      const factor = name.startsWith('div') ? 1 / by : by;
      return normal(parameter.init.variance * factor * factor, parameter.init.mean * factor);
    }
    case 'add':
      return normal(parameter.init.variance, parameter.init.mean + numberArgument(given, 0, 'other', 0));
    case 'copy':
      return copied(given.positional[0]);
    default:
      return null;
  }
}

function copied(value: Value | undefined): Init | null {
  if (isKind(value, 'parameter')) return value.parameter.init;
  if (!isKind(value, 'tensor')) return null;
  const { mean, kernel } = value.flow;
  return normal(kernel[0] - mean * mean, mean);
}

/** Normal cut off at a and b (−2 and 2 in absolute units, as PyTorch has it). */
function truncated(given: Args): Init {
  const mean = numberArgument(given, 0, 'mean', 0);
  const std = numberArgument(given, 1, 'std', 1);
  const low = (numberArgument(given, 2, 'a', -2) - mean) / std;
  const high = (numberArgument(given, 3, 'b', 2) - mean) / std;
  const { mean: shift, variance } = normalPdfIntegral(low, high);
  return normal(std * std * variance, mean + std * shift);
}

/** `nn.init.xavier_uniform_(tensor, ...)`: the tensor first. Anything but a parameter is passed over. */
export function initialiseFirst(reader: Reader, name: string, given: Args): Value {
  const target = given.positional[0] ?? given.keywords.get('tensor') ?? null;
  const rest: Args = { positional: given.positional.slice(1), keywords: given.keywords };
  const all = isList(target) ? target.items : [target];
  for (const item of all) {
    if (isKind(item, 'parameter')) initialise(name, item.parameter, rest);
    if (isKind(item, 'tensor')) initialiseTensor(reader, name, item, rest);
  }
  return target;
}

/** A tensor that is filled before it becomes a parameter. */
export function initialiseTensor(reader: Reader, name: string, target: TensorValue, given: Args): void {
  const { flow } = target;
  if (!flow.free) return;
  const init = initBy(name, constantLike(flow), given);
  if (init !== null && target.viewOf !== undefined) target.viewOf.init = init;
  if (init !== null) target.flow = constant(reader.tape, flow.shape, init.mean, init.variance);
}

function constantLike({ shape, mean, kernel }: Flow): Parameter {
  const sizes = shape.map((axis) => axis.size);
  return createParameter(sizes, { mean, variance: Math.max(0, kernel[0] - mean * mean) }, 0);
}
