import { type Kernel, scaleKernel, zeroKernel } from '../kernel';
import { type Axis, featureCount, positionCount, type Shape } from '../shape';
import { type Flow, foldGrad, type Grad, mapBend, spreadGrad, type Tape } from '../tape';

/** The same entries under another shape; roles decide what moves between features and positions. */
export function reshape(tape: Tape, x: Flow, shape: Shape): Flow {
  const before = positionCount(x.shape);
  const after = positionCount(shape);
  if (x.free) return relabelled(tape, x, shape);
  const across = x.mean * x.mean;
  if (after < before) {
    // Positions become features: pairs of positions stop being pairs of one feature.
    const left = after > 1 ? x.kernel[1] : x.kernel[0];
    const leftOther = after > 1 ? x.kernel[3] : x.kernel[2];
    return tape.add({
      shape,
      mean: x.mean,
      kernel: [x.kernel[0], left, x.kernel[2], leftOther],
      back: (grad) => {
        const g = foldGrad(grad, after);
        const share = before > 1 ? (after - 1) / (before - 1) : 0;
        tape.sendSpread(x, [g[0], g[1] * share, g[2], g[3] * share]);
      },
    });
  }
  if (after > before) {
    const together = after > 1 ? (before - 1) / (after - 1) : 0;
    const mix = (k: number) => together * k + (1 - together) * across;
    return tape.add({
      shape,
      mean: x.mean,
      kernel: [x.kernel[0], mix(x.kernel[1]), x.kernel[2], mix(x.kernel[3])],
      back: (grad) => {
        const g = foldGrad(grad, after);
        tape.sendSpread(x, [g[0], g[1], g[2], g[3]]);
      },
    });
  }
  return tape.add({
    shape,
    mean: x.mean,
    sign: x.sign,
    kernel: x.kernel,
    scores: x.scores ?? undefined,
    before: x.before,
    lead: x.lead,
    average: x.average,
    back: (grad: Grad) => tape.send(x, grad),
  });
}

/** A parameter under another shape stays a parameter: its roles are still to be decided. */
function relabelled(tape: Tape, x: Flow, shape: Shape): Flow {
  return tape.add({
    shape,
    mean: x.mean,
    sign: x.sign,
    kernel: x.kernel,
    free: true,
    ...(isConstant(x) ? {} : { back: (grad: Grad) => tape.send(x, grad) }),
  });
}

/** Nothing flows on from a constant: what is made of it alone is one too. */
function isConstant(x: Flow): boolean {
  return x.free && x.back === null;
}

/** Shape after `view(sizes)`, −1 inferred; null when the sizes do not fit. */
export function viewShape(old: Shape, sizes: readonly (number | 'batch')[], batch: number): Shape | null {
  const target = sizes.map((size) => (size === 'batch' ? batch : size));
  const total = old.reduce((all, axis) => all * axis.size, 1);
  const known = target.reduce((all, size) => (size === -1 ? all : all * size), 1);
  const full = target.map((size) => (size === -1 ? total / known : size));
  if (full.some((size) => !(size >= 1))) return inferUnknown(old, sizes);
  // The batch counts half a sample more than it has (see Reader).
  if (full.some((size) => !Number.isInteger(2 * size))) return null;
  if (Math.abs(full.reduce((all, size) => all * size, 1) - total) > 0.5) return null;
  return assignRoles(old, full);
}

/** With an unknown number of features the only readable view is `(batch, −1)` or sizes that are all given. */
function inferUnknown(old: Shape, sizes: readonly (number | 'batch')[]): Shape | null {
  if (!old.some((axis) => Number.isNaN(axis.size))) return null;
  return sizes.map((size, i): Axis => {
    if (i === 0 || size === 'batch') return { size: old[0]?.size ?? 1, role: 'batch' };
    return { size: size === -1 ? Number.NaN : size, role: 'feature' };
  });
}

/**
 * Roles of the new axes, walking both shapes from the left. An axis made of several takes: batch if the batch is in it,
 * position if all are positions, else feature. An axis split into several: batch or position go to the first part,
 * features stay features.
 */
function assignRoles(old: Shape, sizes: readonly number[]): Shape | null {
  const out: Axis[] = [];
  let i = 0;
  let j = 0;
  while (j < sizes.length) {
    const from: Axis[] = [];
    const to: number[] = [];
    let a = 1;
    let b = 1;
    do {
      if (a <= b && i < old.length) {
        const axis = old[i++];
        if (axis !== undefined) {
          from.push(axis);
          a *= axis.size;
        }
      } else if (j < sizes.length) {
        const size = sizes[j++] ?? 1;
        to.push(size);
        b *= size;
      } else return null;
    } while (Math.abs(a - b) > 0.5 || to.length === 0);
    // Trailing axes of one entry belong to the last group.
    if (i >= old.length) while (j < sizes.length && sizes[j] === 1) to.push(sizes[j++] ?? 1);
    out.push(...groupRoles(from, to));
  }
  return out;
}

function groupRoles(from: readonly Axis[], to: readonly number[]): Axis[] {
  const real = from.filter((axis) => axis.size > 1 || axis.role === 'batch');
  if (real.some((axis) => axis.role === 'batch')) return batchRoles(real, to);
  const role =
    real.length === 1
      ? (real[0]?.role ?? 'feature')
      : real.length > 0 && real.every((axis) => axis.role === 'position')
        ? 'position'
        : 'feature';
  if (to.length === 1) {
    const [only] = real;
    return real.length === 1 && only?.size === to[0] && only !== undefined
      ? [only]
      : [{ size: to[0] ?? 1, role }];
  }
  // Same sizes in the same places keep their roles (axes of one entry come and go).
  let next = 0;
  return to.map((size): Axis => {
    const match = real[next];
    if (match !== undefined && match.size === size) {
      next++;
      return match;
    }
    return { size, role: size === 1 ? 'feature' : role };
  });
}

/** An axis of samples and something else (`x.view(B * T, C)`), and the way back: what the samples share their axis with are places. */
export function foldedBatch(axes: readonly Axis[]): Axis {
  const size = axes.reduce((total, axis) => total * axis.size, 1);
  const folded = axes.reduce(
    (total, axis) => total * (axis.role === 'batch' ? (axis.folded ?? 1) : axis.size),
    1,
  );
  return folded === 1 ? { size, role: 'batch' } : { size, role: 'batch', folded };
}

function batchRoles(real: readonly Axis[], to: readonly number[]): Axis[] {
  const whole = foldedBatch(real);
  if (to.length === 1) return [whole];
  const samples = whole.size / (whole.folded ?? 1);
  const exact = to.indexOf(samples);
  const holder = exact >= 0 ? exact : to.findIndex((size) => size > 1 && Number.isInteger(size / samples));
  const rest = real.filter((axis) => axis.role !== 'batch');
  return to.map((size, i): Axis => {
    if (i === holder) {
      return size === samples ? { size, role: 'batch' } : { size, role: 'batch', folded: size / samples };
    }
    if (size === 1) return { size, role: 'feature' };
    const same = rest.findIndex((axis) => axis.size === size);
    return same < 0 ? { size, role: 'position' } : (rest.splice(same, 1)[0] ?? { size, role: 'position' });
  });
}

/** One entry of an axis: `x[:, -1]`. */
export function select(tape: Tape, x: Flow, axis: number, end: 'first' | 'last' | null): Flow {
  const taken = x.shape[axis];
  const shape = x.shape.filter((_, i) => i !== axis);
  if (taken === undefined) return x;
  return part(tape, x, shape, taken, 1 / taken.size, end);
}

/** A range of an axis: `x[:, :k]`, one of `chunk`. */
export function slice(
  tape: Tape,
  x: Flow,
  axis: number,
  size: number,
  end: 'first' | 'last' | null = null,
): Flow {
  const taken = x.shape[axis];
  if (taken === undefined || size === taken.size) return x;
  const shape = x.shape.map((old, i) => (i === axis ? { size, role: old.role } : old));
  return part(tape, x, shape, taken, size / taken.size, size === 1 ? end : null);
}

function part(
  tape: Tape,
  x: Flow,
  shape: Shape,
  taken: Axis,
  fraction: number,
  end: 'first' | 'last' | null,
): Flow {
  const before = positionCount(x.shape);
  const after = positionCount(shape);
  const only = taken.role === 'position' && after === 1;
  if (isConstant(x)) return tape.add({ shape, mean: x.mean, kernel: x.kernel, free: true });
  return tape.add({
    shape,
    mean: x.mean,
    sign: x.sign,
    kernel: only && end === 'first' && x.lead !== 1 ? scaleKernel(x.kernel, x.lead) : x.kernel,
    free: x.free,
    back: (grad) => {
      const g = foldGrad(grad, after);
      if (only && end !== null) {
        const focused: Kernel = [g[0], 0, g[2], 0];
        tape.send(x, { ...spreadGrad(zeroKernel), [end]: focused });
        return;
      }
      if (taken.role !== 'position') {
        tape.sendSpread(
          x,
          scaleKernel(g, fraction),
          mapBend(grad.bend, (k) => scaleKernel(k, fraction)),
        );
        return;
      }
      const pairs = before > 1 ? (after * (after - 1)) / (before * (before - 1)) : 0;
      tape.sendSpread(x, [g[0] * fraction, g[1] * pairs, g[2] * fraction, g[3] * pairs]);
    },
  });
}

/** Axes in another order. */
export function permute(tape: Tape, x: Flow, order: readonly number[]): Flow {
  const shape = order.map((from): Axis => x.shape[from] ?? { size: 1, role: 'feature' });
  return tape.add({
    shape,
    mean: x.mean,
    sign: x.sign,
    kernel: x.kernel,
    free: x.free,
    before: x.before,
    scores: x.scores ?? undefined,
    ...(isConstant(x) ? {} : { back: (grad: Grad) => tape.send(x, grad) }),
  });
}

/** Sum over features: (x * w).sum(-1), a mean when `average`. */
export function reduceFeatures(tape: Tape, x: Flow, shape: Shape, average: boolean): Flow {
  const n = featureCount(x.shape) / Math.max(1, featureCount(shape));
  const factor = average ? 1 / (n * n) : 1;
  const across = x.mean * x.mean * n * (n - 1);
  const sum = (k: number) => factor * (n * k + across);
  return tape.add({
    shape,
    mean: x.mean * (average ? 1 : n),
    kernel: [sum(x.kernel[0]), sum(x.kernel[1]), sum(x.kernel[2]), sum(x.kernel[3])],
    back: (grad) =>
      tape.send(x, { ...spreadGrad(scaleKernel(foldGrad(grad, positionCount(shape)), factor)), alike: 1 }),
  });
}
