import { activationNamed } from '../activations';
import { attend } from '../ops/attention';
import type { Window } from '../ops/convolution';
import { alphaDropout, constant, dropout } from '../ops/elementwise';
import { batchNorm, rmsNorm, sampleNorm } from '../ops/norm';
import { type Axis, featureCount, type Shape } from '../shape';
import { createParameter, type Flow, type Parameter } from '../tape';
import { einsum, rearrange } from './einops';
import {
  activateWith,
  adaptivePool,
  applyConvolution,
  applyLinear,
  gatedHalves,
  layerNorm,
  padFlow,
  pool,
  resize,
  softmaxOf,
  taken,
} from './forward';
import { fans, gainOf, initialiseFirst } from './initialisers';
import { cloneValue } from './modules';
import { flowOf } from './operators';
import type { Reader } from './reader';
import { iterate } from './sequences';
import { callTensorMethod, concatValues, flattenFlow, matrixProduct, stackValues } from './tensors';
import {
  type Args,
  args,
  argument,
  isKind,
  isList,
  list,
  numberArgument,
  numbersFor,
  tensor,
  tuple,
  unknown,
  type Value,
} from './values';

/** A function of a library, by its canonical dotted name. */
export function callTorch(reader: Reader, name: string, given: Args): Value {
  const short = name.slice(name.lastIndexOf('.') + 1);
  if (name.startsWith('math.') || name.startsWith('numpy.')) return mathematics(reader, short, given);
  if (name.startsWith('torch.nn.init.')) {
    if (short === 'calculate_gain')
      return gainOf(given.positional[0], numberArgument(given, 1, 'param', 0.01));
    if (short.startsWith('_calculate_') && isKind(given.positional[0], 'parameter')) {
      const { fanIn, fanOut } = fans(given.positional[0].parameter.sizes);
      return short === '_calculate_correct_fan'
        ? given.positional[1] === 'fan_out'
          ? fanOut
          : fanIn
        : tuple([fanIn, fanOut]);
    }
    return initialiseFirst(short, given);
  }
  if (name === 'argparse.ArgumentParser') {
    const cls = reader.nativeClass('argparse');
    return { kind: 'object', cls, fields: new Map(), settings: new Map(), offset: reader.offset };
  }
  if (name === 'functools.partial') {
    const [func, ...rest] = given.positional;
    return { kind: 'partial', func: func ?? null, args: { positional: rest, keywords: given.keywords } };
  }
  if (name === 'functools.reduce' && given.positional[0] !== undefined) {
    const items = iterate(reader, given.positional[1] ?? null);
    const start = given.positional[2] ?? items.shift() ?? null;
    const func = given.positional[0];
    return items.reduce<Value>((total, item) => reader.call(func, args(total, item)), start);
  }
  if (name.endsWith('OrderedDict')) return ordered(given);
  if (short === 'deepcopy' || name === 'copy.copy') return cloneValue(given.positional[0] ?? null);
  if (name.startsWith('itertools.')) return iterators(reader, short, given);
  if (name.startsWith('collections.') || name.startsWith('typing.') || name.startsWith('dataclasses.')) {
    if (short === 'cast') return given.positional[1] ?? null;
    if (short === 'field') return given.keywords.get('default') ?? unknown('a field');
    return unknown(name);
  }
  if (short === 'Parameter' || short === 'UninitializedParameter') return parameterFrom(reader, given);
  if (name === 'einops.rearrange') {
    return (
      rearrange(reader, given.positional[0] ?? null, given.positional[1], given) ??
      reader.passOver(name, given)
    );
  }
  if (name === 'einops.repeat') return given.positional[0] ?? null;
  if (name === 'torch.einsum')
    return (
      einsum(reader, given) ?? reader.passOver(name, { ...given, positional: given.positional.slice(1) })
    );
  if (!/^(torch|einops|torchvision|F)\b/.test(name)) return reader.passOver(name, given);
  if (name.startsWith('torch.utils.checkpoint.')) {
    const [func, ...rest] = given.positional;
    return func === undefined ? null : reader.call(func, { positional: rest, keywords: new Map() });
  }
  if (/rnn\.(pack_padded_sequence|pack_sequence)$/.test(name)) return given.positional[0] ?? null;
  if (/rnn\.pad_packed_sequence$/.test(name)) return tuple([given.positional[0] ?? null, unknown('lengths')]);
  if (/(spectral_norm|weight_norm|parametrizations\.\w+)$/.test(name)) return given.positional[0] ?? null;
  return creation(reader, short, given) ?? operation(reader, name, short, given);
}

function ordered(given: Args): Value {
  const entries = new Map<Value, Value>();
  const first = given.positional[0];
  if (isList(first))
    for (const pair of first.items)
      if (isList(pair)) entries.set(pair.items[0] ?? null, pair.items[1] ?? null);
  if (isKind(first, 'dict')) return first;
  return { kind: 'dict', entries };
}

function iterators(reader: Reader, name: string, given: Args): Value {
  if (name === 'chain' || name === 'from_iterable') {
    const lists = name === 'chain' ? given.positional : iterate(reader, given.positional[0] ?? null);
    return list(lists.flatMap((item) => iterate(reader, item)));
  }
  if (name === 'pairwise') {
    const items = iterate(reader, given.positional[0] ?? null);
    return list(items.slice(1).map((item, i) => tuple([items[i] ?? null, item])));
  }
  return unknown(`itertools.${name}`);
}

function mathematics(reader: Reader, name: string, given: Args): Value {
  const [a, b] = given.positional;
  if (name === 'prod' && isList(a))
    return a.items.reduce<number>((t, v) => t * (typeof v === 'number' ? v : 1), 1);
  if (name === 'linspace' && typeof a === 'number' && typeof b === 'number') {
    const n = numberArgument(given, 2, 'num', 50);
    return list(
      Array.from({ length: Math.min(n, 4096) }, (_, i) => (n > 1 ? a + ((b - a) * i) / (n - 1) : a)),
    );
  }
  if (typeof a !== 'number')
    return isKind(a, 'tensor') ? callTensorMethod(reader, a, name, args()) : unknown(name);
  const second = typeof b === 'number' ? b : 0;
  const table: Readonly<Record<string, () => number>> = {
    sqrt: () => Math.sqrt(a),
    log: () => (typeof b === 'number' ? Math.log(a) / Math.log(b) : Math.log(a)),
    log2: () => Math.log2(a),
    log10: () => Math.log10(a),
    exp: () => Math.exp(a),
    floor: () => Math.floor(a),
    ceil: () => Math.ceil(a),
    pow: () => a ** second,
    cos: () => Math.cos(a),
    sin: () => Math.sin(a),
    tanh: () => Math.tanh(a),
    fabs: () => Math.abs(a),
    gcd: () => greatestDivisor(a, second),
  };
  return Object.hasOwn(table, name) ? (table[name]?.() ?? null) : unknown(`math.${name}`);
}

function greatestDivisor(a: number, b: number): number {
  let [x, y] = [Math.abs(a), Math.abs(b)];
  for (let i = 0; y > 0 && i < 100; i++) [x, y] = [y, x % y];
  return x;
}

/** `nn.Parameter(tensor)`: the tensor's distribution is the initialisation. */
function parameterFrom(reader: Reader, given: Args): Value {
  const value = argument(given, 0, 'data') ?? null;
  if (isKind(value, 'parameter')) return value;
  if (!isKind(value, 'tensor')) {
    if (typeof value === 'number')
      return {
        kind: 'parameter',
        parameter: createParameter([1], { mean: value, variance: 0 }, reader.offset),
      };
    return unknown('a parameter of unknown size');
  }
  const { mean, kernel, shape } = value.flow;
  const init = { mean, variance: Math.max(0, kernel[0] - mean * mean) };
  const sizes = shape.map((axis) => axis.size);
  const parameter = createParameter(sizes, init, reader.offset);
  if (given.keywords.get('requires_grad') === false || given.positional[1] === false)
    parameter.requiresGrad = false;
  return { kind: 'parameter', parameter };
}

/** Tensors made of sizes: their entries' mean and variance. Null when the function makes none. */
function creation(reader: Reader, name: string, given: Args): Value | null {
  const made: Readonly<Record<string, readonly [number, number]>> = {
    zeros: [0, 0],
    ones: [1, 0],
    randn: [0, 1],
    rand: [0.5, 1 / 12],
    empty: [0, 0],
    Tensor: [0, 0],
    FloatTensor: [0, 0],
    full: [numberArgument(given, 1, 'fill_value', 0), 0],
    zeros_like: [0, 0],
    ones_like: [1, 0],
    randn_like: [0, 1],
    rand_like: [0.5, 1 / 12],
    normal: [numberArgument(given, 0, 'mean', 0), numberArgument(given, 1, 'std', 1) ** 2],
  };
  const tape = reader.tape;
  const first = given.positional[0] ?? given.keywords.get('size') ?? null;
  if (name.endsWith('_like') && Object.hasOwn(made, name)) {
    const x = flowOf(reader, first);
    const [mean, variance] = made[name] ?? [0, 0];
    if (x === null) return unknown(name);
    if (x.free) return tensor(constant(tape, x.shape, mean, variance));
    const m = mean * mean;
    return tensor(tape.add({ shape: x.shape, mean, kernel: [m + variance, m, m, m] }));
  }
  if (Object.hasOwn(made, name)) {
    const [mean, variance] = made[name] ?? [0, 0];
    const sizes = name === 'normal' ? (given.keywords.get('size') ?? given.positional[2] ?? null) : first;
    const shape = shapeOf(isList(sizes) ? sizes.items : name === 'full' ? [first] : given.positional);
    if (shape === null) return unknown(`${name} of unknown size`);
    if (!Number.isFinite(mean)) return unknown('a mask');
    return tensor(dataOrConstant(reader, shape, mean, variance));
  }
  if (name === 'tensor' || name === 'as_tensor' || name === 'from_numpy') {
    if (typeof first === 'number') return tensor(constant(tape, [], first, 0));
    if (isKind(first, 'tensor')) return first;
    if (!isList(first)) return unknown(name);
    const numbers = first.items.filter((v): v is number => typeof v === 'number');
    const mean = numbers.reduce((t, v) => t + v, 0) / Math.max(1, numbers.length);
    const variance = numbers.reduce((t, v) => t + (v - mean) ** 2, 0) / Math.max(1, numbers.length);
    return tensor(constant(tape, [{ size: first.items.length, role: 'feature' }], mean, variance));
  }
  if (name === 'arange' || name === 'linspace') {
    const numbers = given.positional.filter((v): v is number => typeof v === 'number');
    if (numbers.length === 0) return unknown('a range of unknown length');
    const [from, to, by] =
      numbers.length === 1 ? [0, numbers[0] ?? 0, 1] : [numbers[0] ?? 0, numbers[1] ?? 0, numbers[2] ?? 1];
    const size = Math.max(1, name === 'linspace' ? by : Math.ceil((to - from) / by));
    if (name === 'linspace')
      return list(
        Array.from(
          { length: Math.min(size, 4096) },
          (_, i): Value => (size > 1 ? from + ((to - from) * i) / (size - 1) : from),
        ),
      );
    return { kind: 'indices', shape: [{ size, role: 'position' }] };
  }
  if (name === 'triu' || name === 'tril' || name === 'eye') return unknown('a mask');
  return null;
}

function shapeOf(items: readonly Value[]): Shape | null {
  const out: Axis[] = [];
  for (const item of items) {
    if (typeof item !== 'number') return null;
    out.push({ size: item, role: 'feature' });
  }
  return out;
}

/** A tensor with the batch in front (an initial state) has one row a sample. */
function dataOrConstant(reader: Reader, shape: Shape, mean: number, variance: number): Flow {
  const at = shape.findIndex((axis) => axis.size === reader.tape.batch);
  if (at < 0 || at > 1 || shape.length < 2) return constant(reader.tape, shape, mean, variance);
  const roles = shape.map((axis, i): Axis => (i === at ? { size: axis.size, role: 'batch' } : axis));
  const m = mean * mean;
  return reader.tape.add({ shape: roles, mean, kernel: [m + variance, m, m, m] });
}

function parameterArgument(value: Value | undefined): Parameter | null {
  if (isKind(value, 'parameter')) return value.parameter;
  return null;
}

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

/** torch.* and torch.nn.functional.* on tensors. */
function operation(reader: Reader, name: string, short: string, given: Args): Value {
  const tape = reader.tape;
  const first = given.positional[0] ?? given.keywords.get('input') ?? null;
  if (short === 'cat' || short === 'concat' || short === 'concatenate')
    return concatValues(reader, first, numberArgument(given, 1, 'dim', 0));
  if (short === 'stack') return stackValues(reader, first, numberArgument(given, 1, 'dim', 0));
  if (short === 'matmul' || short === 'bmm' || short === 'mm')
    return matrixProduct(reader, first, given.positional[1] ?? null);
  if (
    /^(no_grad|enable_grad|inference_mode|autocast|device|manual_seed|set_grad_enabled|_assert|_log_api_usage_once)$/.test(
      short,
    )
  )
    return null;
  if (/^conv(_transpose)?[123]d$/.test(short)) {
    const weight = parameterArgument(argument(given, 1, 'weight'));
    const rank = Number(short.at(-2));
    const transposed = short.includes('transpose');
    const x = taken(reader, first, [
      { kind: 'image', rank, features: weight?.sizes[transposed ? 0 : 1] ?? 1 },
    ]);
    if (x === null || weight === null) return reader.passOver(name, given);
    const groups = numberArgument(given, 6, 'groups', 1);
    return tensor(
      applyConvolution(reader, x, {
        inputs: transposed ? (weight.sizes[0] ?? 1) : (weight.sizes[1] ?? 1) * groups,
        outputs: transposed ? (weight.sizes[1] ?? 1) * groups : (weight.sizes[0] ?? 1),
        groups,
        transposed,
        windows: windows(given, rank, weight.sizes.slice(2), transposed),
        weight,
        bias: parameterArgument(argument(given, 2, 'bias')),
      }),
    );
  }
  if (short === 'embedding') {
    const weight = parameterArgument(argument(given, 1, 'weight'));
    if (weight === null) return reader.passOver(name, given);
    const module = reader.construct(
      reader.nativeClass('nn.Embedding'),
      args(weight.sizes[0] ?? 1, weight.sizes[1] ?? 1),
    );
    if (isKind(module, 'object')) module.fields.set('weight', { kind: 'parameter', parameter: weight });
    return reader.call(module, args(first));
  }
  const expected = [
    { kind: 'vector' as const },
    { kind: 'image' as const, rank: 2 },
    { kind: 'sequence' as const },
  ];
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
      const weight = parameterArgument(argument(given, 1, 'weight'));
      if (weight === null) return reader.passOver(name, given);
      return tensor(applyLinear(reader, x, weight, parameterArgument(argument(given, 2, 'bias'))));
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
        weight: parameterArgument(argument(given, 2, 'weight')),
        bias: parameterArgument(argument(given, 3, 'bias')),
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
          weight: parameterArgument(argument(given, 3, 'weight')),
          bias: parameterArgument(argument(given, 4, 'bias')),
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
