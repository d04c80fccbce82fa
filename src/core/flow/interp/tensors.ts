import { activationNamed } from '../activations';
import { flatKernel } from '../kernel';
import { constant, detach } from '../ops/elementwise';
import { reshape, select, slice } from '../ops/reshape';
import { axisIndex, describeShape } from '../shape';
import type { Flow } from '../tape';
import { indicesMethod, inputMethod } from './dataMethods';
import { activateWith, softmaxOf } from './forward';
import { initialiseTensor } from './initialisers';
import { measureMethod } from './measures';
import { numbersFunction } from './numbers';
import { binaryOperation, powered } from './operators';
import { pickMethod } from './picks';
import { matrixProduct } from './products';
import type { Reader } from './reader';
import { reduce, sharedMoment } from './reductions';
import { endOf, sizesOf, transposeAxes } from './sequences';
import {
  type Args,
  args,
  argument,
  isKind,
  isList,
  list,
  numberArgument,
  type TensorValue,
  tensor,
  tuple,
  unknown,
  type Value,
} from './values';
import { expand, flattenFlow, numbersIn, permuted, split, view } from './views';

export type Data = Extract<Value, { kind: 'tensor' | 'input' | 'indices' }>;

export function tensorAttribute(reader: Reader, value: TensorValue, name: string): Value {
  const { flow } = value;
  if (name === 'shape') return sizesOf(value);
  if (name === 'ndim') return flow.shape.length;
  if (name === 'size' && value.isArray === true) return value.numbers?.length ?? unknown('a size');
  if (name === 'data') return tensor(detach(reader.tape, flow));
  if (name === 'T' || name === 'mT' || name === 'mH' || name === 'H')
    return transposeAxes(reader, value, -1, -2);
  if (name === 'is_cuda' || name === 'is_sparse' || name === 'is_quantized') return false;
  if (name === 'requires_grad' || name === 'is_leaf') return true;
  if (name === 'device' || name === 'dtype' || name === 'layout') return unknown(name);
  return { kind: 'bound', self: value, method: name };
}

function axesOf(value: Value | undefined): number[] {
  if (typeof value === 'number') return [value];
  return isList(value) ? value.items.filter((v): v is number => typeof v === 'number') : [];
}

/** An operation in place: the tensor is its result from now on. */
function kept(self: TensorValue, result: Value): Value {
  if (!isKind(result, 'tensor')) return result;
  self.flow = result.flow;
  return self;
}

/** Places of the largest entries along an axis. */
function chosen(x: Flow, dim: number): Value {
  const at = axisIndex(x.shape, dim);
  return { kind: 'indices', shape: x.shape.filter((_, i) => i !== at) };
}

/** Methods whose first or second argument names an axis. */
const axisFirst = new Set(['size', 'mean', 'sum', 'max', 'amax', 'softmax', 'transpose', 'unbind', 'select']);
const axisSecond = new Set(['split', 'chunk', 'transpose']);

/** An axis that the tensor does not have: the shape that was assumed for the input is wrong. */
function checkAxes(reader: Reader, x: Flow, name: string, given: Args): void {
  const named = [
    ...(axisFirst.has(name) ? [argument(given, 0, 'dim')] : []),
    ...(axisSecond.has(name) ? [argument(given, 1, 'dim')] : []),
  ];
  for (const axis of named) {
    if (typeof axis === 'number' && (axis >= x.shape.length || axis < -x.shape.length))
      reader.mismatch('unknown', `.${name}() asks for axis ${axis} of ${describeShape(x.shape)}`);
  }
}

/** Methods that show the same numbers under another shape. */
const views = /^(view|reshape|flatten|squeeze|unsqueeze|t|transpose|permute)$/;

export function callTensorMethod(reader: Reader, self: Data, name: string, given: Args): Value {
  const result = tensorMethod(reader, self, name, given);
  const parameter = isKind(self, 'tensor') && views.test(name) ? self.viewOf : undefined;
  return parameter !== undefined && isKind(result, 'tensor') ? { ...result, viewOf: parameter } : result;
}

function tensorMethod(reader: Reader, self: Data, name: string, given: Args): Value {
  const tape = reader.tape;
  const numbers = numbersFunction(reader, name, { ...given, positional: [self, ...given.positional] });
  if (numbers !== null) return numbers;
  if (name === 'view' || name === 'reshape') return view(reader, self, given);
  if (self.kind === 'input') return inputMethod(reader, self, name, given);
  if (self.kind === 'indices') return indicesMethod(reader, self, name, given);
  const x = self.flow;
  const first = given.positional[0] ?? null;
  const dim = argument(given, 0, 'dim');
  checkAxes(reader, x, name, given);
  const more = pickMethod(reader, x, name, given) ?? measureMethod(reader, x, name, given);
  if (more !== null) return more;
  switch (name) {
    case 'size': {
      const index = argument(given, 0, 'dim');
      return typeof index === 'number' ? (x.shape[axisIndex(x.shape, index)]?.size ?? 1) : sizesOf(self);
    }
    case 'dim':
    case 'ndimension':
      return x.shape.length;
    case 'numel':
    case 'nelement':
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
      return tuple([
        tensor(reduce(reader, x, [dim], 'max', argument(given, 1, 'keepdim') === true)),
        chosen(x, dim),
      ]);
    case 'argmax':
    case 'argmin':
      return chosen(x, typeof dim === 'number' ? dim : -1);
    case 'sqrt':
    case 'sqrt_':
    case 'rsqrt':
    case 'reciprocal':
      return tensor(nearlyConstant(reader, x, name));
    case 'std':
    case 'var': {
      const size = constant(
        tape,
        reduce(reader, x, axesOf(dim), 'mean', true).shape,
        Math.max(1e-12, x.kernel[0] - sharedMoment(tape, x, axesOf(dim))) ** (name === 'var' ? 1 : 0.5),
        0,
      );
      return tensor(size);
    }
    case 'chunk':
      return split(reader, x, numberArgument(given, 0, 'chunks', 2), numberArgument(given, 1, 'dim', 0));
    case 'split': {
      const axis = numberArgument(given, 1, 'dim', 0);
      const size = x.shape[axisIndex(x.shape, axis)]?.size ?? 1;
      const sizes = argument(given, 0, 'split_size') ?? given.keywords.get('split_size_or_sections') ?? null;
      if (isList(sizes))
        return list(
          sizes.items.map((n) =>
            tensor(slice(tape, x, axisIndex(x.shape, axis), typeof n === 'number' ? n : 1)),
          ),
        );
      return split(
        reader,
        x,
        Math.round(size / (typeof sizes === 'number' && sizes > 0 ? sizes : size)),
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
      return expand(reader, x, first, given, name);
    case 'detach':
      return tensor(detach(tape, x));
    case 'matmul':
    case 'bmm':
    case 'mm':
      return matrixProduct(reader, self, first);
    case 'add':
      return binaryOperation(reader, '+', self, first, false);
    case 'add_':
      return kept(self, binaryOperation(reader, '+', self, first, false));
    case 'sub':
      return binaryOperation(reader, '-', self, first, false);
    case 'mul':
      return binaryOperation(reader, '*', self, first, false);
    case 'mul_':
      return kept(self, binaryOperation(reader, '*', self, first, false));
    case 'div':
      return binaryOperation(reader, '/', self, first, false);
    case 'div_':
      return kept(self, binaryOperation(reader, '/', self, first, false));
    case 'bernoulli_': {
      // Each entry is 1 with this probability: the mask of a dropout written out.
      const p = typeof first === 'number' ? first : 0.5;
      return kept(self, tensor(constant(tape, x.shape, p, p * (1 - p))));
    }
    case 'pow':
      return tensor(powered(reader, x, typeof first === 'number' ? first : 1));
    case 'softmax':
      return tensor(softmaxOf(reader, x, dim));
    case 'masked_fill':
    case 'masked_fill_':
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
      initialiseTensor(reader, name, self, given);
      return self;
    case 'index_add':
    case 'index_add_':
    case 'scatter_add':
    case 'scatter_add_':
      return kept(self, gathered(reader, self, given));
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

/** What the edges of a graph carry, summed at their ends: how many meet is for the data to tell. */
function gathered(reader: Reader, self: TensorValue, given: Args): Value {
  const carried = argument(given, 2, given.keywords.has('src') ? 'src' : 'source') ?? null;
  if (!isKind(carried, 'tensor')) return reader.passOver('a sum over places', args(self));
  reader.opaque += 1;
  reader.skipped.add('a sum over the places of an index: taken to leave the scale of what is summed');
  const isEmpty = self.flow.back === null && self.flow.kernel[0] === 0;
  return isEmpty ? carried : binaryOperation(reader, '+', self, carried, false);
}

/** A root or inverse of a statistic: a mean over many features hardly varies, so it passes as a constant. */
function nearlyConstant(reader: Reader, x: Flow, name: string): Flow {
  const level = Math.max(1e-12, Math.abs(x.mean));
  const value =
    name === 'reciprocal' ? 1 / level : name.startsWith('sqrt') ? Math.sqrt(level) : 1 / Math.sqrt(level);
  return reader.tape.add({ shape: x.shape, mean: value, kernel: flatKernel(value * value), free: x.free });
}
