import { activationNamed } from '../activations';
import { flatKernel } from '../kernel';
import { attend } from '../ops/attention';
import { constant, detach, scale } from '../ops/elementwise';
import { averagePool, maxPool } from '../ops/pool';
import { concat, permute, reduceFeatures, reshape, select, slice, viewShape } from '../ops/reshape';
import { type Axis, axisIndex, describeShape, featureCount, positionCount, type Shape } from '../shape';
import type { Flow } from '../tape';
import { activateWith, applyLinear, softmaxOf } from './forward';
import { binaryOperation, flowOf, powered } from './operators';
import type { Reader } from './reader';
import { endOf, guessesForRank, iterate, sizesOf, transposeAxes } from './sequences';
import {
  type Args,
  args,
  argument,
  isKind,
  isList,
  list,
  NeedShape,
  numberArgument,
  type TensorValue,
  tensor,
  tuple,
  unknown,
  type Value,
} from './values';

type Data = Extract<Value, { kind: 'tensor' | 'input' | 'indices' }>;

export function tensorAttribute(reader: Reader, value: TensorValue, name: string): Value {
  const { flow } = value;
  if (name === 'shape') return sizesOf(value);
  if (name === 'ndim') return flow.shape.length;
  if (name === 'data') return tensor(detach(reader.tape, flow));
  if (name === 'T' || name === 'mT' || name === 'mH' || name === 'H')
    return transposeAxes(reader, value, -1, -2);
  if (name === 'device' || name === 'dtype' || name === 'is_cuda' || name === 'layout') return unknown(name);
  return { kind: 'bound', self: value, method: name };
}

/** Axes from `start` to `end` become one. */
export function flattenFlow(reader: Reader, x: Flow, start: number, end: number): Flow {
  const from = axisIndex(x.shape, start);
  const to = axisIndex(x.shape, end);
  if (to <= from) return x;
  const merged = x.shape.slice(from, to + 1);
  const real = merged.filter((axis) => axis.size > 1 || axis.role === 'batch');
  const role: Axis['role'] = real.some((axis) => axis.role === 'batch')
    ? 'batch'
    : real.length > 0 && real.every((axis) => axis.role === 'position')
      ? 'position'
      : 'feature';
  const size = merged.reduce((total, axis) => total * axis.size, 1);
  if (role === 'batch' && real.length > 1) {
    // Samples and positions in one axis (`x.view(-1, C)`): kept apart here, so that pairs stay what they are.
    const first = real.find((axis) => axis.role === 'batch');
    const positions = real.filter((axis) => axis.role === 'position').reduce((t, axis) => t * axis.size, 1);
    if (first !== undefined && real.every((axis) => axis.role !== 'feature')) {
      const kept: Axis[] = [first, { size: positions, role: 'position' }];
      return reshape(reader.tape, x, [...x.shape.slice(0, from), ...kept, ...x.shape.slice(to + 1)]);
    }
  }
  return reshape(reader.tape, x, [...x.shape.slice(0, from), { size, role }, ...x.shape.slice(to + 1)]);
}

function numbersIn(given: Args): (number | 'unknown')[] {
  const first = given.positional[0];
  const items = given.positional.length === 1 && isList(first) ? first.items : given.positional;
  return items.map((v) => (typeof v === 'number' ? v : 'unknown'));
}

function view(reader: Reader, self: Data, given: Args): Value {
  const sizes = numbersIn(given);
  if (self.kind === 'input') {
    if (sizes.length === 2 && sizes[1] === -1) throw new NeedShape(self.name, guessesForRank(-1).slice(0, 1));
    if (sizes.length === 2 && typeof sizes[1] === 'number' && sizes[1] > 0) {
      throw new NeedShape(self.name, [{ kind: 'vector', features: sizes[1], rank: 0, timeFirst: false }]);
    }
    if (sizes.length === 4 && typeof sizes[1] === 'number')
      throw new NeedShape(self.name, [{ kind: 'image', features: sizes[1], rank: 2, timeFirst: false }]);
    throw new NeedShape(self.name, guessesForRank(-1));
  }
  if (self.kind === 'indices') return self;
  const { flow } = self;
  if (sizes.includes('unknown')) {
    const same = sizes.length === flow.shape.length;
    return same ? self : reader.passOver('a view of unknown sizes', args(self));
  }
  const numeric = sizes.map((size) => (size === 'unknown' ? -1 : size));
  const [first, second] = numeric;
  if (numeric.length === 2 && first === -1 && second !== undefined && second > 0) {
    // Samples (and positions) in front, features behind: keep them apart.
    const last = flow.shape[flow.shape.length - 1];
    if (last?.size === second && last.role === 'feature') return tensor(flattenFlow(reader, flow, 0, -2));
  }
  const shape = viewShape(flow, numeric, reader.tape.batch);
  if (shape === null) {
    reader.mismatch('features', `${describeShape(flow.shape)} cannot be seen as [${numeric.join(', ')}]`);
    const fallback: Shape = numeric.map(
      (size, i): Axis => ({
        size: size > 0 ? size : reader.tape.batch,
        role: i === 0 ? 'batch' : 'feature',
      }),
    );
    return tensor(
      reader.tape.add({
        shape: fallback,
        mean: flow.mean,
        kernel: flow.kernel,
        back: (g) => reader.tape.send(flow, g),
      }),
    );
  }
  return tensor(reshape(reader.tape, flow, shape));
}

/** Mean, sum or maximum over axes. */
export function reduce(
  reader: Reader,
  x: Flow,
  axes: readonly number[],
  how: 'mean' | 'sum' | 'max',
  keep: boolean,
): Flow {
  const chosen = axes.length === 0 ? x.shape.map((_, i) => i) : axes.map((a) => axisIndex(x.shape, a));
  const rest = (shape: Shape, role: Axis['role']) =>
    shape.flatMap((axis, i): Axis[] => {
      if (!chosen.includes(i) || axis.role !== role) return [axis];
      return [{ size: 1, role: axis.role }];
    });
  let flow = x;
  const positions = chosen.reduce(
    (t, i) => (x.shape[i]?.role === 'position' ? t * (x.shape[i]?.size ?? 1) : t),
    1,
  );
  if (positions > 1) {
    const shape = rest(flow.shape, 'position');
    flow =
      how === 'max' ? maxPool(reader.tape, flow, shape, positions) : averagePool(reader.tape, flow, shape);
    if (how === 'sum') flow = scale(reader.tape, flow, positions);
  }
  const features = chosen.reduce(
    (t, i) => (x.shape[i]?.role === 'feature' ? t * (x.shape[i]?.size ?? 1) : t),
    1,
  );
  if (features > 1) flow = reduceFeatures(reader.tape, flow, rest(flow.shape, 'feature'), how !== 'sum');
  if (keep) return flow;
  const shape = flow.shape.filter((axis, i) => !chosen.includes(i) || axis.role === 'batch');
  return reshape(reader.tape, flow, shape);
}

function axesOf(value: Value | undefined): number[] {
  if (typeof value === 'number') return [value];
  return isList(value) ? value.items.filter((v): v is number => typeof v === 'number') : [];
}

/** x @ y: a learned matrix, attention's scores, its weighted sum, or a product of two unrelated tensors. */
export function matrixProduct(reader: Reader, a: Value, b: Value): Value {
  if (isKind(b, 'parameter') && b.parameter.sizes.length === 2) {
    const x = flowOf(reader, a);
    if (x === null) return unknown('a product');
    const [rows, columns] = b.parameter.sizes;
    const width = x.shape[x.shape.length - 1]?.size;
    // x @ W has its inputs in front; a transposed weight (x @ W.t()) has them behind.
    const behind = columns === width && rows !== width;
    const flipped = behind ? [...b.parameter.sizes] : [columns ?? 1, rows ?? 1];
    return tensor(applyLinear(reader, x, sharedAs(b.parameter, flipped), null));
  }
  const x = flowOf(reader, a);
  const y = flowOf(reader, b);
  if (x === null || y === null) return unknown('a product');
  if (x.scores !== null) {
    const shape = x.shape.map(
      (axis, i): Axis => (i === x.shape.length - 1 ? (y.shape[y.shape.length - 1] ?? axis) : axis),
    );
    const { query, key, scale: factor } = x.scores;
    const width = query.shape[query.shape.length - 1]?.size ?? 1;
    const heads = Math.max(1, featureCount(query.shape) / width);
    return tensor(attend(reader.tape, query, key, y, heads, factor, shape));
  }
  const last = y.shape[y.shape.length - 1];
  if (last?.role === 'position' || positionCount(x.shape) > 1) return tensor(attentionScores(reader, x, y));
  return reader.passOver('a product of two tensors', args(a));
}

/** The same parameter with its axes the other way round. */
function sharedAs(
  parameter: Parameters<typeof applyLinear>[2],
  sizes: number[],
): Parameters<typeof applyLinear>[2] {
  return { ...parameter, sizes, whole: parameter.whole ?? parameter };
}

function attentionScores(reader: Reader, x: Flow, y: Flow): Flow {
  const width = x.shape[x.shape.length - 1]?.size ?? 1;
  const count = y.shape[y.shape.length - 1]?.size ?? 1;
  const shape = x.shape.map(
    (axis, i): Axis => (i === x.shape.length - 1 ? { size: count, role: 'feature' } : axis),
  );
  const order = y.shape.map((_, i) => i);
  const n = order.length;
  [order[n - 1], order[n - 2]] = [n - 2, n - 1];
  const q = width * x.kernel[0] * y.kernel[0];
  return reader.tape.add({
    shape,
    mean: 0,
    kernel: [q, 0, 0, 0],
    scores: { query: x, key: permute(reader.tape, y, order), scale: 1, normalised: false },
  });
}

/** Methods of tensors. */
export function callTensorMethod(reader: Reader, self: Data, name: string, given: Args): Value {
  const tape = reader.tape;
  if (name === 'view' || name === 'reshape') return view(reader, self, given);
  if (self.kind === 'input') return inputMethod(reader, self, name, given);
  if (self.kind === 'indices') return indicesMethod(reader, self, name, given);
  const x = self.flow;
  const first = given.positional[0] ?? null;
  const dim = argument(given, 0, 'dim');
  switch (name) {
    case 'size': {
      const index = argument(given, 0, 'dim');
      return typeof index === 'number' ? (x.shape[axisIndex(x.shape, index)]?.size ?? 1) : sizesOf(self);
    }
    case 'dim':
      return x.shape.length;
    case 'numel':
      return x.shape.reduce((t, axis) => t * axis.size, 1);
    case 'flatten':
      return tensor(
        flattenFlow(
          reader,
          x,
          numberArgument(given, 0, 'start_dim', 0),
          numberArgument(given, 1, 'end_dim', -1),
        ),
      );
    case 'permute':
      return permuted(reader, self, numbersIn(given));
    case 'transpose':
    case 'swapaxes':
      return transposeAxes(
        reader,
        self,
        numberArgument(given, 0, 'dim0', -2),
        numberArgument(given, 1, 'dim1', -1),
      );
    case 't':
      return transposeAxes(reader, self, 0, 1);
    case 'unsqueeze': {
      const at = numberArgument(given, 0, 'dim', 0);
      const index = at < 0 ? x.shape.length + 1 + at : at;
      return tensor(
        reshape(tape, x, [...x.shape.slice(0, index), { size: 1, role: 'feature' }, ...x.shape.slice(index)]),
      );
    }
    case 'squeeze': {
      const index = typeof dim === 'number' ? axisIndex(x.shape, dim) : null;
      const shape = x.shape.filter(
        (axis, i) => !(axis.size === 1 && axis.role !== 'batch' && (index === null || i === index)),
      );
      return tensor(reshape(tape, x, shape));
    }
    case 'mean':
    case 'sum':
    case 'amax':
    case 'logsumexp':
      return tensor(
        reduce(
          reader,
          x,
          axesOf(dim),
          name === 'sum' ? 'sum' : name === 'mean' ? 'mean' : 'max',
          argument(given, 1, 'keepdim') === true,
        ),
      );
    case 'max':
      if (typeof dim !== 'number') return self;
      return tuple([tensor(reduce(reader, x, [dim], 'max', argument(given, 1, 'keepdim') === true)), null]);
    case 'sqrt':
    case 'rsqrt':
    case 'reciprocal':
      return tensor(nearlyConstant(reader, x, name));
    case 'std':
    case 'var': {
      const size = constant(
        tape,
        reduce(reader, x, axesOf(dim), 'mean', true).shape,
        Math.max(1e-12, x.kernel[0] - x.mean ** 2) ** (name === 'var' ? 1 : 0.5),
        0,
      );
      return tensor(size);
    }
    case 'chunk':
      return split(reader, x, numberArgument(given, 0, 'chunks', 2), numberArgument(given, 1, 'dim', 0));
    case 'split': {
      const axis = numberArgument(given, 1, 'dim', 0);
      const size = x.shape[axisIndex(x.shape, axis)]?.size ?? 1;
      if (isList(first))
        return list(
          first.items.map((n) =>
            tensor(slice(tape, x, axisIndex(x.shape, axis), typeof n === 'number' ? n : 1)),
          ),
        );
      return split(
        reader,
        x,
        Math.round(size / (typeof first === 'number' && first > 0 ? first : size)),
        axis,
      );
    }
    case 'unbind': {
      const axis = axisIndex(x.shape, numberArgument(given, 0, 'dim', 0));
      const n = Math.min(x.shape[axis]?.size ?? 1, 512);
      return list(Array.from({ length: n }, (_, i) => tensor(select(tape, x, axis, endOf(i, n)))));
    }
    case 'select':
      return tensor(
        select(
          tape,
          x,
          axisIndex(x.shape, numberArgument(given, 0, 'dim', 0)),
          argument(given, 1, 'index') === -1 ? 'last' : null,
        ),
      );
    case 'expand':
    case 'expand_as':
    case 'repeat':
      return expand(reader, x, first, given);
    case 'detach':
      return tensor(detach(tape, x));
    case 'matmul':
    case 'bmm':
    case 'mm':
      return matrixProduct(reader, self, first);
    case 'add':
    case 'add_':
      return binaryOperation(reader, '+', self, first, false);
    case 'sub':
      return binaryOperation(reader, '-', self, first, false);
    case 'mul':
    case 'mul_':
      return binaryOperation(reader, '*', self, first, false);
    case 'div':
    case 'div_':
      return binaryOperation(reader, '/', self, first, false);
    case 'pow':
      return tensor(powered(reader, x, typeof first === 'number' ? first : 1));
    case 'softmax':
      return tensor(softmaxOf(reader, x, dim));
    case 'masked_fill':
    case 'masked_fill_':
    case 'clamp':
    case 'contiguous':
    case 'float':
    case 'to':
    case 'cuda':
    case 'type':
    case 'type_as':
    case 'clone':
    case 'half':
    case 'cpu':
    case 'log_softmax':
    case 'requires_grad_':
    case 'double':
    case 'bool':
    case 'retain_grad':
    case 'register_hook':
    case 'to_dense':
      return self;
    case 'normal_':
    case 'uniform_':
    case 'zero_':
    case 'fill_':
    case 'copy_':
    case 'index_select':
    case 'roll':
    case 'flip':
    case 'type_to':
      return self;
    case 'long':
    case 'int':
      return { kind: 'indices', shape: x.shape.filter((axis) => axis.role !== 'feature') };
    case 'new_zeros':
    case 'new_ones':
    case 'new_empty':
      return tensor(constant(tape, [], name === 'new_ones' ? 1 : 0, 0));
    default: {
      const plain = name.replace(/_/g, '');
      if (activationNamed(plain) !== null) return tensor(activateWith(reader, x, plain, null));
      return reader.passOver(`.${name}()`, args(self));
    }
  }
}

/** A root or inverse of a statistic: a mean over many features hardly varies, so it passes as a constant. */
function nearlyConstant(reader: Reader, x: Flow, name: string): Flow {
  const level = Math.max(1e-12, Math.abs(x.mean));
  const value = name === 'reciprocal' ? 1 / level : name === 'sqrt' ? Math.sqrt(level) : 1 / Math.sqrt(level);
  return reader.tape.add({ shape: x.shape, mean: value, kernel: flatKernel(value * value), free: x.free });
}

function inputMethod(
  reader: Reader,
  self: Extract<Value, { kind: 'input' }>,
  name: string,
  given: Args,
): Value {
  const first = given.positional[0];
  if (name === 'size') {
    if (first === 0) return reader.tape.batch;
    if (first === undefined) return { kind: 'sizes', input: self };
    throw new NeedShape(self.name, guessesForRank(-1));
  }
  if (name === 'long' || name === 'int') throw new NeedShape(self.name, guessesForRank(2));
  if (name === 'flatten') throw new NeedShape(self.name, guessesForRank(-1));
  if (name === 'permute') throw new NeedShape(self.name, guessesForRank(numbersIn(given).length));
  if (name === 'transpose') throw new NeedShape(self.name, guessesForRank(3));
  if (['to', 'cuda', 'float', 'contiguous', 'type', 'double', 'clone'].includes(name)) return self;
  throw new NeedShape(self.name, guessesForRank(-1));
}

function indicesMethod(
  reader: Reader,
  self: Extract<Value, { kind: 'indices' }>,
  name: string,
  given: Args,
): Value {
  const first = given.positional[0];
  if (name === 'size') {
    return typeof first === 'number' ? (self.shape[axisIndex(self.shape, first)]?.size ?? 1) : sizesOf(self);
  }
  if (name === 'dim') return self.shape.length;
  if (name === 'unsqueeze') {
    const at = typeof first === 'number' ? first : 0;
    const index = at < 0 ? self.shape.length + 1 + at : at;
    return {
      kind: 'indices',
      shape: [...self.shape.slice(0, index), { size: 1, role: 'feature' }, ...self.shape.slice(index)],
    };
  }
  if (name === 't' || name === 'transpose') return { kind: 'indices', shape: [...self.shape].reverse() };
  if (name === 'float' || name === 'double') return tensor(constant(reader.tape, self.shape, 0, 1000));
  return self;
}

function permuted(reader: Reader, self: TensorValue, order: readonly (number | 'unknown')[]): Value {
  const n = self.flow.shape.length;
  const numeric = order.map((v) => (v === 'unknown' ? 0 : axisIndex(self.flow.shape, v)));
  return numeric.length === n ? tensor(permute(reader.tape, self.flow, numeric)) : self;
}

function split(reader: Reader, x: Flow, count: number, dim: number): Value {
  const axis = axisIndex(x.shape, dim);
  const size = x.shape[axis]?.size ?? 1;
  const n = Math.max(1, Math.min(count, 512));
  return list(Array.from({ length: n }, () => tensor(slice(reader.tape, x, axis, size / n))));
}

/** expand, repeat: only a parameter's missing axes matter; it meets its positions when it is combined. */
function expand(reader: Reader, x: Flow, first: Value, given: Args): Value {
  if (!x.free) return tensor(x);
  const sizes = isKind(first, 'tensor') ? first.flow.shape.map((axis) => axis.size) : numbersIn(given);
  const lifted = sizes[0] === reader.tape.batch && x.shape[0]?.size === 1 && sizes.length === x.shape.length;
  if (!lifted) return tensor(x);
  const shape = x.shape.map((axis, i): Axis => {
    if (i === 0) return { size: reader.tape.batch, role: 'batch' };
    return { size: axis.size, role: i === x.shape.length - 1 ? 'feature' : 'position' };
  });
  const second = x.kernel[0];
  const apart = positionCount(shape) > 1 ? x.mean * x.mean : second;
  return tensor(
    reader.tape.add({
      shape,
      mean: x.mean,
      kernel: [second, apart, second, apart],
      back: (grad) => {
        const b = reader.tape.batch;
        const near = Math.max(0, b * grad.spread[0] + b * (b - 1) * grad.spread[2]);
        reader.tape.sendSpread(x, [near, 0, near, 0]);
      },
    }),
  );
}

export function concatValues(reader: Reader, value: Value, dim: number): Value {
  const parts = iterate(reader, value);
  const flows = parts.map((p) => flowOf(reader, p)).filter((f): f is Flow => f !== null);
  const first = flows.find((f) => !f.free) ?? flows[0];
  if (first === undefined) return unknown('a concatenation');
  return tensor(concat(reader.tape, flows, axisIndex(first.shape, dim)));
}

export function stackValues(reader: Reader, value: Value, dim: number): Value {
  const flows = iterate(reader, value)
    .map((p) => flowOf(reader, p))
    .filter((f): f is Flow => f !== null);
  const first = flows[0];
  if (first === undefined) return unknown('a stack');
  const at = dim < 0 ? first.shape.length + 1 + dim : dim;
  // Stacked steps are positions.
  const lifted = flows.map((f) =>
    reshape(reader.tape, f, [...f.shape.slice(0, at), { size: 1, role: 'position' }, ...f.shape.slice(at)]),
  );
  return tensor(concat(reader.tape, lifted, at));
}
