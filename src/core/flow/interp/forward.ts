import { activationNamed, activationWith } from '../activations';
import { alphaDropout, dropout, multiply, prelu, softmax, softmaxPositions } from '../ops/elementwise';
import { embedding, positionTable } from '../ops/embedding';
import { linear } from '../ops/linear';
import { averagePool } from '../ops/pool';
import { reshape } from '../ops/reshape';
import { activate } from '../ops/scalar';
import { type Axis, axisIndex, describeShape, hasBatch, type Shape } from '../shape';
import { createParameter, type Flow, mapGrad, type Parameter, settle } from '../tape';
import { rearrange } from './einops';
import { forwardAttention, forwardStack, forwardTransformerLayer } from './forwardAttention';
import { forwardConvolution, forwardPadding, forwardPool, forwardUpsample } from './forwardConv';
import { forwardChannelNorm, forwardSampleNorm } from './forwardNorm';
import { kept } from './modules';
import { flowOf } from './operators';
import type { Reader } from './reader';
import { forwardCell, forwardRecurrent } from './recurrent';
import { moduleChildren } from './sequences';
import {
  type Args,
  args,
  type InputGuess,
  isKind,
  isList,
  NeedShape,
  type ObjectValue,
  tensor,
  type Value,
} from './values';
import { flattenFlow } from './views';

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

/** A weight: a parameter, or a tensor that is computed from parameters and no data; null for anything else. */
export function weightOf(reader: Reader, value: Value | undefined): Parameter | null {
  if (isKind(value, 'parameter')) return value.parameter;
  if (!isKind(value, 'tensor') || hasBatch(value.flow.shape)) return null;
  const { shape, mean, kernel } = value.flow;
  const sizes = shape.map((axis) => axis.size);
  if (sizes.length === 0 || sizes.some((size) => !(size >= 1))) return null;
  const init = { mean, variance: Math.max(0, kernel[0] - mean * mean) };
  return createParameter(sizes, init, reader.offset, null, value.flow);
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
  if (/^Conv(Transpose)?\dd$/.test(type)) return forwardConvolution(reader, object, type, first);
  if (/BatchNorm/.test(type) || /^InstanceNorm/.test(type))
    return forwardChannelNorm(reader, object, type, first);
  if (/Pool\dd$/.test(type)) return forwardPool(reader, object, type, first);
  if (type === 'LSTM' || type === 'GRU' || type === 'RNN')
    return forwardRecurrent(reader, object, type, given);
  if (/^(LSTM|GRU|RNN)Cell$/.test(type)) return forwardCell(reader, object, type, given);
  if (/Dropout|^StochasticDepth$|^DropPath$/.test(type)) return forwardDropout(reader, object, type, first);
  if (/Pad\dd$/.test(type)) return forwardPadding(reader, object, type, first);
  switch (type) {
    case 'Linear':
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
  const before = reader.tape.blocked;
  const out = f === null ? x : activate(reader.tape, x, f);
  if (reader.tape.blocked > before) reader.blocked.push({ activation: name, offset: reader.offset });
  return out;
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

/** Stands for a width that only the data knows. */
const assumedWidth = 64;

export function applyLinear(reader: Reader, x: Flow, weight: Parameter, bias: Parameter | null): Flow {
  const got = x.shape[x.shape.length - 1]?.size ?? Number.NaN;
  let inputs = weight.sizes[1] ?? got;
  if (Number.isNaN(inputs)) {
    // A lazy layer learns its width here.
    if (Number.isNaN(got) && weight.lazy) reader.assumeSize('features', assumedWidth);
    inputs = Number.isNaN(got) && weight.lazy ? assumedWidth : got;
    const init = { mean: 0, variance: 1 / (3 * inputs) };
    settle(weight, [weight.sizes[0] ?? 1, inputs], init);
    if (bias !== null && Number.isNaN(bias.init.variance)) settle(bias, bias.sizes, init);
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
  return linear(reader.tape, entered, { inputs, outputs: weight.sizes[0] ?? 1, weight, bias });
}

function withLastSize(x: Flow, size: number): Flow {
  const last = x.shape.length - 1;
  if (x.shape[last]?.size === size) return x;
  const shape = x.shape.map((axis, i): Axis => (i === last ? { size, role: axis.role } : axis));
  return Object.assign(x, { shape });
}

function forwardDropout(reader: Reader, object: ObjectValue, type: string, value: Value): Value {
  if (isKind(value, 'indices')) return value;
  const x = taken(reader, value, [{ kind: 'vector' }, { kind: 'sequence' }, { kind: 'image', rank: 2 }]);
  if (x === null) return value;
  const rate = setting(object, 'p', 0.5);
  if (type.includes('Alpha')) return tensor(alphaDropout(reader.tape, x, rate));
  return tensor(
    x.scores === null ? dropout(reader.tape, x, rate, !type.startsWith('Dropout') || /\dd$/.test(type)) : x,
  );
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
  if (isKind(value, 'tensor')) reader.mismatch('tokens', 'an embedding meets numbers that are no tokens');
  const rows = weight.sizes[0] ?? 1;
  const width = weight.sizes[1] ?? 1;
  const places = shape.filter((axis) => axis.size > 1 || axis.role !== 'feature');
  const out = hasBatch(shape)
    ? embedding(reader.tape, shape, weight, rows, width)
    : positionTable(reader.tape, places, weight, width);
  if (type !== 'EmbeddingBag') return tensor(out);
  return tensor(
    averagePool(
      reader.tape,
      out,
      out.shape.filter((axis) => axis.role !== 'position'),
    ),
  );
}
