import { constant } from '../ops/elementwise';
import { type Axis, axisIndex } from '../shape';
import { listed } from './creation';
import type { Reader } from './reader';
import { guessesForRank, sizesOf } from './sequences';
import { callTensorMethod } from './tensors';
import { type Args, NeedShape, tensor, type Value } from './values';
import { numbersIn } from './views';

/** A method of an argument whose shape nothing has told yet: most ask for it. */
export function inputMethod(
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

/** What makes numbers of a range of integers. */
const asNumbers = /^(float|double|half|exp|log|sqrt|rsqrt|reciprocal|pow|mul|div|true_divide)$/;

/** A method of integers that index. */
export function indicesMethod(
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
    const reshaped = self.numbers ?? self.reshaped;
    return {
      kind: 'indices',
      shape: [...self.shape.slice(0, index), { size: 1, role: 'feature' }, ...self.shape.slice(index)],
      ...(reshaped === undefined ? {} : { reshaped }),
    };
  }
  if (self.reshaped !== undefined && /^(float|double|half)$/.test(name)) {
    const { mean, kernel } = listed(reader, self.reshaped).flow;
    return tensor(constant(reader.tape, self.shape, mean, kernel[0] - mean * mean));
  }
  if (self.numbers !== undefined && asNumbers.test(name)) {
    const numbers = listed(reader, self.numbers);
    return /^(float|double|half)$/.test(name) ? numbers : callTensorMethod(reader, numbers, name, given);
  }
  if (name === 't' || name === 'transpose') return { kind: 'indices', shape: [...self.shape].reverse() };
  if (name === 'permute') {
    const order = numbersIn(given).map((i) => (i === 'unknown' ? 0 : axisIndex(self.shape, i)));
    return { kind: 'indices', shape: order.map((i): Axis => self.shape[i] ?? { size: 1, role: 'feature' }) };
  }
  if (name === 'expand' || name === 'repeat') {
    const missing = numbersIn(given).length - self.shape.length;
    const front = Array.from({ length: Math.max(0, missing) }, (): Axis => ({ size: 1, role: 'feature' }));
    return { kind: 'indices', shape: [...front, ...self.shape] };
  }
  if (name === 'flatten' && !self.shape.some((axis) => axis.role === 'batch')) {
    const from = axisIndex(self.shape, typeof first === 'number' ? first : 0);
    const merged = self.shape.slice(from).reduce((total, axis) => total * axis.size, 1);
    return { kind: 'indices', shape: [...self.shape.slice(0, from), { size: merged, role: 'position' }] };
  }
  if ((name === 'sum' || name === 'argmax' || name === 'argmin') && typeof first === 'number') {
    const at = axisIndex(self.shape, first);
    return { kind: 'indices', shape: self.shape.filter((_, i) => i !== at) };
  }
  if (name === 'sin' || name === 'cos') return tensor(constant(reader.tape, self.shape, 0, 0.5));
  if (name === 'float' || name === 'double') return tensor(constant(reader.tape, self.shape, 0, 1));
  return self;
}
