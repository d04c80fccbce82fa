import { addKernel, scaleKernel } from '../kernel';
import { reshape, select, slice } from '../ops/reshape';
import { type Axis, axisIndex, positionCount, type Shape } from '../shape';
import { createParameter, type Flow, foldGrad, type Parameter } from '../tape';
import { attributeOf } from './attributes';
import { findMember } from './members';
import { numbersOf } from './numbers';
import { compare } from './operators';
import type { Reader } from './reader';
import { containerItems, endOf, guess, guessesForRank } from './sequences';
import {
  args,
  type DictValue,
  type InputGuess,
  isKind,
  isList,
  list,
  NeedShape,
  nativeBase,
  type ObjectValue,
  orUnknown,
  type ParameterValue,
  type SliceValue,
  tensor,
  unknown,
  type Value,
} from './values';
import { rowsOf } from './views';

/** Shapes an input may have that is indexed so: `t[:, None]` lifts one axis, `x[:, -1]` takes a step. */
function guessesForIndices(indices: readonly Value[]): InputGuess[] {
  const lifted = indices.includes(null);
  const axes = indices.filter((index) => index !== null && !isEllipsis(index)).length;
  if (lifted && axes === 1) return [guess('none'), ...guessesForRank(2)];
  // A range of the second axis cuts features, one entry of it takes a step.
  const [, second] = indices;
  const cuts = axes === 2 && isKind(second, 'slice') && (second.start ?? second.stop ?? second.step) !== null;
  if (cuts) return [...guessesForRank(2).toReversed(), ...guessesForRank(3)];
  // One entry of the second axis may be a step, or one of a sample's numbers.
  const columns = axes === 2 && typeof second === 'number' ? guessesForRank(2) : [];
  return [...guessesForRank(Math.max(lifted ? 2 : 3, axes)), ...columns];
}

/** Keys are compared by what they say: tuples and library names have no identity here. */
export function keyOf({ entries }: DictValue, key: Value): Value {
  if (typeof key !== 'object' || key === null || entries.has(key)) return key;
  for (const own of entries.keys()) if (compare('==', own, key) === true) return own;
  return key;
}

export function indexValue(reader: Reader, value: Value, indices: readonly Value[]): Value {
  const first = indices[0] ?? null;
  if (isList(value)) {
    if (isKind(first, 'slice')) return { kind: value.kind, items: sliceItems(value.items, first) };
    if (typeof first === 'number')
      return orUnknown(value.items[first < 0 ? value.items.length + first : first], 'an index');
    const only = value.items.length > 0 ? value.items[value.items.length - 1] : undefined;
    return isKind(only, 'tensor') ? indexValue(reader, only, indices.slice(1)) : unknown('an index');
  }
  if (isKind(value, 'dict'))
    return orUnknown(value.entries.get(keyOf(value, first)), `entry ${String(first)}`);
  if (isKind(value, 'sizes')) {
    if (first === 0) return reader.tape.batch;
    throw new NeedShape(value.input.name, first === -1 ? guessesForRank(-1).slice(0, 2) : guessesForRank(-1));
  }
  if (isKind(value, 'object')) return indexModule(reader, value, first);
  if (isKind(value, 'input')) throw new NeedShape(value.name, guessesForIndices(indices));
  if (isKind(value, 'tensor') && isKind(first, 'indices') && value.flow.free)
    return tensor(rowsOf(reader, value.flow, first));
  if (isKind(value, 'tensor') && value.numbers !== undefined && typeof first === 'number')
    return value.numbers.at(first) ?? unknown('an index');
  if (isKind(value, 'tensor')) return tensor(indexFlow(reader, value, indices).flow);
  if (isKind(value, 'indices')) return indexIndices(value, indices);
  if (isKind(value, 'parameter')) {
    const { parameter } = value;
    // Data that pick rows of a table are numbers of its rows.
    if (isKind(first, 'input') && parameter.sizes.length > 1) throw new NeedShape(first.name, [tokenGuess]);
    if (isKind(first, 'indices')) return tensor(rowsOf(reader, reader.tape.leaf(parameter), first));
    if (typeof first === 'number' && indices.length === 1 && parameter.sizes.length > 1) {
      // One of several weights packed into one: what it gathers counts for the whole.
      const part = createParameter(
        parameter.sizes.slice(1),
        parameter.init,
        parameter.offset,
        parameter.whole ?? parameter,
      );
      return { kind: 'parameter', parameter: part };
    }
    if (isKind(first, 'slice') && indices.length === 1 && parameter.sizes.length === 1)
      return parameterPart(parameter, first);
    return tensor(indexFlow(reader, tensor(reader.tape.leaf(value.parameter)), indices).flow);
  }
  if (isKind(value, 'native'))
    // models.__dict__['resnet18']
    return value.name.endsWith('.__dict__') && typeof first === 'string'
      ? attributeOf(reader, { kind: 'native', name: value.name.slice(0, -'.__dict__'.length) }, first)
      : value;
  if (isKind(value, 'unknown')) return value;
  return unknown('an index');
}

const tokenGuess: InputGuess = { kind: 'tokens', features: Number.NaN, rank: 0, timeFirst: false };

/** A range of a bias: what is written there is kept beside the whole. */
function parameterPart(parameter: Parameter, range: SliceValue): ParameterValue {
  const size = parameter.sizes[0] ?? 1;
  const start = typeof range.start === 'number' ? range.start : 0;
  const length = sliceLength(range, size);
  const part = createParameter([length], parameter.init, parameter.offset);
  parameter.parts.push({ start, stop: start + length, part });
  return { kind: 'parameter', parameter: part };
}

function indexIndices(value: Extract<Value, { kind: 'indices' }>, indices: readonly Value[]): Value {
  const shape: Axis[] = [];
  let at = 0;
  for (const index of indices) {
    const axis = value.shape[at];
    if (index === null) shape.push({ size: 1, role: 'feature' });
    else if (axis !== undefined) {
      if (isKind(index, 'slice')) shape.push({ size: sliceLength(index, axis.size), role: axis.role });
      at++;
    }
  }
  return { kind: 'indices', shape: [...shape, ...value.shape.slice(at)] };
}

function sliceItems(items: readonly Value[], s: SliceValue): Value[] {
  const n = items.length;
  const step = typeof s.step === 'number' && s.step !== 0 ? s.step : 1;
  // Bounds of a slice that walks backwards stop one before the first item.
  const [low, high] = step > 0 ? [0, n] : [-1, n - 1];
  const at = (v: Value, otherwise: number) => {
    if (typeof v !== 'number') return otherwise;
    return Math.max(low, Math.min(high, v < 0 ? n + v : v));
  };
  const stop = at(s.stop, step > 0 ? n : -1);
  const out: Value[] = [];
  for (let i = at(s.start, step > 0 ? 0 : n - 1); step > 0 ? i < stop : i > stop; i += step)
    out.push(items[i] ?? null);
  return out;
}

export function sliceLength(s: SliceValue, size: number): number {
  if (Number.isNaN(size)) return size;
  const at = (v: Value, otherwise: number) => {
    if (typeof v !== 'number') return otherwise;
    return Math.max(0, Math.min(size, v < 0 ? size + v : v));
  };
  const step = typeof s.step === 'number' && s.step > 0 ? s.step : 1;
  return Math.max(1, Math.ceil((at(s.stop, size) - at(s.start, 0)) / step));
}

function indexModule(reader: Reader, object: ObjectValue, index: Value): Value {
  const own = findMember(object.cls, '__getitem__', null);
  if (isKind(own, 'function')) return reader.callFunction(own, args(object, index));
  const children = containerItems(object);
  if (typeof index === 'number')
    return children[index < 0 ? children.length + index : index]?.[1] ?? unknown('a module');
  if (typeof index === 'string') return orUnknown(object.fields.get(index), index);
  if (isKind(index, 'slice')) {
    const kept = sliceItems(
      children.map(([, m]) => m),
      index,
    );
    return reader.construct(
      reader.nativeClass(nativeBase(object.cls) ?? 'nn.ModuleList'),
      nativeBase(object.cls) === 'nn.Sequential' ? args(...kept) : args(list(kept)),
    );
  }
  const method = attributeOf(reader, object, '__getitem__');
  return isKind(method, 'bound') ? reader.call(method, args(index)) : unknown('an index');
}

function indexFlow(reader: Reader, value: Extract<Value, { kind: 'tensor' }>, indices: readonly Value[]) {
  let flow = value.flow;
  let axis = 0;
  const real = indices.filter((i) => i !== null && !isEllipsis(i)).length;
  // Several lists of places pick one entry each: their axes become one.
  let lists = 0;
  for (const index of indices) {
    if (isEllipsis(index)) {
      axis =
        flow.shape.length -
        (real - indices.slice(0, indices.indexOf(index)).filter((i) => i !== null).length);
      continue;
    }
    const size = flow.shape[axis]?.size ?? 1;
    if (index === null) {
      const shape = [
        ...flow.shape.slice(0, axis),
        { size: 1, role: 'feature' } as Axis,
        ...flow.shape.slice(axis),
      ];
      flow = reshape(reader.tape, flow, shape);
      axis++;
    } else if (isKind(index, 'slice')) {
      const front = index.start === null || index.start === 0;
      flow = slice(reader.tape, flow, axis, sliceLength(index, size), front ? 'first' : null);
      axis++;
    } else if (typeof index === 'number') {
      flow = select(
        reader.tape,
        flow,
        axisIndex(flow.shape, axis),
        endOf(index < 0 ? size + index : index, size),
      );
    } else if (lists++ === 0 && numbersOf(index) !== null && flow.shape[axis]?.role !== 'batch') {
      flow = slice(reader.tape, flow, axis, numbersOf(index)?.length ?? size);
      axis++;
    } else if (lists > 1) flow = select(reader.tape, flow, axisIndex(flow.shape, axis), null);
    else axis++;
  }
  return { flow };
}

function isEllipsis(value: Value): boolean {
  return isKind(value, 'unknown') && value.why === '...';
}

/** `xs[i] = v`: lists and dicts; a constant tensor takes the moments of what is written into it. */
export function storeIndex(reader: Reader, target: Value, indices: readonly Value[], value: Value): void {
  const index = indices[0] ?? null;
  if (isList(target) && typeof index === 'number') {
    target.items[index < 0 ? target.items.length + index : index] = value;
  } else if (isKind(target, 'dict')) target.entries.set(index, value);
  else if (isKind(target, 'object') && (typeof index === 'string' || typeof index === 'number')) {
    const children = containerItems(target);
    const name =
      typeof index === 'number'
        ? (children[index < 0 ? children.length + index : index]?.[0] ?? String(index))
        : index;
    target.fields.set(name, value);
  } else if (isKind(target, 'tensor') && isKind(value, 'tensor')) {
    target.flow = overwritten(reader, target.flow, value.flow, indices);
  } else if (isKind(target, 'parameter') && isKind(index, 'slice') && target.parameter.sizes.length === 1) {
    const part = parameterPart(target.parameter, index);
    if (typeof value === 'number') part.parameter.init = { mean: value, variance: 0 };
    if (isKind(value, 'parameter')) part.parameter.init = value.parameter.init;
  }
}

/** A tensor some of whose entries are replaced; a constant that is filled takes the moments of what fills it. */
function overwritten(reader: Reader, old: Flow, written: Flow, indices: readonly Value[]): Flow {
  const share = old.free ? 1 : shareOf(old.shape, indices);
  const mix = (a: Flow['kernel'], b: Flow['kernel']) =>
    addKernel(scaleKernel(a, share), scaleKernel(b, 1 - share));
  return reader.tape.add({
    shape: writtenShape(old, written),
    mean: share * written.mean + (1 - share) * old.mean,
    kernel: mix(written.kernel, old.kernel),
    free: old.free && written.free,
    back: (grad) => {
      const g = foldGrad(grad, positionCount(old.shape));
      reader.tape.sendSpread(written, scaleKernel(g, share));
      if (!old.free) reader.tape.sendSpread(old, scaleKernel(g, 1 - share));
    },
  });
}

/** Share of the entries that indices name; half where the data decides. */
function shareOf(shape: Shape, indices: readonly Value[]): number {
  let share = 1;
  indices.forEach((index, i) => {
    const size = shape[i]?.size ?? 1;
    if (typeof index === 'number') share /= size;
    else if (isKind(index, 'slice')) share *= sliceLength(index, size) / size;
    else if (index !== null && !isEllipsis(index)) share = Math.min(share, 0.5);
  });
  return Number.isFinite(share) ? share : 1;
}

/** A constant that data is written into step by step has the data's samples and features; what is left are steps. */
function writtenShape(old: Flow, written: Flow): Shape {
  if (written.free || written.shape.length === old.shape.length) return old.shape;
  return old.shape.map((axis, i): Axis => {
    const own = written.shape[i - (old.shape.length - written.shape.length)];
    return own === undefined || own.size !== axis.size ? { size: axis.size, role: 'position' } : own;
  });
}
