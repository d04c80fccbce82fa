import { activationNamed, activationWith } from '../activations';
import { attend } from '../ops/attention';
import { convolution, outputLength, type Window } from '../ops/convolution';
import {
  activate,
  add,
  alphaDropout,
  dropout,
  multiply,
  prelu,
  softmax,
  softmaxPositions,
} from '../ops/elementwise';
import { embedding, positionTable } from '../ops/embedding';
import { linear } from '../ops/linear';
import { batchNorm, rmsNorm, sampleNorm } from '../ops/norm';
import { averagePool, averagePoolWindow, maxPool, pooledLength, upsample, withPositions } from '../ops/pool';
import { reshape } from '../ops/reshape';
import {
  type Axis,
  axisIndex,
  describeShape,
  featureCount,
  hasBatch,
  positionCount,
  type Shape,
} from '../shape';
import { createParameter, type Flow, mapGrad, type Parameter } from '../tape';
import { rearrange } from './einops';
import { kept, rankOf } from './modules';
import { flowOf } from './operators';
import type { Reader } from './reader';
import { forwardCell, forwardRecurrent } from './recurrent';
import { moduleChildren } from './sequences';
import { flattenFlow } from './tensors';
import {
  type Args,
  args,
  argument,
  type InputGuess,
  isKind,
  isList,
  NeedShape,
  type ObjectValue,
  tensor,
  tuple,
  type Value,
} from './values';

/** The tensor a module is given; an input whose shape is not known yet takes what the module expects. */
export function taken(
  reader: Reader,
  value: Value | undefined,
  expected: readonly Partial<InputGuess>[],
): Flow | null {
  if (isKind(value, 'input')) {
    const candidates = expected.map(
      (e): InputGuess => ({ kind: 'vector', features: Number.NaN, rank: 0, timeFirst: false, ...e }),
    );
    throw new NeedShape(value.name, candidates);
  }
  if (isList(value)) return taken(reader, value.items[0], expected);
  return flowOf(reader, value);
}

export function parameterOf(object: ObjectValue, name: string): Parameter | null {
  const value = object.fields.get(name);
  return isKind(value, 'parameter') ? value.parameter : null;
}

export function setting(object: ObjectValue, name: string, otherwise: number): number {
  return object.settings.get(name) ?? otherwise;
}

/** Runs a library module on moments. */
export function forwardModule(reader: Reader, object: ObjectValue, type: string, given: Args): Value {
  const first = given.positional[0] ?? [...given.keywords.values()][0] ?? null;
  if (type === 'Sequential') {
    let value: Value = first;
    for (const [, child] of moduleChildren(object)) value = reader.call(child, args(value));
    return value;
  }
  if (/^(Lazy)?Conv(Transpose)?\dd$/.test(type)) return forwardConvolution(reader, object, type, first);
  if (/BatchNorm/.test(type) || /^InstanceNorm/.test(type))
    return forwardChannelNorm(reader, object, type, first);
  if (/Pool\dd$/.test(type)) return forwardPool(reader, object, type, first);
  if (type === 'LSTM' || type === 'GRU' || type === 'RNN')
    return forwardRecurrent(reader, object, type, given);
  if (/^(LSTM|GRU|RNN)Cell$/.test(type)) return forwardCell(reader, object, type, given);
  if (/Dropout/.test(type)) return forwardDropout(reader, object, type, first);
  if (/Pad\dd$/.test(type)) return forwardPadding(reader, object, type, first);
  switch (type) {
    case 'Linear':
    case 'LazyLinear':
    case 'NonDynamicallyQuantizableLinear':
      return forwardLinear(reader, object, first);
    case 'Embedding':
    case 'EmbeddingBag':
      return forwardEmbedding(reader, object, type, first);
    case 'LayerNorm':
    case 'RMSNorm':
    case 'GroupNorm':
      return forwardSampleNorm(reader, object, type, first);
    case 'Identity':
      return first;
    case 'Flatten':
    case 'Unflatten':
      return forwardFlatten(reader, object, type, first);
    case 'Upsample':
    case 'UpsamplingNearest2d':
    case 'UpsamplingBilinear2d':
    case 'PixelShuffle':
      return forwardUpsample(reader, object, type, first);
    case 'Softmax':
    case 'Softmax2d': {
      const x = taken(reader, first, [{ kind: 'vector' }]);
      return x === null ? first : tensor(softmaxOf(reader, x, kept(object, 0, 'dim')));
    }
    case 'LogSoftmax':
      return first;
    case 'Rearrange': {
      const sizes = [...object.fields].flatMap(([name, v]): [string, Value][] =>
        name.startsWith('argument ') ? [[name.slice(9), v]] : [],
      );
      return (
        rearrange(reader, first, kept(object, 0, 'pattern'), { positional: [], keywords: new Map(sizes) }) ??
        reader.passOver('Rearrange', given)
      );
    }
    case 'GLU': {
      const x = taken(reader, first, [{ kind: 'vector' }]);
      return x === null ? first : tensor(gatedHalves(reader, x, 'sigmoid'));
    }
    case 'PReLU': {
      const x = taken(reader, first, [{ kind: 'vector' }]);
      const slope = parameterOf(object, 'weight');
      return x === null || slope === null ? first : tensor(prelu(reader.tape, x, slope));
    }
    case 'MultiheadAttention':
      return forwardAttention(reader, object, given);
    case 'TransformerEncoderLayer':
    case 'TransformerDecoderLayer':
      return forwardTransformerLayer(reader, object, type, given);
    case 'TransformerEncoder':
    case 'TransformerDecoder':
      return forwardStack(reader, object, given);
    case 'Transformer': {
      const memory = reader.call(object.fields.get('encoder') ?? null, args(first));
      return reader.call(object.fields.get('decoder') ?? null, args(given.positional[1] ?? null, memory));
    }
    default: {
      const name = type.toLowerCase();
      const parameter = kept(object, 0, 'negative_slope') ?? kept(object, 0, 'alpha');
      if (activationNamed(name) !== null) {
        const x = taken(reader, first, [
          { kind: 'vector' },
          { kind: 'image', rank: 2 },
          { kind: 'sequence' },
        ]);
        return x === null
          ? first
          : tensor(activateWith(reader, x, name, typeof parameter === 'number' ? parameter : null));
      }
      return reader.passOver(`nn.${type}`, given);
    }
  }
}

export function activateWith(reader: Reader, x: Flow, name: string, parameter: number | null): Flow {
  const f = activationWith(name, parameter);
  return f === null ? x : activate(reader.tape, x, f);
}

export function softmaxOf(reader: Reader, x: Flow, dim: Value | undefined): Flow {
  const axis = x.shape[axisIndex(x.shape, typeof dim === 'number' ? dim : -1)];
  if (x.scores === null) {
    return axis?.role === 'position' ? softmaxPositions(reader.tape, x, axis.size) : softmax(reader.tape, x);
  }
  const share = 1 / Math.max(1, x.shape[x.shape.length - 1]?.size ?? 1);
  return reader.tape.add({
    shape: x.shape,
    mean: share,
    kernel: [share * share, share * share, share * share, share * share],
    scores: { ...x.scores, normalised: true },
  });
}

/** Half the features times a gate of the other half (GLU, Dauphin et al. 2017). */
export function gatedHalves(reader: Reader, x: Flow, gate: string): Flow {
  const axis = featureAxis(x.shape);
  const shape = x.shape.map((a, i): Axis => (i === axis ? { size: a.size / 2, role: a.role } : a));
  const half = () =>
    reader.tape.add({
      shape,
      mean: x.mean,
      kernel: x.kernel,
      back: (grad) => reader.tape.send(x, mapGrad(grad, halved)),
    });
  return multiply(reader.tape, half(), activateWith(reader, half(), gate, null));
}

function halved(k: Flow['kernel']): Flow['kernel'] {
  return [k[0] / 2, k[1] / 2, k[2] / 2, k[3] / 2];
}

/** First axis of features: the channels of an image, the last axis of a sequence. */
export function featureAxis(shape: Shape): number {
  const index = shape.findIndex((axis) => axis.role === 'feature');
  return index < 0 ? shape.length - 1 : index;
}

function forwardLinear(reader: Reader, object: ObjectValue, value: Value): Value {
  const weight = parameterOf(object, 'weight');
  const x0 = taken(reader, value, [
    { kind: 'vector', features: weight?.sizes[1] ?? 1 },
    { kind: 'sequence', features: weight?.sizes[1] ?? 1 },
  ]);
  if (x0 === null || weight === null) return reader.passOver('nn.Linear', args(value));
  return tensor(applyLinear(reader, x0, weight, parameterOf(object, 'bias')));
}

export function applyLinear(reader: Reader, x: Flow, weight: Parameter, bias: Parameter | null): Flow {
  const got = x.shape[x.shape.length - 1]?.size ?? Number.NaN;
  let w = weight;
  let inputs = weight.sizes[1] ?? got;
  if (Number.isNaN(inputs)) {
    // A lazy layer learns its width here.
    inputs = got;
    const init = { mean: 0, variance: 1 / (3 * got) };
    w = Object.assign(weight, { sizes: [weight.sizes[0] ?? 1, got], init });
    if (bias !== null) bias.init = init;
  }
  if (!Number.isNaN(got) && got !== inputs) {
    reader.mismatch(
      'features',
      `a linear layer of ${inputs} inputs meets ${describeShape(x.shape)}`,
      inputs,
      got,
    );
  }
  const entered = withLastSize(x, inputs);
  return linear(reader.tape, entered, { inputs, outputs: w.sizes[0] ?? 1, weight: w, bias });
}

function withLastSize(x: Flow, size: number): Flow {
  const last = x.shape.length - 1;
  if (x.shape[last]?.size === size) return x;
  const shape = x.shape.map((axis, i): Axis => (i === last ? { size, role: axis.role } : axis));
  return Object.assign(x, { shape });
}

export function windowsOf(object: ObjectValue, rank: number): Window[] {
  return Array.from({ length: rank }, (_, i) => ({
    kernel: setting(object, `kernel${i}`, 1),
    stride: setting(object, `stride${i}`, 1),
    padding: setting(object, `padding${i}`, 0),
    dilation: setting(object, `dilation${i}`, 1),
    outputPadding: setting(object, `outputPadding${i}`, 0),
  }));
}

function forwardConvolution(reader: Reader, object: ObjectValue, type: string, value: Value): Value {
  const rank = rankOf(type);
  const weight = parameterOf(object, 'weight');
  const inputs = setting(object, 'inputs', 1);
  const grows =
    type.includes('Transpose') && setting(object, 'stride0', 1) === 1 && setting(object, 'padding0', 0) === 0;
  const side = grows && setting(object, 'kernel0', 1) > 1 ? { side: 1 } : {};
  const x = taken(reader, value, [{ kind: 'image', rank, features: inputs, ...side }]);
  if (x === null || weight === null) return reader.passOver(`nn.${type}`, args(value));
  return tensor(
    applyConvolution(reader, x, {
      inputs,
      outputs: setting(object, 'outputs', 1),
      groups: setting(object, 'groups', 1),
      transposed: type.includes('Transpose'),
      windows: windowsOf(object, rank),
      weight,
      bias: parameterOf(object, 'bias'),
    }),
  );
}

export function applyConvolution(reader: Reader, x: Flow, parts: Parameters<typeof convolution>[2]): Flow {
  const rank = parts.windows.length;
  const at = x.shape.length - rank - 1;
  const channels = x.shape[at];
  if (channels === undefined) {
    reader.mismatch('features', `a convolution meets ${describeShape(x.shape)}`);
    return x;
  }
  if (!Number.isNaN(channels.size) && channels.size !== parts.inputs) {
    reader.mismatch(
      'features',
      `a convolution of ${parts.inputs} channels meets ${describeShape(x.shape)}`,
      parts.inputs,
    );
  }
  const shape = x.shape.map((axis, i): Axis => {
    if (i === at) return { size: parts.inputs, role: 'feature' };
    return i > at ? { size: axis.size, role: 'position' } : axis;
  });
  parts.windows.forEach((w, i) => {
    const length = shape[at + 1 + i]?.size ?? 1;
    if (outputLength(length, w, parts.transposed) < 1)
      reader.mismatch('features', `a kernel of ${w.kernel} meets a length of ${length}`);
  });
  const same = shape.every((axis, i) => axis.role === x.shape[i]?.role && axis.size === x.shape[i]?.size);
  return convolution(reader.tape, same ? x : reshape(reader.tape, x, shape), parts);
}

function forwardChannelNorm(reader: Reader, object: ObjectValue, type: string, value: Value): Value {
  const rank = type === 'SyncBatchNorm' ? 2 : rankOf(type);
  const features = parameterOf(object, 'weight')?.sizes[0] ?? setting(object, 'num_features', 1);
  const x = taken(reader, value, [
    rank === 1 ? { kind: 'vector', features } : { kind: 'image', rank, features },
  ]);
  if (x === null) return value;
  const parts = { weight: parameterOf(object, 'weight'), bias: parameterOf(object, 'bias') };
  const eps = setting(object, 'eps', 1e-5);
  if (type.startsWith('Instance')) return tensor(sampleNorm(reader.tape, x, eps, parts, 1, true));
  return tensor(batchNorm(reader.tape, x, eps, parts));
}

function forwardSampleNorm(reader: Reader, object: ObjectValue, type: string, value: Value): Value {
  const weight = parameterOf(object, 'weight');
  const features = weight?.sizes[0] ?? Number.NaN;
  const x = taken(
    reader,
    value,
    type === 'GroupNorm'
      ? [{ kind: 'image', rank: 2, features }]
      : [
          { kind: 'vector', features },
          { kind: 'sequence', features },
        ],
  );
  if (x === null) return value;
  const parts = { weight, bias: parameterOf(object, 'bias') };
  const eps = setting(object, 'eps', 1e-5);
  const n = featureCount(x.shape) || 1;
  if (type === 'RMSNorm') return tensor(rmsNorm(reader.tape, x, eps, parts));
  if (type === 'GroupNorm')
    return tensor(
      sampleNorm(reader.tape, x, eps, parts, Math.max(1, n / setting(object, 'groups', 1)), true),
    );
  return tensor(layerNorm(reader, x, setting(object, 'axes', 1), eps, parts));
}

/** Layer normalisation over the last axes, positions among them pooled. */
export function layerNorm(
  reader: Reader,
  x: Flow,
  axes: number,
  eps: number,
  parts: { weight: Parameter | null; bias: Parameter | null },
): Flow {
  const over = x.shape.slice(Math.max(0, x.shape.length - axes));
  const features = Math.max(1, featureCount(over) || 1);
  return sampleNorm(reader.tape, x, eps, parts, features, positionCount(over) > 1);
}

function numbers(value: Value | undefined, rank: number, otherwise: number): number[] {
  if (isList(value))
    return Array.from({ length: rank }, (_, i) =>
      typeof value.items[i] === 'number' ? (value.items[i] as number) : otherwise,
    );
  return Array.from({ length: rank }, () => (typeof value === 'number' ? value : otherwise));
}

function forwardPool(reader: Reader, object: ObjectValue, type: string, value: Value): Value {
  const rank = rankOf(type);
  const x = taken(reader, value, [{ kind: 'image', rank }]);
  if (x === null) return value;
  if (type.startsWith('Adaptive'))
    return tensor(adaptivePool(reader, x, kept(object, 0, 'output_size'), rank, type.includes('Max')));
  const size = kept(object, 0, 'kernel_size');
  return tensor(
    pool(
      reader,
      x,
      rank,
      type.includes('Max'),
      size,
      kept(object, 1, 'stride') ?? size,
      kept(object, 2, 'padding'),
      kept(object, 99, 'ceil_mode') === true,
    ),
  );
}

export function adaptivePool(
  reader: Reader,
  x: Flow,
  output: Value | undefined,
  rank: number,
  max: boolean,
): Flow {
  const old = x.shape.slice(x.shape.length - rank).map((axis) => axis.size);
  const wanted = numbers(output, rank, 0).map((n, i) => (n > 0 ? n : (old[i] ?? 1)));
  const shape = withPositions(x.shape, wanted);
  const before = positionCount(x.shape);
  const after = positionCount(shape);
  if (after > before) return upsample(reader.tape, x, shape);
  return max ? maxPool(reader.tape, x, shape, before / after) : averagePool(reader.tape, x, shape);
}

export function pool(
  reader: Reader,
  x: Flow,
  rank: number,
  max: boolean,
  kernelValue: Value | undefined,
  strideValue: Value | undefined,
  paddingValue: Value | undefined,
  ceil: boolean,
): Flow {
  const kernel = numbers(kernelValue, rank, 2);
  const stride =
    isList(strideValue) || typeof strideValue === 'number' ? numbers(strideValue, rank, 2) : kernel;
  const padding = numbers(paddingValue, rank, 0);
  const old = x.shape.slice(x.shape.length - rank).map((axis) => axis.size);
  const sizes = old.map((n, i) => pooledLength(n, kernel[i] ?? 1, stride[i] ?? 1, padding[i] ?? 0, ceil));
  const size = kernel.reduce((a, b, i) => a * Math.min(b, old[i] ?? b), 1);
  const shape = withPositions(x.shape, sizes);
  return max ? maxPool(reader.tape, x, shape, size) : averagePoolWindow(reader.tape, x, shape, size);
}

function forwardDropout(reader: Reader, object: ObjectValue, type: string, value: Value): Value {
  if (isKind(value, 'indices')) return value;
  const x = taken(reader, value, [{ kind: 'vector' }, { kind: 'sequence' }, { kind: 'image', rank: 2 }]);
  if (x === null) return value;
  const rate = setting(object, 'p', 0.5);
  if (type.includes('Alpha')) return tensor(alphaDropout(reader.tape, x, rate));
  return tensor(x.scores === null ? dropout(reader.tape, x, rate, /\dd$/.test(type)) : x);
}

function forwardPadding(reader: Reader, object: ObjectValue, type: string, value: Value): Value {
  const rank = rankOf(type);
  const x = taken(reader, value, [{ kind: 'image', rank }]);
  return x === null ? value : tensor(padFlow(reader, x, kept(object, 0, 'padding'), rank));
}

/** Padding adds positions; zeros among them are few and left out of the moments. */
export function padFlow(reader: Reader, x: Flow, by: Value | undefined, rank: number): Flow {
  const all = isList(by)
    ? by.items.map((v) => (typeof v === 'number' ? v : 0))
    : Array.from({ length: 2 * rank }, () => (typeof by === 'number' ? by : 0));
  const shape = x.shape.map((axis, i): Axis => {
    const fromEnd = x.shape.length - 1 - i;
    return { size: axis.size + (all[2 * fromEnd] ?? 0) + (all[2 * fromEnd + 1] ?? 0), role: axis.role };
  });
  return reader.tape.add({
    shape,
    mean: x.mean,
    kernel: x.kernel,
    before: x.before,
    back: (grad) => reader.tape.send(x, grad),
  });
}

function forwardFlatten(reader: Reader, object: ObjectValue, type: string, value: Value): Value {
  const x = taken(reader, value, [{ kind: 'vector' }]);
  if (x === null) return value;
  const start = kept(object, 0, 'start_dim');
  const end = kept(object, 1, 'end_dim');
  if (type === 'Flatten')
    return tensor(
      flattenFlow(reader, x, typeof start === 'number' ? start : 1, typeof end === 'number' ? end : -1),
    );
  const axis = typeof start === 'number' ? start : 1;
  const sizes = kept(object, 1, 'unflattened_size');
  const inner = isList(sizes) ? sizes.items.map((v) => (typeof v === 'number' ? v : 1)) : [1];
  const shape = x.shape.flatMap((a, i): Axis[] =>
    i === axis
      ? inner.map((size, j): Axis => ({ size, role: j === 0 || a.role !== 'feature' ? a.role : 'position' }))
      : [a],
  );
  return tensor(reshape(reader.tape, x, shape));
}

function forwardUpsample(reader: Reader, object: ObjectValue, type: string, value: Value): Value {
  const x = taken(reader, value, [{ kind: 'image', rank: 2 }]);
  if (x === null) return value;
  if (type === 'PixelShuffle') {
    const by = kept(object, 0, 'upscale_factor');
    const r = typeof by === 'number' ? by : 2;
    const at = x.shape.length - 3;
    const shape = x.shape.map(
      (axis, i): Axis =>
        i === at
          ? { size: axis.size / (r * r), role: 'feature' }
          : i > at
            ? { size: axis.size * r, role: 'position' }
            : axis,
    );
    return tensor(reshape(reader.tape, x, shape));
  }
  const size = kept(object, 0, 'size');
  const factor = kept(object, 1, 'scale_factor');
  return tensor(resize(reader, x, size, factor));
}

export function resize(reader: Reader, x: Flow, size: Value | undefined, factor: Value | undefined): Flow {
  const rank = Math.max(1, x.shape.filter((axis) => axis.role === 'position').length);
  const old = x.shape.slice(x.shape.length - rank).map((axis) => axis.size);
  const bySize = numbers(size, rank, 0);
  const byFactor = numbers(factor, rank, 1);
  const sizes = old.map((n, i) =>
    Math.max(1, (bySize[i] ?? 0) > 0 ? (bySize[i] ?? n) : Math.floor(n * (byFactor[i] ?? 1))),
  );
  const shape = withPositions(x.shape, sizes);
  return positionCount(shape) >= positionCount(x.shape)
    ? upsample(reader.tape, x, shape)
    : averagePool(reader.tape, x, shape);
}

function forwardEmbedding(reader: Reader, object: ObjectValue, type: string, value: Value): Value {
  const weight = parameterOf(object, 'weight');
  if (weight === null) return value;
  if (isKind(value, 'input')) taken(reader, value, [{ kind: 'tokens' }]);
  const shape = isKind(value, 'indices')
    ? value.shape
    : (flowOf(reader, value)?.shape ?? [
        { size: reader.tape.batch, role: 'batch' },
        { size: reader.options.sequence, role: 'position' },
      ]);
  if (isKind(value, 'tensor')) reader.mismatch('features', 'an embedding meets numbers that are no tokens');
  const rows = weight.sizes[0] ?? 1;
  const width = weight.sizes[1] ?? 1;
  const places = shape.filter((axis) => axis.size > 1 || axis.role !== 'feature');
  const table = hasBatch(shape) ? embedding : positionTable;
  const out = table(reader.tape, hasBatch(shape) ? shape : places, weight, rows, width);
  if (type !== 'EmbeddingBag') return tensor(out);
  return tensor(
    averagePool(
      reader.tape,
      out,
      out.shape.filter((axis) => axis.role !== 'position'),
    ),
  );
}

/** A third of the packed projection of queries, keys and values. */
function projection(whole: Parameter | null, sizes: readonly number[]): Parameter | null {
  return whole === null ? null : createParameter(sizes, whole.init, whole.offset, whole);
}

function forwardAttention(reader: Reader, object: ObjectValue, given: Args): Value {
  const width = object.fields.get('embed_dim');
  const size = typeof width === 'number' ? width : 1;
  const timeFirst = object.fields.get('batch_first') !== true;
  const expected = [{ kind: 'sequence' as const, features: size, timeFirst }];
  const query = taken(reader, argument(given, 0, 'query'), expected);
  const key = taken(reader, argument(given, 1, 'key') ?? argument(given, 0, 'query'), expected);
  const value = taken(reader, argument(given, 2, 'value') ?? argument(given, 1, 'key'), expected);
  const out = object.fields.get('out_proj');
  if (query === null || key === null || value === null || !isKind(out, 'object'))
    return reader.passOver('nn.MultiheadAttention', given);
  const packed = parameterOf(object, 'in_proj_weight');
  const packedBias = parameterOf(object, 'in_proj_bias');
  const project = (x: Flow, name: string) => {
    const weight = parameterOf(object, name) ?? projection(packed, [size, size]);
    const bias = projection(packedBias, [size]);
    return weight === null ? x : applyLinear(reader, x, weight, bias);
  };
  const q = project(query, 'q_proj_weight');
  const k = project(key, 'k_proj_weight');
  const v = project(value, 'v_proj_weight');
  const heads = setting(object, 'heads', 1);
  const mixed = attend(reader.tape, q, k, v, heads, 1 / Math.sqrt(size / heads), q.shape);
  return tuple([reader.call(out, args(tensor(mixed))), null]);
}

function forwardTransformerLayer(reader: Reader, object: ObjectValue, type: string, given: Args): Value {
  const decoder = type === 'TransformerDecoderLayer';
  const width =
    parameterOf(
      isKind(object.fields.get('norm1'), 'object') ? (object.fields.get('norm1') as ObjectValue) : object,
      'weight',
    )?.sizes[0] ?? 1;
  const expected = [
    { kind: 'sequence' as const, features: width, timeFirst: object.fields.get('batch_first') !== true },
  ];
  const start = taken(reader, argument(given, 0, decoder ? 'tgt' : 'src'), expected);
  if (start === null) return reader.passOver(`nn.${type}`, given);
  const memory = decoder ? taken(reader, argument(given, 1, 'memory'), expected) : null;
  const child = (name: string) => object.fields.get(name) ?? null;
  const run = (name: string, x: Value) => reader.call(child(name), args(x));
  const attention = (name: string, x: Value, other: Value) => {
    const result = reader.call(child(name), args(x, other, other));
    return isList(result) ? (result.items[0] ?? null) : result;
  };
  const feed = (x: Value) => {
    const hidden = reader.call(activationValue(object.fields.get('activation')), args(run('linear1', x)));
    return run('linear2', run('dropout', hidden));
  };
  const blocks: ((x: Value) => Value)[] = [(x) => attention('self_attn', x, x)];
  if (decoder && memory !== null) blocks.push((x) => attention('multihead_attn', x, tensor(memory)));
  blocks.push(feed);
  const before = object.fields.get('norm_first') === true;
  let x: Value = tensor(start);
  blocks.forEach((block, i) => {
    const n = i === blocks.length - 1 && decoder ? 3 : i + 1;
    const branch = run(`dropout${n}`, block(before ? run(`norm${n}`, x) : x));
    const a = flowOf(reader, x);
    const b = flowOf(reader, branch);
    if (a === null || b === null) return;
    const sum = tensor(add(reader.tape, a, b));
    x = before ? sum : run(`norm${n}`, sum);
  });
  return x;
}

function activationValue(value: Value | undefined): Value {
  if (typeof value === 'string') return { kind: 'native', name: `torch.nn.functional.${value}` };
  return value ?? { kind: 'native', name: 'torch.nn.functional.relu' };
}

function forwardStack(reader: Reader, object: ObjectValue, given: Args): Value {
  const layers = object.fields.get('layers');
  let x: Value = given.positional[0] ?? [...given.keywords.values()][0] ?? null;
  if (!isKind(layers, 'object')) return x;
  for (const [, layer] of moduleChildren(layers))
    x = reader.call(layer, args(x, ...given.positional.slice(1, 2)));
  const norm = object.fields.get('norm');
  return isKind(norm, 'object') ? reader.call(norm, args(x)) : x;
}
