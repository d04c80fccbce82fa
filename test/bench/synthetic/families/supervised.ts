import { convolutions, stack, transformer } from '../layers';
import { classifier, decay, type Family, inUnits, power, warmUpThenCosine } from './course';

/** Supervised training from scratch and fine-tuning. */
export const SUPERVISED: Readonly<Record<string, Family>> = {
  classifier: { rows: [40, 500], draw: (random) => ({ ...classifier(random), net: stack(3, 10) }) },
  'classifier, whole norm': { rows: [20, 500], draw: classifier },
  'classifier, loss alone': { rows: [20, 500], draw: (random) => ({ ...classifier(random), norm: null }) },
  convolutions: { rows: [40, 300], draw: (random) => ({ ...classifier(random), net: convolutions }) },
  'small batch': {
    rows: [200, 1200],
    draw: (random) => ({
      ...classifier(random),
      lossNoise: random.between(0.3, 0.8),
      normNoise: random.between(0.4, 1),
      ...(random.chance(0.3) ? { net: stack(3, 6) } : {}),
    }),
  },
  convergence: {
    rows: [60, 400],
    draw: (random) => {
      const decades = random.between(4, 14);
      return {
        loss: (t) => 4 * 10 ** (-decades * t),
        norm: (t) => 3 * 10 ** ((-decades / 2) * t),
        lossNoise: 0.3,
        normNoise: 0.3,
        ...(random.chance(0.5) ? { net: stack(3, 6) } : {}),
      };
    },
  },
  memorised: {
    rows: [100, 600],
    draw: (random) => ({
      loss: decay(2.3, 1e-4, random.between(8, 12)),
      norm: (t) => 2 * Math.exp(-6 * t) + 2e-4,
      lossNoise: 0.6,
      normNoise: 0.9,
      net: stack(3, 6),
    }),
  },
  'fine-tuning': {
    rows: [20, 600],
    draw: (random) => {
      const start = random.between(0.8, 2.5);
      return {
        loss: decay(start, start * random.between(0.55, 0.97), random.between(3, 40)),
        norm: decay(random.logBetween(0.8, 8), random.logBetween(0.15, 0.9), random.between(5, 60)),
        lossNoise: random.between(0.03, 0.15),
        normNoise: random.between(0.1, 0.35),
        rate: warmUpThenCosine(random.logBetween(5e-6, 4e-4), 0.05),
        stride: 10,
        digits: 4,
      };
    },
  },
  'fine-tuning, rate not logged': {
    rows: [40, 500],
    draw: (random) => {
      const start = random.between(0.8, 2.5);
      return {
        loss: decay(start, start * random.between(0.6, 0.95), random.between(3, 40)),
        norm: decay(random.logBetween(0.5, 2), random.logBetween(0.3, 0.9), random.between(5, 60)),
        lossNoise: random.between(0.03, 0.15),
        normNoise: random.between(0.1, 0.35),
      };
    },
  },
  pretraining: {
    rows: [100, 3000],
    draw: (random) => {
      const [level, first] = [random.between(0.2, 0.3), random.between(10, 60)];
      return {
        loss: power(random.between(9, 12), random.between(2, 3.2), random.between(30, 300)),
        norm: (t) => level * (1 + first * Math.exp(-60 * t)) * 10 ** (0.5 * t),
        lossNoise: 0.02,
        normNoise: 0.15,
        rate: warmUpThenCosine(6e-4, 0.02),
        ...(random.chance(0.1) ? { net: transformer } : {}),
      };
    },
  },
  'pretraining cut off in its warm-up': {
    rows: [20, 100],
    draw: (random) => ({
      loss: decay(11, random.between(6.5, 10.6), random.between(0.5, 2)),
      norm: decay(random.logBetween(2, 80), random.logBetween(0.8, 2), random.between(1, 20)),
      lossNoise: 0.01,
      normNoise: 0.15,
      rate: (t) => 6e-4 * (0.01 + t),
    }),
  },
  transformer: { rows: [50, 300], draw: (random) => ({ ...classifier(random), net: transformer }) },
  'warm-up of large values': {
    rows: [60, 500],
    draw: (random) => ({
      loss: decay(random.between(6, 14), random.between(1.5, 3), random.between(6, 12)),
      norm: decay(random.logBetween(50, 2e4), random.logBetween(0.3, 2), random.between(40, 120)),
      lossNoise: 0.03,
      normNoise: 0.2,
      rate: (t) => 3e-4 * Math.min(1, t / 0.1),
    }),
  },
  'large targets': {
    rows: [40, 400],
    draw: (random) => inUnits(random, { ...classifier(random), net: stack(3, 8) }, 1e2, 1e9),
  },
  'small targets': {
    rows: [40, 400],
    draw: (random) => inUnits(random, { ...classifier(random), net: stack(3, 8) }, 1e-10, 1e-3),
  },
  'little to gain': {
    rows: [60, 400],
    draw: (random) => {
      const rate = random.pick([1e-3, 3e-4, 1e-4]);
      return {
        loss: decay(1, random.between(0.5, 0.82), random.between(6, 40)),
        norm: decay(random.between(0.5, 1.5), random.between(0.25, 0.5), random.between(6, 40)),
        lossNoise: random.between(0.03, 0.2),
        normNoise: 0.3,
        rate: () => rate,
      };
    },
  },
};
