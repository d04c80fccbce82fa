import { attend, weightedSum } from '../ops/attention';
import { contrast } from '../ops/contrast';
import { multiply } from '../ops/elementwise';
import { permute, reshape } from '../ops/reshape';
import { type Axis, describeShape, featureCount, foldedCount, hasBatch, positionCount } from '../shape';
import { createParameter, type Flow } from '../tape';
import { applyLinear } from './forward';
import { flowOf } from './operators';
import type { Reader } from './reader';
import { reduce } from './reductions';
import { args, type InputGuess, isKind, NeedShape, tensor, unknown, type Value } from './values';
import { everySample } from './views';

/** x @ y: a learned matrix, attention's scores, its weighted sum, or a product of two unrelated tensors. */
export function matrixProduct(reader: Reader, a: Value, b: Value): Value {
  if (isKind(b, 'parameter') && b.parameter.sizes.length === 2) {
    const [inputs = 1] = b.parameter.sizes;
    if (isKind(a, 'input')) throw new NeedShape(a.name, widthGuesses(inputs));
    if (isKind(a, 'indices')) reader.mismatch('tokens', 'tokens are multiplied by a matrix');
    const x = flowOf(reader, a);
    if (x === null) return unknown('a product');
    const [rows, columns] = b.parameter.sizes;
    const width = x.shape[x.shape.length - 1]?.size;
    // x @ W has its inputs in front; a transposed weight (x @ W.t()) has them behind.
    const behind = columns === width && rows !== width;
    const flipped = behind ? [...b.parameter.sizes] : [columns ?? 1, rows ?? 1];
    return tensor(applyLinear(reader, x, sharedAs(b.parameter, flipped), null));
  }
  if (isKind(b, 'parameter') && b.parameter.sizes.length === 1) {
    // Scores of places that samples are folded with are not told apart by sample.
    const x = isKind(a, 'tensor') && foldedCount(a.flow.shape) === 1 ? a.flow : null;
    const scored =
      x === null ? null : applyLinear(reader, x, sharedAs(b.parameter, [1, ...b.parameter.sizes]), null);
    if (scored !== null) return tensor(reshape(reader.tape, scored, scored.shape.slice(0, -1)));
  }
  if (isKind(a, 'input') && isKind(b, 'input'))
    throw new NeedShape(b.name, [{ kind: 'vector', features: Number.NaN, rank: 0, timeFirst: false }]);
  if (isKind(b, 'tensor') && mixesSamples(a, b.flow)) {
    reader.opaque += 1;
    reader.skipped.add(
      'a matrix of the data mixes the samples (the nodes of a graph): taken to leave their scale',
    );
    return b;
  }
  const given = flowOf(reader, a);
  const y = flowOf(reader, b);
  if (given === null || y === null) return unknown('a product');
  if (given.shape.length === 2 && given.shape.every((axis) => axis.role === 'batch') && y.shape.length > 2)
    reader.mismatch('unknown', `pairs of samples are multiplied by ${describeShape(y.shape)}`);
  const x = eachSample(reader, given, y);
  if (isEachAgainstEach(x, y)) return tensor(contrast(reader.tape, x, y, x.shape[1]?.size ?? 1));
  if (x.scores !== null) {
    const shape = x.shape.map(
      (axis, i): Axis => (i === x.shape.length - 1 ? (y.shape[y.shape.length - 1] ?? axis) : axis),
    );
    const { query, key, scale: factor } = x.scores;
    const width = query.shape[query.shape.length - 1]?.size ?? 1;
    const heads = Math.max(1, featureCount(query.shape) / width);
    return tensor(attend(reader.tape, query, key, y, heads, factor, shape));
  }
  if (y.shape.length === 2 && !hasBatch(y.shape) && y.shape.every((axis) => axis.size > 0)) {
    const [rows, columns] = y.shape.map((axis) => axis.size);
    const init = { mean: y.mean, variance: Math.max(0, y.kernel[0] - y.mean * y.mean) };
    const weight = createParameter([columns ?? 1, rows ?? 1], init, reader.offset, null, y);
    return tensor(applyLinear(reader, x, weight, null));
  }
  const sum = weighted(reader, x, y);
  if (sum !== null) return sum;
  const last = y.shape[y.shape.length - 1];
  if (last?.role === 'position' || positionCount(x.shape) > 1) return tensor(attentionScores(reader, x, y));
  return batchedProduct(reader, x, y) ?? reader.passOver('a product of two tensors', args(a));
}

/** Matrices of each sample's features: products entry by entry, summed over the axis they share; null for other shapes. */
function batchedProduct(reader: Reader, x: Flow, y: Flow): Value | null {
  const rank = x.shape.length;
  if (rank < 3 || y.shape.length !== rank) return null;
  const one: Axis = { size: 1, role: 'feature' };
  const rows = reshape(reader.tape, x, [...x.shape, one]);
  const columns = reshape(reader.tape, y, [...y.shape.slice(0, -2), one, ...y.shape.slice(-2)]);
  return tensor(reduce(reader, multiply(reader.tape, rows, columns), [rank - 1], 'sum', false));
}

/** What is multiplied by a matrix of so many rows. */
function widthGuesses(features: number): InputGuess[] {
  return (['vector', 'sequence'] as const).map((kind) => ({ kind, features, rank: 0, timeFirst: false }));
}

/** A matrix of the data (an adjacency matrix) times the features of nodes, which are the samples. */
function mixesSamples(a: Value, y: Flow): boolean {
  if (y.shape.length !== 2 || y.shape[0]?.role !== 'batch') return false;
  // Attention from node to node.
  if (isKind(a, 'tensor') && a.flow.shape.length === 2 && a.flow.shape.at(-1)?.role === 'batch') return true;
  if (isKind(a, 'tensor')) return !hasBatch(a.flow.shape);
  return !isKind(a, 'parameter') && !isKind(a, 'indices');
}

/** Samples in the rows of one matrix and in the columns of the other. */
function isEachAgainstEach(x: Flow, y: Flow): boolean {
  return (
    x.shape.length === 2 &&
    y.shape.length === 2 &&
    x.shape[0]?.role === 'batch' &&
    y.shape[1]?.role === 'batch'
  );
}

/** Weights that are no product of queries and keys (an additive score's softmax), over the tokens they are given. */
function weighted(reader: Reader, x: Flow, y: Flow): Value | null {
  const tokens = x.shape[x.shape.length - 1];
  const places = y.shape[y.shape.length - 2];
  const width = y.shape[y.shape.length - 1];
  if (
    tokens === undefined ||
    places?.role !== 'position' ||
    tokens.size !== places.size ||
    width === undefined
  )
    return null;
  const queries = x.shape[x.shape.length - 2];
  const shape = y.shape.map((axis, i): Axis => {
    if (i !== y.shape.length - 2) return axis;
    return queries?.role === 'position' ? queries : { size: queries?.size ?? 1, role: 'feature' };
  });
  return tensor(weightedSum(reader.tape, x, y, tokens.size, shape));
}

/** Learned queries meet the keys of every sample. */
function eachSample(reader: Reader, x: Flow, y: Flow): Flow {
  const isShared =
    x.free && x.shape.length === y.shape.length && x.shape.length > 2 && x.shape[0]?.size === 1;
  return isShared && hasBatch(y.shape) ? everySample(reader, x) : x;
}

/** The same parameter with its axes the other way round. */
export function sharedAs(
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
