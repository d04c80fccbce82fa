import { addKernel, type Kernel, mapKernel, pairMean, scaleKernel, zeroKernel } from '../kernel';
import { featureCount, positionCount } from '../shape';
import {
  type Bend,
  type Flow,
  foldGrad,
  type Grad,
  mapBend,
  mapGrad,
  type Parameter,
  parameterCount,
  scaleGrad,
  secondMoment,
  type Tape,
} from '../tape';
import { byPieces } from './concat';

export interface Affine {
  readonly weight: Parameter | null;
  readonly bias: Parameter | null;
}

const ones: Kernel = [1, 1, 1, 1];

/** Learned scale and shift per feature, both shared by samples and positions. */
export function affine(tape: Tape, x: Flow, { weight, bias }: Affine): Flow {
  if (weight === null && bias === null) return x;
  const gain = weight === null ? 1 : secondMoment(weight.init);
  const level = weight === null ? 1 : weight.init.mean;
  const offset = bias === null ? 0 : secondMoment(bias.init);
  const cross = bias === null ? 0 : 2 * level * x.mean * bias.init.mean;
  return tape.add({
    shape: x.shape,
    mean: level * x.mean + (bias?.init.mean ?? 0),
    kernel: mapKernel(x.kernel, (k) => gain * k + offset + cross),
    back: (grad) => {
      const positions = positionCount(x.shape);
      const delta = foldGrad(grad, positions);
      const gather = (parameter: Parameter | null, input: Kernel, bent: Kernel) => {
        if (parameter === null) return;
        const entries = parameterCount(parameter.sizes);
        const shared = Math.max(1, featureCount(x.shape) / entries);
        const entry =
          tape.entryMoment(delta, input, x.shape, positions) +
          tape.entryMoment(bent, ones, x.shape, positions);
        tape.gather(parameter, entries * shared * entry);
      };
      gather(weight, x.kernel, bentScale(grad.bend, x, gain));
      gather(bias, ones, zeroKernel);
      tape.send(x, scaleGrad(grad, gain));
    },
  });
}

/** What the dependence of δ on the values it scales adds to a scale's gradient: (∂δ/∂y γ Var x)². */
function bentScale(bend: Bend | null, x: Flow, gain: number): Kernel {
  if (bend === null) return zeroKernel;
  const varying = Math.max(0, x.kernel[0] - x.kernel[3]);
  return scaleKernel(addKernel(bend.trace, bend.own), gain * varying * varying);
}

/**
 * Batch normalisation over samples and positions. Centring takes the mean over all pairs out of every pair, forward and
 * backward, which gives the finite batch of Yang et al. 2019 (arXiv 1902.08129); the part of the gradient along the
 * normalised values is removed, and 1/σ² of N values has expectation ν/(ν−2) above 1/E σ², ν = N − 1.
 */
export function batchNorm(tape: Tape, x: Flow, eps: number, parts: Affine): Flow {
  tape.notes.add(`batch normalisation sees a batch of ${Math.floor(tape.batch)}`);
  return affine(
    tape,
    byPieces(tape, x, 1, (piece) => batchStandard(tape, piece, eps)),
    parts,
  );
}

function batchStandard(tape: Tape, x: Flow, eps: number): Flow {
  const positions = positionCount(x.shape);
  const batch = tape.batch;
  const centre = pairMean(x.kernel, batch, positions);
  const variance = Math.max(x.kernel[0] - centre, 0);
  const inverse = 1 / (variance + eps);
  const centred = mapKernel(x.kernel, (k) => (k - centre) * inverse);
  const relative = mapKernel(centred, (k) => (k / Math.max(centred[0], 1e-12)) ** 2);
  // Number of independent values the variance is estimated from.
  const independent = 1 / Math.max(pairMean(relative, batch, positions), 1e-12);
  const degrees = Math.max(independent - 1, 2.5);
  const along = Math.max(0, 1 - 1 / independent);
  const factor = (inverse * along * degrees) / (degrees - 2);
  return tape.add({
    shape: x.shape,
    mean: 0,
    kernel: centred,
    back: (grad) => {
      const delta = foldGrad(grad, positions);
      const common = pairMean(delta, batch, positions);
      tape.sendSpread(
        x,
        mapKernel(delta, (k) => (k - common) * factor),
        // The part of the gradient along the normalised values is gone: nothing of the diagonal is left.
        grad.bend === null
          ? null
          : { trace: zeroKernel, own: zeroKernel, mixed: scaleKernel(grad.bend.mixed, inverse * inverse) },
      );
    },
  });
}

/**
 * Layer, group and instance normalisation: statistics of one sample over `features` features and, where `pooled`, all
 * positions (GroupNorm: its group's channels; InstanceNorm: one channel; LayerNorm: all features of one position).
 */
export function sampleNorm(
  tape: Tape,
  x: Flow,
  eps: number,
  parts: Affine,
  features: number,
  pooled: boolean,
): Flow {
  const change = (piece: Flow) => sampleStandard(tape, piece, eps, features, pooled);
  // Groups of channels that lie in one piece each; statistics of one position take all of its channels.
  const apart = pooled && features < featureCount(x.shape);
  return affine(tape, apart ? byPieces(tape, x, features, change) : change(x), parts);
}

function sampleStandard(tape: Tape, x: Flow, eps: number, features: number, pooled: boolean): Flow {
  const positions = pooled ? positionCount(x.shape) : 1;
  const across = x.mean * x.mean;
  const groupMean = (k: Kernel, mean: number): Kernel => {
    const average = (near: number, far: number) =>
      (near + (positions - 1) * far) / positions / features + (1 - 1 / features) * mean;
    const own = average(k[0], k[1]);
    const other = average(k[2], k[3]);
    if (pooled) return [own, own, other, other];
    return [own, average(k[1], k[1]), average(k[2], k[2]), average(k[3], k[3])];
  };
  const centre = groupMean(x.kernel, across);
  const variance = Math.max(x.kernel[0] - centre[0], 0);
  const inverse = 1 / (variance + eps);
  const centred = x.kernel.map((k, i) => (k - (centre[i] ?? 0)) * inverse) as unknown as Kernel;
  const kept = Math.max(0, 1 - 1 / (features * positions));
  return tape.add({
    shape: x.shape,
    mean: 0,
    kernel: centred,
    back: (grad) => {
      const back = mapGrad(
        grad,
        (k) => {
          const common = groupMean(k, 0);
          return k.map((v, i) => (v - (common[i] ?? 0)) * inverse * kept) as unknown as Kernel;
        },
        mapBend(grad.bend, (k) => scaleKernel(k, inverse * inverse)),
      );
      tape.send(x, pooled ? back : leading(back, x, variance, eps));
    },
  });
}

/** The first position has a deviation of its own to be divided by, where it differs from the others (see Flow.lead). */
function leading(back: Grad, x: Flow, variance: number, eps: number): Grad {
  if (x.lead === 1) return back;
  const ratio = (variance + eps) / (variance * x.lead + eps);
  const [own, , other] = back.spread;
  // It is one of the places that all get a gradient, too: there what is divided by less comes back larger.
  const more = Math.max(0, ratio - 1);
  const first = addKernel(scaleKernel(back.first, ratio), [own * more, 0, other * more, 0]);
  return { ...back, first };
}

/** Division by the root mean square of the features (Zhang & Sennrich 2019); also L2 normalisation up to a factor. */
export function rmsNorm(tape: Tape, x: Flow, eps: number, parts: Affine, size = 1): Flow {
  const inverse = size / (x.kernel[0] + eps);
  const kept = Math.max(0, 1 - 1 / Math.max(1, featureCount(x.shape)));
  const normalised = tape.add({
    shape: x.shape,
    mean: x.mean * Math.sqrt(inverse),
    kernel: mapKernel(x.kernel, (k) => k * inverse),
    back: (grad) => {
      const back = mapGrad(grad, (k) => mapKernel(k, (v) => v * inverse * kept));
      tape.send(x, leading(back, x, x.kernel[0], eps));
    },
  });
  return affine(tape, normalised, parts);
}
