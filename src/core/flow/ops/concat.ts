import { addKernel, type Kernel, scaleKernel, zeroKernel } from '../kernel';
import { featureCount, hasBatch, positionCount } from '../shape';
import { type Flow, foldGrad, type Pieces, spreadGrad, type Tape } from '../tape';

/** Tensors joined along an axis. */
export function concat(tape: Tape, parts: readonly Flow[], axis: number): Flow {
  const widest = parts.find((p) => hasBatch(p.shape)) ?? parts[0];
  if (widest === undefined) return tape.add({ shape: [], mean: 0, kernel: zeroKernel });
  const sizes = parts.map((p) => p.shape[axis]?.size ?? 1);
  const total = sizes.reduce((all, size) => all + size, 0);
  const role = widest.shape[axis]?.role ?? 'feature';
  const shape = widest.shape.map((old, i) => (i === axis ? { size: total, role: old.role } : old));
  let mean = 0;
  let kernel: Kernel = zeroKernel;
  parts.forEach((p, i) => {
    const fraction = (sizes[i] ?? 1) / total;
    mean += fraction * p.mean;
    const own: Kernel = !p.free ? p.kernel : [p.kernel[0], p.mean ** 2, p.kernel[0], p.mean ** 2];
    kernel = addKernel(kernel, scaleKernel(own, fraction));
  });
  if (role === 'position')
    kernel = [kernel[0], pairsApart(parts, sizes, total, 1), kernel[2], pairsApart(parts, sizes, total, 3)];
  const [front] = parts;
  const leads = role === 'position' && front !== undefined && kernel[0] > 0;
  return tape.add({
    shape,
    mean,
    kernel,
    lead: leads ? (front.kernel[0] * front.lead) / kernel[0] : 1,
    pieces: role === 'feature' ? piecesOf(parts, axis) : null,
    back: (grad) => {
      const joined = role === 'position' ? spreadGrad(grad.spread) : grad;
      const g = foldGrad(joined, positionCount(shape));
      parts.forEach((p, i) => {
        const fraction = (sizes[i] ?? 1) / total;
        // A class token in front gets what only the first position gets.
        const end =
          role === 'position' && i === 0
            ? grad.first
            : role === 'position' && i === parts.length - 1
              ? grad.last
              : zeroKernel;
        const share = 1 / (sizes[i] ?? 1) || 1;
        const sent: Kernel = [g[0] + end[0] * share, g[1], g[2] + end[2] * share, g[3]];
        // Parameters joined with each other have summed over the samples already.
        if (hasBatch(p.shape) || !hasBatch(shape)) {
          const bend =
            role === 'position' || grad.bend === null
              ? null
              : { ...grad.bend, mixed: scaleKernel(grad.bend.mixed, fraction) };
          tape.sendSpread(p, sent, bend);
        } else tape.sendSpread(p, overBatch(sent, tape.batch));
      });
    },
  });
}

/** More pieces than a block of any published network joins are not looked at one by one. */
const mostPieces = 40;

function piecesOf(parts: readonly Flow[], axis: number): Pieces | null {
  const flows = parts.flatMap((p) => (p.pieces?.axis === axis ? p.pieces.flows : [p]));
  const plain = flows.length <= mostPieces && flows.every((p) => !p.free && hasBatch(p.shape));
  return plain ? { axis, flows } : null;
}

/**
 * What a function that never mixes the channels of two pieces makes of a tensor: the pieces are joined again behind it.
 * `unit` is the number of channels it takes together.
 */
export function byPieces(tape: Tape, x: Flow, unit: number, change: (piece: Flow) => Flow): Flow {
  const { pieces } = x;
  if (pieces === null || pieces.flows.some((p) => featureCount(p.shape) % unit !== 0)) return change(x);
  return concat(tape, pieces.flows.map(change), pieces.axis);
}

function overBatch(g: Kernel, batch: number): Kernel {
  const near = Math.max(0, batch * g[0] + batch * (batch - 1) * g[2]);
  const far = batch * g[1] + batch * (batch - 1) * g[3];
  return [near, far, near, far];
}

function pairsApart(parts: readonly Flow[], sizes: readonly number[], total: number, entry: 1 | 3): number {
  let sum = 0;
  let weight = 0;
  parts.forEach((p, i) => {
    parts.forEach((q, j) => {
      const n = sizes[i] ?? 1;
      const m = sizes[j] ?? 1;
      const pairs = i === j ? n * (n - 1) : n * m;
      sum += pairs * (i === j ? (!p.free ? p.kernel[entry] : p.mean ** 2) : p.mean * q.mean);
      weight += pairs;
    });
  });
  return total > 1 && weight > 0 ? sum / weight : 0;
}
