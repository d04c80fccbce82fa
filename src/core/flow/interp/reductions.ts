import { pairMean } from '../kernel';
import { averagePool, batchMean, maxPool } from '../ops/pool';
import { reduceFeatures, reshape } from '../ops/reshape';
import { scale } from '../ops/scalar';
import { type Axis, axisIndex, positionCount, type Shape } from '../shape';
import type { Flow, Tape } from '../tape';
import type { Reader } from './reader';

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
  const samples = x.shape.findIndex((axis) => axis.role === 'batch');
  if (how !== 'max' && axes.length > 0 && chosen.includes(samples)) {
    const shape = flow.shape.map(
      (axis): Axis => (axis.role === 'batch' ? { size: 1, role: 'feature' } : axis),
    );
    // Of the features' means nothing is known but that they are: only means over samples and places are centred on.
    const whole = features === 1 && (positions === 1 || positions === positionCount(x.shape));
    flow = batchMean(reader.tape, whole ? x : flow, shape, whole && positions > 1);
    if (how === 'sum') flow = scale(reader.tape, flow, reader.tape.batch * (whole ? positions : 1));
  }
  if (keep) return flow;
  const shape = flow.shape.filter((axis, i) => !chosen.includes(i) || axis.role === 'batch');
  return reshape(reader.tape, flow, shape);
}

/** Second moment of the mean that a variance over some axes is taken around: of the samples, where it is theirs. */
export function sharedMoment(tape: Tape, x: Flow, axes: readonly number[]): number {
  const roles = axes.map((axis) => x.shape[axisIndex(x.shape, axis)]?.role);
  if (!roles.includes('batch')) return x.mean ** 2;
  return pairMean(x.kernel, tape.batch, roles.includes('position') ? positionCount(x.shape) : 1);
}
