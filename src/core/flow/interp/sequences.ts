import { permute, select } from '../ops/reshape';
import { axisIndex } from '../shape';
import { findMember } from './members';
import type { Reader } from './reader';
import { recordItems } from './records';
import {
  args,
  type InputGuess,
  isKind,
  isList,
  NeedShape,
  nativeBase,
  type ObjectValue,
  tensor,
  tuple,
  Unreadable,
  type Value,
} from './values';

/** Truth of a value; null when it is not known. */
export function truth(value: Value): boolean | null {
  if (value === null) return false;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return value !== 0;
  if (typeof value === 'string') return value.length > 0;
  if (isList(value)) return value.items.length > 0;
  if (value.kind === 'dict') return value.entries.size > 0;
  if (value.kind === 'unknown' || value.kind === 'tensor') return null;
  return true;
}

/** A module of the library, or of a class that derives from one. */
export function isModule(value: Value): value is ObjectValue {
  return isKind(value, 'object') && nativeBase(value.cls)?.startsWith('nn.') === true;
}

/** Children of a container module in order (names that are numbers for Sequential and ModuleList). */
export function moduleChildren(object: ObjectValue): [string, ObjectValue][] {
  const out: [string, ObjectValue][] = [];
  for (const [name, value] of object.fields) {
    if (isModule(value)) out.push([name, value]);
  }
  return out;
}

/** Parameters of a list or dictionary of them, in order. */
export function parameterChildren(object: ObjectValue): [string, Value][] {
  return [...object.fields].filter(([, value]) => isKind(value, 'parameter'));
}

/** Children of a container: parameters of a ParameterList or ParameterDict, modules of any other. */
export function containerItems(object: ObjectValue): [string, Value][] {
  return nativeBase(object.cls)?.startsWith('nn.Parameter') === true
    ? parameterChildren(object)
    : moduleChildren(object);
}

/** Which end of an axis an index is at. */
export function endOf(index: number, size: number): 'first' | 'last' | null {
  return index === size - 1 ? 'last' : index === 0 ? 'first' : null;
}

/** Items of a value; `count` is how many an unpacking wants. */
export function iterate(reader: Reader, value: Value, count = -1): Value[] {
  if (isList(value)) return [...value.items];
  if (typeof value === 'string') return [...value];
  if (isKind(value, 'dict')) return [...value.entries.keys()];
  if (isKind(value, 'object')) {
    const native = nativeBase(value.cls);
    const own = findMember(value.cls, '__iter__', null);
    if (isKind(own, 'function')) return iterate(reader, reader.callFunction(own, args(value)), count);
    const items = recordItems(value);
    if (items !== null) return items;
    if (native === 'nn.ModuleDict' || native === 'nn.ParameterDict')
      return containerItems(value).map(([name]) => name);
    if (native?.startsWith('nn.') === true) return containerItems(value).map(([, item]) => item);
  }
  if (isKind(value, 'sizes')) throw new NeedShape(value.input.name, guessesForRank(count));
  if (isKind(value, 'input')) throw new NeedShape(value.name, guessesForRank(-1));
  if (isKind(value, 'tensor') && value.numbers !== undefined) return [...value.numbers];
  if (isKind(value, 'tensor')) {
    const size = value.flow.shape[0]?.size ?? 0;
    const n = Math.min(Number.isNaN(size) ? 0 : size, 512);
    return Array.from({ length: n }, (_, i) => tensor(select(reader.tape, value.flow, 0, endOf(i, n))));
  }
  if (isKind(value, 'indices') && value.shape.length > 1) {
    const [rows, ...rest] = value.shape;
    const n = Math.min(Math.round(rows?.size ?? 0) || 0, 512);
    return Array.from({ length: n }, () => ({ kind: 'indices', shape: rest }));
  }
  if (isKind(value, 'unknown')) {
    return count > 0 ? Array.from({ length: count }, () => value) : fail(value.why);
  }
  return fail('a loop over something unknown');
}

function fail(why: string): never {
  throw new Unreadable(`not known: ${why}`);
}

export const guess = (kind: InputGuess['kind'], rank = 0): InputGuess => ({
  kind,
  features: Number.NaN,
  rank,
  timeFirst: false,
});

/** Shapes an input with this many axes may have; −1: any. */
export function guessesForRank(rank: number): InputGuess[] {
  if (rank === 1) return [guess('none')];
  if (rank === 2) return [guess('tokens'), guess('vector')];
  if (rank === 3) return [guess('sequence'), guess('image', 1), guess('tokens', 2)];
  if (rank === 4) return [guess('image', 2)];
  if (rank === 5) return [guess('frames', 2), guess('image', 3)];
  return [
    guess('vector'),
    guess('sequence'),
    guess('image', 2),
    guess('tokens'),
    guess('image', 1),
    guess('pairs'),
  ];
}

export function transposeAxes(
  reader: Reader,
  value: Extract<Value, { kind: 'tensor' }>,
  a: number,
  b: number,
): Value {
  const order = value.flow.shape.map((_, i) => i);
  const x = axisIndex(value.flow.shape, a);
  const y = axisIndex(value.flow.shape, b);
  order[x] = y;
  order[y] = x;
  return tensor(permute(reader.tape, value.flow, order));
}

export function sizesOf(value: Extract<Value, { kind: 'tensor' | 'indices' }>): Value {
  const shape = value.kind === 'tensor' ? value.flow.shape : value.shape;
  return tuple(shape.map((axis) => axis.size));
}
