import { type ConvolutionParts, convolution, outputLength, type Window } from '../ops/convolution';
import { mixPositions, placesAgain } from '../ops/linear';
import { averagePool, averagePoolWindow, maxPool, pooledLength, upsample, withPositions } from '../ops/pool';
import { reshape } from '../ops/reshape';
import { type Axis, describeShape, featureCount, positionCount } from '../shape';
import { type Flow, settle } from '../tape';
import { parameterOf, setting, taken } from './forward';
import { kept, rankOf } from './modules';
import type { Reader } from './reader';
import { args, isList, type ObjectValue, tensor, type Value } from './values';

export function windowsOf(object: ObjectValue, rank: number): Window[] {
  return Array.from({ length: rank }, (_, i) => ({
    kernel: setting(object, `kernel${i}`, 1),
    stride: setting(object, `stride${i}`, 1),
    padding: setting(object, `padding${i}`, 0),
    dilation: setting(object, `dilation${i}`, 1),
    outputPadding: setting(object, `outputPadding${i}`, 0),
  }));
}

export function forwardConvolution(reader: Reader, object: ObjectValue, type: string, value: Value): Value {
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

/** A lazy convolution that has met its channels. */
function settled(parts: ConvolutionParts, inputs: number): ConvolutionParts {
  const { weight, bias, groups, transposed } = parts;
  const kernel = weight.sizes.slice(2);
  const sizes = transposed
    ? [inputs, parts.outputs / groups, ...kernel]
    : [parts.outputs, inputs / groups, ...kernel];
  const fan = (sizes[1] ?? 1) * kernel.reduce((a, b) => a * b, 1);
  const init = { mean: 0, variance: 1 / (3 * fan) };
  if (weight.sizes.some(Number.isNaN)) settle(weight, sizes, init);
  if (bias !== null && Number.isNaN(bias.init.variance)) settle(bias, bias.sizes, init);
  return { ...parts, inputs };
}

export function applyConvolution(reader: Reader, x: Flow, parts: ConvolutionParts): Flow {
  const rank = parts.windows.length;
  const at = x.shape.length - rank - 1;
  const channels = x.shape[at];
  if (channels === undefined) {
    reader.mismatch('features', `a convolution meets ${describeShape(x.shape)}`);
    return x;
  }
  if (Number.isNaN(parts.inputs) && parts.weight.lazy) {
    // Only the data tells what the first lazy layer works on.
    if (Number.isNaN(channels.size)) reader.assumeSize('channels', rank === 2 ? 3 : 1);
    const met = Number.isNaN(channels.size) ? (rank === 2 ? 3 : 1) : channels.size;
    return applyConvolution(reader, x, settled(parts, met));
  }
  if (!Number.isNaN(channels.size) && channels.size !== parts.inputs) {
    reader.mismatch(
      'features',
      `a convolution of ${parts.inputs} channels meets ${describeShape(x.shape)}`,
      parts.inputs,
      channels.size,
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
  if (channels.role === 'position' && featureCount(x.shape) > 1) {
    // A convolution over tokens (an MLP-mixer's): its places are the features, and the tokens are places again behind it.
    const mixed = convolution(reader.tape, mixPositions(reader.tape, x, at), parts);
    return placesAgain(reader.tape, mixed, x.shape, at);
  }
  const same = shape.every((axis, i) => axis.role === x.shape[i]?.role && axis.size === x.shape[i]?.size);
  return convolution(reader.tape, same ? x : reshape(reader.tape, x, shape), parts);
}

export function numbers(value: Value | undefined, rank: number, otherwise: number): number[] {
  if (isList(value))
    return Array.from({ length: rank }, (_, i) =>
      typeof value.items[i] === 'number' ? (value.items[i] as number) : otherwise,
    );
  return Array.from({ length: rank }, () => (typeof value === 'number' ? value : otherwise));
}

export function forwardPool(reader: Reader, object: ObjectValue, type: string, value: Value): Value {
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

export function forwardPadding(reader: Reader, object: ObjectValue, type: string, value: Value): Value {
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

export function forwardUpsample(reader: Reader, object: ObjectValue, type: string, value: Value): Value {
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
