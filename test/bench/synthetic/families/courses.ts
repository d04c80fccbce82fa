import { convolutions, stack, twoNetworks } from '../layers';
import { decay, type Family, warmUpThenCosine } from './course';

/** Schedules, orders of the data and objectives of their own. */
export const COURSES: Readonly<Record<string, Family>> = {
  'late growth of the norm': {
    rows: [100, 800],
    draw: (random) => {
      const decades = random.between(0.5, 1.3);
      return {
        loss: decay(random.between(4, 11), random.between(1.8, 3), 4),
        norm: (t) => 0.3 * 10 ** (decades * t),
        lossNoise: 0.03,
        normNoise: 0.12,
      };
    },
  },
  cycles: {
    rows: [150, 600],
    draw: (random) => {
      const speed = random.between(12, 60);
      return {
        loss: (t) => (0.1 + 1.9 * Math.exp(-5 * t)) * (1 + 0.2 * Math.sin(speed * t)),
        norm: (t) => 0.6 + 0.4 * Math.sin(speed * t),
        lossNoise: 0.1,
        normNoise: 0.2,
        rate: (t) => 0.05 * (1.02 + Math.cos(speed * t)),
      };
    },
  },
  'steps of the rate': {
    rows: [60, 400],
    draw: (random) => {
      const drops = [random.between(0.2, 0.5), random.between(0.55, 0.85)];
      const stage = (t: number): number => drops.filter((drop) => t > drop).length;
      return {
        loss: (t) => (0.15 + 2 * Math.exp(-9 * t)) * 0.35 ** stage(t),
        norm: (t) => 0.7 ** stage(t),
        lossNoise: 0.1,
        normNoise: 0.3,
        rate: (t) => 0.1 * 0.1 ** stage(t),
        ...(random.chance(0.5) ? { net: convolutions } : {}),
      };
    },
  },
  curriculum: {
    rows: [100, 500],
    draw: (random) => {
      const stages = random.whole(2, 5);
      const jump = random.between(0.1, 0.5);
      return {
        loss: (t) => {
          const within = (t * stages) % 1;
          return 0.4 + 1.8 * Math.exp(-4 * t) + (t * stages < 1 ? 0 : jump * Math.exp(-6 * within));
        },
        norm: (t) => 0.5 + 0.8 * Math.exp(-8 * ((t * stages) % 1)),
        lossNoise: 0.06,
        normNoise: 0.2,
      };
    },
  },
  'epochs that repeat': {
    rows: [100, 600],
    draw: (random) => {
      const epochs = random.whole(3, 12);
      return {
        loss: (t) => (2 * 0.75 ** Math.floor(t * epochs) + 0.05) * (1 + 0.08 * ((t * epochs) % 1)),
        norm: (t) => 0.6 + 0.3 * ((t * epochs) % 1),
        lossNoise: 0.05,
        normNoise: 0.2,
      };
    },
  },
  'late start': {
    rows: [80, 400],
    draw: (random) => {
      const takesOff = random.between(0.2, 0.5);
      return {
        loss: (t) => 5.5 - (5 * 1) / (1 + Math.exp(-20 * (t - takesOff))),
        norm: (t) => 0.3 + 2 * Math.exp(-(((t - takesOff) / 0.1) ** 2)),
        lossNoise: 0.03,
        normNoise: 0.2,
      };
    },
  },
  denoising: {
    rows: [150, 1500],
    draw: (random) => ({
      loss: decay(1, random.between(0.03, 0.2), random.between(30, 200)),
      norm: decay(1.5, random.logBetween(0.05, 0.4), random.between(10, 100)),
      lossNoise: random.between(0.15, 0.5),
      normNoise: 0.4,
    }),
  },
  'annealed term': {
    rows: [100, 400],
    draw: (random) => {
      const term = random.between(8, 14);
      return {
        loss: (t) => 40 + 160 * Math.exp(-12 * t) + term * Math.min(1, t / 0.5),
        norm: decay(60, 9, 10),
        lossNoise: 0.04,
        normNoise: 0.3,
      };
    },
  },
  adversarial: {
    rows: [80, 400],
    draw: (random) => {
      const growth = random.between(0.3, 0.6);
      return {
        loss: (t) => 1.38 + 0.3 * Math.sin(9 * t),
        norm: (t) => 0.05 + growth * t,
        lossNoise: 0.2,
        normNoise: 0.5,
        net: stack(3, 5),
        lossNames: ['d_loss', 'g_loss'],
      };
    },
  },
  'policy gradient': {
    rows: [80, 500],
    draw: (random) => ({
      loss: () => 0.02,
      lossSpread: 0.05,
      norm: decay(1, random.between(0.2, 1), 2),
      lossNoise: 0,
      normNoise: 0.6,
      net: twoNetworks,
      lossNames: ['policy_loss', 'value_loss'],
      reward: (t) => 10 + 200 * (1 - Math.exp(-3 * t)),
    }),
  },
  'grouped policy': {
    rows: [40, 300],
    draw: (random) => ({
      loss: (t) => 0.002 * t,
      lossSpread: random.logBetween(0.003, 0.05),
      norm: decay(random.between(0.2, 1), random.between(0.1, 0.4), 4),
      lossNoise: 0,
      normNoise: random.between(0.3, 0.8),
      rate: warmUpThenCosine(1e-6, 0.05),
      ...(random.chance(0.6) ? { reward: (t: number) => 0.2 + 0.5 * t } : {}),
    }),
  },
  preference: {
    rows: [40, 400],
    draw: (random) => ({
      loss: decay(Math.LN2, random.between(0.3, 0.62), random.between(2, 10)),
      norm: decay(random.between(4, 30), random.between(2, 15), 2),
      lossNoise: random.between(0.05, 0.25),
      normNoise: 0.3,
      rate: warmUpThenCosine(5e-6, 0.1),
    }),
  },
};
