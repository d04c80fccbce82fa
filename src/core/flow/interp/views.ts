import { addKernel, scaleKernel, zeroKernel } from '../kernel';
import { concat } from '../ops/concat';
import { stretch } from '../ops/elementwise';
import { foldedBatch, permute, reshape, slice, viewShape } from '../ops/reshape';
import { type Axis, axisIndex, describeShape, hasBatch, positionCount, type Shape } from '../shape';
import { type Flow, foldGrad } from '../tape';
import { flowOf } from './operators';
import type { Reader } from './reader';
import { guessesForRank, iterate } from './sequences';
import type { Data } from './tensors';
import {
  type Args,
  args,
  isKind,
  isList,
  list,
  NeedShape,
  type TensorValue,
  tensor,
  unknown,
  type Value,
} from './values';

/** Axes from `start` to `end` become one. */
export function flattenFlow(reader: Reader, x: Flow, start: number, end: number): Flow {
  const from = axisIndex(x.shape, start);
  const to = axisIndex(x.shape, end);
  if (to <= from) return x;
  const merged = x.shape.slice(from, to + 1);
  const real = merged.filter((axis) => axis.size > 1 || axis.role === 'batch');
  const [front, back] = [x.shape.slice(0, from), x.shape.slice(to + 1)];
  if (real.some((axis) => axis.role === 'batch'))
    return reshape(reader.tape, x, [...front, foldedBatch(real), ...back]);
  const role = real.length > 0 && real.every((axis) => axis.role === 'position') ? 'position' : 'feature';
  const size = merged.reduce((total, axis) => total * axis.size, 1);
  return reshape(reader.tape, x, [...front, { size, role }, ...back]);
}

export function numbersIn(given: Args): (number | 'unknown')[] {
  const first = given.positional[0];
  const items = given.positional.length === 1 && isList(first) ? first.items : given.positional;
  return items.map((v) => (typeof v === 'number' ? v : 'unknown'));
}

export function view(reader: Reader, self: Data, given: Args): Value {
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
  if (self.kind === 'indices') return gridView(reader, self.shape, sizes);
  const { flow } = self;
  if (sizes.includes('unknown')) {
    const same = sizes.length === flow.shape.length;
    return same ? self : reader.passOver('a view of unknown sizes', args(self));
  }
  // The samples of an input count as many as were asked for, those that code makes half a one more (see Reader).
  const samples = flow.shape.find((axis) => axis.role === 'batch' && axis.folded === undefined)?.size;
  const isCount = (size: number) => size === reader.tape.batch || size === reader.options.batch;
  const numeric = sizes.map((size, i) =>
    size === 'unknown'
      ? -1
      : i === 0 && isCount(size) && samples !== undefined && isCount(samples)
        ? samples
        : size,
  );
  const [first, second] = numeric;
  if (numeric.length === 2 && first === -1 && second !== undefined && second > 0) {
    // Samples (and positions) in front, features behind: keep them apart.
    const last = flow.shape[flow.shape.length - 1];
    if (last?.size === second && last.role === 'feature') return tensor(flattenFlow(reader, flow, 0, -2));
  }
  const shape = viewShape(flow.shape, numeric, reader.tape.batch);
  if (shape === null) {
    reader.mismatch(
      'features',
      `${describeShape(flow.shape)} cannot be seen as [${numeric.map((size) => (size === reader.tape.batch ? 'batch' : size)).join(', ')}]`,
      ...entriesASample(reader, flow, numeric),
    );
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
  const seen = reshape(reader.tape, flow, shape);
  if (shape.some((axis) => (axis.folded ?? 1) > 1)) reader.viewOf.set(seen, flow);
  return tensor(seen);
}

/** Entries a sample has to have for a view, and those it has; nothing where the view leaves them open. */
function entriesASample(reader: Reader, flow: Flow, sizes: readonly number[]): [number, number] | [] {
  const [first, ...rest] = sizes;
  if ((first !== -1 && first !== reader.tape.batch) || rest.some((size) => size < 1)) return [];
  const total = flow.shape.reduce((all, axis) => all * axis.size, 1);
  return [rest.reduce((all, size) => all * size, 1), total / reader.tape.batch];
}

/** Integers in another shape. */
function gridView(reader: Reader, shape: Shape, sizes: readonly (number | 'unknown')[]): Value {
  if (sizes.includes('unknown')) return { kind: 'indices', shape };
  const numeric = sizes.map((size) => (size === 'unknown' ? -1 : size));
  const seen = viewShape(shape, numeric, reader.tape.batch) ?? shape;
  const places = seen.map((axis): Axis => (axis.role === 'batch' ? axis : { ...axis, role: 'position' }));
  return { kind: 'indices', shape: places };
}

export function permuted(reader: Reader, self: TensorValue, order: readonly (number | 'unknown')[]): Value {
  const n = self.flow.shape.length;
  const numeric = order.map((v) => (v === 'unknown' ? 0 : axisIndex(self.flow.shape, v)));
  return numeric.length === n ? tensor(permute(reader.tape, self.flow, numeric)) : self;
}

export function split(reader: Reader, x: Flow, count: number, dim: number): Value {
  const axis = axisIndex(x.shape, dim);
  const size = x.shape[axis]?.size ?? 1;
  const n = Math.max(1, Math.min(count, 512));
  if (x.shape[axis]?.role === 'batch' && n > 1) return outOfBatch(reader, x, axis, n);
  return list(Array.from({ length: n }, () => tensor(slice(reader.tape, x, axis, size / n))));
}

/** expand, repeat: only a parameter's missing axes matter; it meets its positions when it is combined. */
export function expand(reader: Reader, x: Flow, first: Value, given: Args, name = 'expand'): Value {
  if (!x.free) return tensor(repeated(reader, x, numbersIn(given), first));
  if (x.back === null && name === 'repeat') return tensor(tiled(reader, x, numbersIn(given)));
  const sizes = isKind(first, 'tensor') ? first.flow.shape.map((axis) => axis.size) : numbersIn(given);
  // Learned tokens that every sample starts from; the batch is whole where an input's own shape tells it.
  const isBatch = sizes[0] === reader.tape.batch || (sizes[0] === reader.options.batch && x.shape.length > 2);
  const lifted = isBatch && x.shape[0]?.size === 1 && sizes.length === x.shape.length;
  return tensor(lifted ? repeated(reader, everySample(reader, x), sizes, null) : x);
}

/** A constant laid beside itself along its axes. */
function tiled(reader: Reader, x: Flow, times: readonly (number | 'unknown')[]): Flow {
  const shape = times.map((count, i): Axis => {
    const own = x.shape[x.shape.length - times.length + i]?.size ?? 1;
    return { size: typeof count === 'number' ? own * count : own, role: 'feature' };
  });
  return reader.tape.add({ shape, mean: x.mean, kernel: x.kernel, free: true });
}

/** A tensor whose first axis of one entry becomes the samples: learned tokens that every sample starts from. */
export function everySample(reader: Reader, x: Flow): Flow {
  const shape = x.shape.map((axis, i): Axis => {
    if (i === 0) return { size: reader.tape.batch, role: 'batch' };
    return { size: axis.size, role: i === x.shape.length - 1 ? 'feature' : 'position' };
  });
  const second = x.kernel[0];
  const apart = positionCount(shape) > 1 ? x.mean * x.mean : second;
  return reader.tape.add({
    shape,
    mean: x.mean,
    kernel: [second, apart, second, apart],
    learned: x,
    back: (grad) => {
      const b = reader.tape.batch;
      const near = Math.max(0, b * grad.spread[0] + b * (b - 1) * grad.spread[2]);
      reader.tape.sendSpread(x, [near, 0, near, 0]);
    },
  });
}

/** Axes of one entry that data is repeated along: the copies are places. */
function repeated(reader: Reader, x: Flow, sizes: readonly (number | 'unknown')[], like: Value): Flow {
  const wanted = isKind(like, 'tensor') ? like.flow.shape.map((axis) => axis.size) : sizes;
  const ahead = wanted.length - x.shape.length;
  if (ahead < 0) return x;
  const lacks = !hasBatch(x.shape);
  const own = [...Array.from({ length: ahead }, (): Axis => ({ size: 1, role: 'feature' })), ...x.shape];
  const shape = own.map((axis, i): Axis => {
    const size = wanted[i];
    if (axis.size !== 1 || axis.role === 'batch' || typeof size !== 'number' || size <= 1) return axis;
    // What has lost its samples (a statistic over the batch) is the same for each of them.
    return { size, role: i === 0 && lacks && size === reader.tape.batch ? 'batch' : 'position' };
  });
  if (ahead === 0 && shape.every((axis, i) => axis.size === x.shape[i]?.size)) return x;
  const { mean, kernel, back } = stretch(reader.tape, x, shape);
  return reader.tape.add({ shape, mean, kernel, back });
}

/** Rows of a table that an integer grid picks: a relative position's bias, a codebook's entry. */
export function rowsOf(reader: Reader, table: Flow, picked: Value): Flow {
  const places = isKind(picked, 'indices') ? picked.shape : [];
  const shape = [...places, ...table.shape.slice(1)];
  const batched = places.some((axis) => axis.role === 'batch');
  const share = places.reduce((total, axis) => total * axis.size, 1) / (table.shape[0]?.size ?? 1);
  const [k] = table.kernel;
  const apart = table.mean * table.mean;
  return reader.tape.add({
    shape,
    mean: table.mean,
    kernel: batched ? [k, apart, apart, apart] : table.kernel,
    free: table.free && !batched,
    back: (grad) => reader.tape.sendSpread(table, scaleKernel(foldGrad(grad, positionCount(shape)), share)),
  });
}

/** Tensors put behind each other as samples (the heads of attention): each has its own moments, none joins another. */
function intoBatch(reader: Reader, parts: readonly Flow[], axis: number): Flow {
  const [first] = parts;
  const n = parts.length;
  const shape = (first?.shape ?? []).map(
    (old, i): Axis => (i === axis ? { ...old, size: old.size * n, folded: n * (old.folded ?? 1) } : old),
  );
  const kernel = parts.map((p) => p.kernel).reduce(addKernel, zeroKernel);
  return reader.tape.add({
    shape,
    mean: parts.reduce((total, p) => total + p.mean, 0) / n,
    kernel: scaleKernel(kernel, 1 / n),
    back: (grad) => {
      const g = foldGrad(grad, positionCount(shape));
      for (const p of parts) reader.tape.sendSpread(p, g);
    },
  });
}

/** The way back from intoBatch. */
function outOfBatch(reader: Reader, x: Flow, axis: number, n: number): Value {
  const shape = x.shape.map((old, i): Axis => {
    if (i !== axis) return old;
    const folded = (old.folded ?? 1) / n;
    return { size: old.size / n, role: old.role, ...(folded > 1 ? { folded } : {}) };
  });
  const part = () =>
    reader.tape.add({
      shape,
      mean: x.mean,
      kernel: x.kernel,
      back: (grad) => reader.tape.sendSpread(x, scaleKernel(foldGrad(grad, positionCount(shape)), 1 / n)),
    });
  return list(Array.from({ length: n }, () => tensor(part())));
}

export function concatValues(reader: Reader, value: Value, dim: number): Value {
  const parts = iterate(reader, value);
  const [grid] = parts;
  if (isKind(grid, 'indices') && parts.every((part) => isKind(part, 'indices'))) return grid;
  const flows = parts.map((p) => flowOf(reader, p)).filter((f): f is Flow => f !== null);
  const first = flows.find((f) => !f.free) ?? flows[0];
  if (first === undefined) return unknown('a concatenation');
  const odd = flows.find((flow) => !flow.free && flow.shape.length !== first.shape.length);
  if (odd !== undefined)
    reader.mismatch('features', `${describeShape(first.shape)} and ${describeShape(odd.shape)} are joined`);
  const axis = axisIndex(first.shape, dim);
  const apart = flows.find((flow) => !flow.free && !fits(flow.shape, first.shape, axis));
  if (apart !== undefined)
    reader.mismatch('unknown', `${describeShape(first.shape)} and ${describeShape(apart.shape)} are joined`);
  if (flows.length > 1 && flows.every((flow) => flow.shape[axis]?.role === 'batch'))
    return tensor(intoBatch(reader, flows, axis));
  // A single token in front of a sequence is joined as the parameter it is: only its own place counts for it.
  const joined = flows.map((flow) => (flow.shape[axis]?.size === 1 ? (flow.learned ?? flow) : flow));
  return tensor(concat(reader.tape, joined.every((flow) => flow.free) ? flows : joined, axis));
}

/** Have two tensors that are joined along an axis the same samples and places otherwise? */
function fits(a: Shape, b: Shape, axis: number): boolean {
  return a.every((own, i) => {
    const other = b[i];
    return (
      i === axis ||
      other === undefined ||
      own.role === other.role ||
      own.size === other.size ||
      !(own.size > 0 && other.size > 0)
    );
  });
}

export function stackValues(reader: Reader, value: Value, dim: number): Value {
  const parts = iterate(reader, value);
  const [grid] = parts;
  if (isKind(grid, 'indices') && parts.every((part) => isKind(part, 'indices'))) {
    const at = dim < 0 ? grid.shape.length + 1 + dim : dim;
    const axis: Axis = { size: parts.length, role: 'feature' };
    return { kind: 'indices', shape: [...grid.shape.slice(0, at), axis, ...grid.shape.slice(at)] };
  }
  const flows = parts.map((p) => flowOf(reader, p)).filter((f): f is Flow => f !== null);
  const first = flows[0];
  if (first === undefined) return unknown('a stack');
  const at = dim < 0 ? first.shape.length + 1 + dim : dim;
  // Stacked steps are positions.
  const lifted = flows.map((f) =>
    reshape(reader.tape, f, [...f.shape.slice(0, at), { size: 1, role: 'position' }, ...f.shape.slice(at)]),
  );
  return tensor(concat(reader.tape, lifted, at));
}
