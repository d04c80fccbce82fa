import { activationNamed } from '../activations';
import { attend } from '../ops/attention';
import type { Window } from '../ops/convolution';
import { alphaDropout, dropout } from '../ops/elementwise';
import { batchNorm, rmsNorm, sampleNorm } from '../ops/norm';
import { featureCount } from '../shape';
import type { Flow } from '../tape';
import { activateWith, applyLinear, gatedHalves, softmaxOf, taken, weightOf } from './forward';
import { adaptivePool, applyConvolution, padFlow, pool, resize } from './forwardConv';
import { layerNorm } from './forwardNorm';
import { numbersFunction } from './numbers';
import { flowOf } from './operators';
import { chosenWhere } from './picks';
import { matrixProduct } from './products';
import type { Reader } from './reader';
import { convolutionBySample } from './sampleConv';
import { callTensorMethod } from './tensors';
import {
  type Args,
  args,
  argument,
  isKind,
  isList,
  numberArgument,
  numbersFor,
  tensor,
  unknown,
  type Value,
} from './values';
import { concatValues, flattenFlow, rowsOf, stackValues } from './views';

function windows(given: Args, rank: number, kernel: readonly number[], transposed: boolean): Window[] {
  const stride = numbersFor(argument(given, 3, 'stride'), rank, 1);
  const padding = numbersFor(argument(given, 4, 'padding'), rank, 0);
  const dilation = numbersFor(argument(given, transposed ? 7 : 5, 'dilation'), rank, 1);
  return kernel.map((k, i) => ({
    kernel: k,
    stride: stride[i] ?? 1,
    padding: padding[i] ?? 0,
    dilation: dilation[i] ?? 1,
    outputPadding: 0,
  }));
}

/** Sizes of a convolution's window: the last axes of its weight. */
function kernelOf({ shape }: Flow, rank: number): number[] {
  return shape.slice(-rank).map((axis) => axis.size);
}

const arithmetic: ReadonlyMap<string, string> = new Map([
  ['add', '+'],
  ['sub', '-'],
  ['subtract', '-'],
  ['mul', '*'],
  ['multiply', '*'],
  ['div', '/'],
  ['divide', '/'],
  ['true_divide', '/'],
]);

/** The axis along which tensors of several are joined by name. */
const stackAxes: Readonly<Record<string, number>> = {
  hstack: 1,
  column_stack: 1,
  vstack: 0,
  row_stack: 0,
  dstack: 2,
};

/** torch.* and torch.nn.functional.* on tensors. */
export function operation(reader: Reader, name: string, short: string, given: Args): Value {
  const tape = reader.tape;
  const first = given.positional[0] ?? given.keywords.get('input') ?? null;
  if (short === 'cat' || short === 'concat' || short === 'concatenate')
    return concatValues(reader, first, numberArgument(given, 1, 'dim', 0));
  const stacked = stackAxes[short];
  if (stacked !== undefined) return concatValues(reader, first, stacked);
  if (short === 'where') return chosenWhere(reader, given);
  if (short === 'addmm' || short === 'baddbmm') {
    const [bias = null, left = null, right = null] = given.positional;
    return reader.combine('+', matrixProduct(reader, left, right), bias, false);
  }
  if (name.endsWith('.data_parallel'))
    return reader.call(first, args(...(given.positional[1] === undefined ? [] : [given.positional[1]])));
  if (short === 'stack') return stackValues(reader, first, numberArgument(given, 1, 'dim', 0));
  if (short === 'matmul' || short === 'bmm' || short === 'mm' || short === 'spmm')
    return matrixProduct(reader, first, given.positional[1] ?? null);
  if (
    /^(no_grad|enable_grad|inference_mode|autocast|device|manual_seed|set_grad_enabled|_assert|_log_api_usage_once)$/.test(
      short,
    )
  )
    return null;
  if (/^conv(_transpose)?[123]d$/.test(short)) {
    const weight = weightOf(reader, argument(given, 1, 'weight'));
    const rank = Number(short.at(-2));
    const transposed = short.includes('transpose');
    const x = taken(reader, first, [
      { kind: 'image', rank, features: weight?.sizes[transposed ? 0 : 1] ?? 1 },
    ]);
    const groups = numberArgument(given, 6, 'groups', 1);
    const weights = argument(given, 1, 'weight');
    const bySample =
      x !== null && weight === null && isKind(weights, 'tensor') && !transposed
        ? convolutionBySample(
            reader,
            x,
            weights.flow,
            windows(given, rank, kernelOf(weights.flow, rank), false),
            groups,
          )
        : null;
    if (bySample !== null) return tensor(bySample);
    if (x === null || weight === null) return reader.passOver(name, given);
    return tensor(
      applyConvolution(reader, x, {
        inputs: transposed ? (weight.sizes[0] ?? 1) : (weight.sizes[1] ?? 1) * groups,
        outputs: transposed ? (weight.sizes[1] ?? 1) * groups : (weight.sizes[0] ?? 1),
        groups,
        transposed,
        windows: windows(given, rank, weight.sizes.slice(2), transposed),
        weight,
        bias: weightOf(reader, argument(given, 2, 'bias')),
      }),
    );
  }
  if (short === 'embedding') {
    const table = argument(given, 1, 'weight') ?? null;
    const weight = isKind(table, 'parameter') ? table.parameter : null;
    if (weight === null && isKind(table, 'tensor')) return tensor(rowsOf(reader, table.flow, first));
    if (weight === null) return reader.passOver(name, given);
    const module = reader.construct(
      reader.nativeClass('nn.Embedding'),
      args(weight.sizes[0] ?? 1, weight.sizes[1] ?? 1),
    );
    if (isKind(module, 'object')) module.fields.set('weight', { kind: 'parameter', parameter: weight });
    return reader.call(module, args(first));
  }
  const operator = arithmetic.get(short);
  if (operator !== undefined && given.positional[1] !== undefined && !given.keywords.has('alpha'))
    return reader.combine(operator, first, given.positional[1], false);
  const numbers = numbersFunction(reader, short, given);
  if (numbers !== null) return numbers;
  const expected = [
    { kind: 'vector' as const },
    { kind: 'image' as const, rank: 2 },
    { kind: 'sequence' as const },
    { kind: 'pairs' as const },
  ];
  if (
    isKind(first, 'parameter') &&
    ['view', 'reshape', 'permute', 'transpose', 'unsqueeze', 't'].includes(short)
  )
    return callTensorMethod(reader, tensor(tape.leaf(first.parameter)), short, {
      positional: given.positional.slice(1),
      keywords: given.keywords,
    });
  if (isList(first) && !['flatten', 'relu'].includes(short)) {
    const only = first.items.at(-1);
    if (!isKind(only, 'tensor')) return unknown(name);
  }
  if (isKind(first, 'indices'))
    return callTensorMethod(reader, first, short, {
      positional: given.positional.slice(1),
      keywords: given.keywords,
    });
  const x = taken(reader, first, expected);
  if (x === null) return reader.passOver(name, given);
  switch (short) {
    case 'linear': {
      const weight = weightOf(reader, argument(given, 1, 'weight'));
      if (weight === null) return reader.passOver(name, given);
      return tensor(applyLinear(reader, x, weight, weightOf(reader, argument(given, 2, 'bias'))));
    }
    case 'dropout':
    case 'dropout2d':
    case 'dropout3d':
    case 'alpha_dropout': {
      const rate = numberArgument(given, 1, 'p', 0.5);
      const training = argument(given, 2, 'training');
      if (training === false) return tensor(x);
      if (short === 'alpha_dropout') return tensor(training === true ? alphaDropout(tape, x, rate) : x);
      return tensor(x.scores === null ? dropout(tape, x, rate, short !== 'dropout') : x);
    }
    case 'flatten':
      return tensor(
        flattenFlow(
          reader,
          x,
          numberArgument(given, 1, 'start_dim', 0),
          numberArgument(given, 2, 'end_dim', -1),
        ),
      );
    case 'softmax':
      return tensor(softmaxOf(reader, x, argument(given, 1, 'dim')));
    case 'log_softmax':
      return tensor(x);
    case 'glu':
      return tensor(gatedHalves(reader, x, 'sigmoid'));
    case 'layer_norm': {
      const shape = argument(given, 1, 'normalized_shape');
      const parts = {
        weight: weightOf(reader, argument(given, 2, 'weight')),
        bias: weightOf(reader, argument(given, 3, 'bias')),
      };
      return tensor(layerNorm(reader, x, isList(shape) ? shape.items.length : 1, 1e-5, parts));
    }
    case 'group_norm':
      return tensor(
        sampleNorm(
          tape,
          x,
          1e-5,
          { weight: null, bias: null },
          Math.max(1, featureCount(x.shape) / numberArgument(given, 1, 'num_groups', 1)),
          true,
        ),
      );
    case 'instance_norm':
      return tensor(sampleNorm(tape, x, 1e-5, { weight: null, bias: null }, 1, true));
    case 'batch_norm':
      return tensor(
        batchNorm(tape, x, 1e-5, {
          weight: weightOf(reader, argument(given, 3, 'weight')),
          bias: weightOf(reader, argument(given, 4, 'bias')),
        }),
      );
    case 'normalize':
      return tensor(
        rmsNorm(tape, x, 1e-12, { weight: null, bias: null }, 1 / Math.max(1, featureCount(x.shape))),
      );
    case 'max_pool1d':
    case 'max_pool2d':
    case 'max_pool3d':
    case 'avg_pool1d':
    case 'avg_pool2d':
    case 'avg_pool3d': {
      const size = argument(given, 1, 'kernel_size');
      return tensor(
        pool(
          reader,
          x,
          Number(short.at(-2)),
          short.startsWith('max'),
          size,
          argument(given, 2, 'stride') ?? size,
          argument(given, 3, 'padding'),
          false,
        ),
      );
    }
    case 'adaptive_avg_pool1d':
    case 'adaptive_avg_pool2d':
    case 'adaptive_avg_pool3d':
    case 'adaptive_max_pool1d':
    case 'adaptive_max_pool2d':
      return tensor(
        adaptivePool(
          reader,
          x,
          argument(given, 1, 'output_size'),
          Number(short.at(-2)),
          short.includes('max'),
        ),
      );
    case 'interpolate':
    case 'upsample':
      return tensor(resize(reader, x, argument(given, 1, 'size'), argument(given, 2, 'scale_factor')));
    case 'pad': {
      const by = argument(given, 1, 'pad');
      return tensor(padFlow(reader, x, by, 2));
    }
    case 'scaled_dot_product_attention': {
      const key = flowOf(reader, argument(given, 1, 'key') ?? null);
      const value = flowOf(reader, argument(given, 2, 'value') ?? null);
      if (key === null || value === null) return reader.passOver(name, given);
      const width = x.shape[x.shape.length - 1]?.size ?? 1;
      return tensor(
        attend(
          tape,
          x,
          key,
          value,
          Math.max(1, featureCount(x.shape) / width),
          1 / Math.sqrt(width),
          x.shape,
        ),
      );
    }
    case 'elu':
    case 'celu':
    case 'leaky_relu': {
      const parameter = argument(given, 1, short === 'leaky_relu' ? 'negative_slope' : 'alpha');
      return tensor(
        activateWith(reader, x, short.replace('_', ''), typeof parameter === 'number' ? parameter : null),
      );
    }
    case 'add':
    case 'sub':
    case 'mul':
    case 'div':
      return callTensorMethod(reader, tensor(x), short, {
        positional: given.positional.slice(1),
        keywords: given.keywords,
      });
    default: {
      const plain = short.replace(/_/g, '');
      if (activationNamed(plain) !== null) return tensor(activateWith(reader, x, plain, null));
      const method = callTensorMethod(reader, tensor(x), short, {
        positional: given.positional.slice(1),
        keywords: given.keywords,
      });
      return method;
    }
  }
}
