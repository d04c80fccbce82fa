import { type Draft, noise, printed } from './draft';
import { convolutions, frozenBody, type Net, sparse, stack, transformer, twoNetworks } from './layers';
import { type Random, randomOf } from './random';

/** A kind of healthy training, drawn anew for each seed: t runs from 0 to 1 over the run. */
interface Family {
  readonly rows: readonly [fewest: number, most: number];
  draw(random: Random): Course;
}

interface Course {
  loss(t: number): number;
  /** Null where no norm is logged. */
  readonly norm: ((t: number) => number) | null;
  /** Standard deviation of the logarithm from row to row. */
  readonly lossNoise: number;
  readonly normNoise: number;
  /** Noise that is added: where a loss changes its sign. */
  readonly lossSpread?: number;
  readonly rate?: (t: number) => number;
  readonly net?: Net;
  readonly lossNames?: readonly string[];
  readonly reward?: (t: number) => number;
  readonly stride?: number;
  readonly digits?: number;
  /** Last word: what the columns cannot say as a function of t. */
  finish?(draft: Draft): Draft | undefined;
}

const decay = (from: number, to: number, speed: number) => (t: number) =>
  to + (from - to) * Math.exp(-speed * t);
const power = (from: number, to: number, rows: number) => (t: number) =>
  to + (from - to) * (1 + rows * t) ** -0.5;
const warmUpThenCosine = (peak: number, warm: number) => (t: number) =>
  t < warm ? (peak * t) / warm : (peak / 2) * (1 + Math.cos((Math.PI * (t - warm)) / (1 - warm)));

/**
 * Targets of any size make squared errors of any size. The norm goes with the root of the loss, times what the outputs answer to
 * a change of the weights: little for targets as they are, in proportion where outputs are scaled to their targets.
 */
function inUnits(random: Random, course: Course, low: number, high: number): Course {
  const unit = random.logBetween(low, high);
  const answer = random.logBetween(1, 30) * (random.chance(0.5) ? Math.sqrt(unit) : 1);
  const drift = random.between(-0.5, 1);
  const loss = (t: number): number => course.loss(t) * unit;
  return {
    ...course,
    loss,
    norm: course.norm === null ? null : (t) => answer * Math.exp(drift * t) * Math.sqrt(loss(t)),
  };
}

/** A loss that is summed over a batch, or over its tokens, and not divided: sums vary little from row to row. */
function summed(random: Random, course: Course): Course {
  const examples = random.logBetween(32, 8192);
  const { loss, norm } = course;
  return {
    ...course,
    loss: (t) => loss(t) * examples,
    norm: norm === null ? null : (t) => norm(t) * examples,
    lossNoise: course.lossNoise / Math.sqrt(examples / 32),
  };
}

function classifier(random: Random): Course {
  const classes = random.whole(2, 1000);
  return {
    loss: decay(
      Math.log(classes) * random.between(1, 1.15),
      random.between(0.01, 0.5),
      random.between(3, 15),
    ),
    norm: decay(random.logBetween(0.8, 20), random.logBetween(0.1, 0.8), random.between(1, 20)),
    lossNoise: random.between(0.03, 0.2),
    normNoise: random.between(0.1, 0.4),
    stride: random.pick([1, 5, 10, 50, 100]),
  };
}

const FAMILIES: Readonly<Record<string, Family>> = {
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
      loss: decay(0.693, random.between(0.3, 0.62), random.between(2, 10)),
      norm: decay(random.between(4, 30), random.between(2, 15), 2),
      lossNoise: random.between(0.05, 0.25),
      normNoise: 0.3,
      rate: warmUpThenCosine(5e-6, 0.1),
    }),
  },
  'half precision': {
    rows: [60, 600],
    draw: (random) => ({
      ...classifier(random),
      finish(draft) {
        const lossScale: number[] = [];
        const settles = random.whole(1, 5);
        let scale = 65536;
        for (let row = 0; row < draft.rows; row++) {
          const overflows = row < settles || (row % 97 === 96 && row > 60);
          scale = overflows ? scale / 2 : row % 97 === 50 ? scale * 2 : scale;
          lossScale.push(scale);
          draft.norm[row] = overflows
            ? random.pick([Number.NaN, Number.POSITIVE_INFINITY])
            : (draft.norm[row] ?? 1);
        }
        return { ...draft, lossScale: random.chance(0.6) ? lossScale : null };
      },
    }),
  },
  'heavy tails': {
    rows: [150, 1500],
    draw: (random) => ({
      ...classifier(random),
      finish(draft) {
        for (let row = 0; row < draft.rows; row++) {
          draft.norm[row] = (draft.norm[row] ?? 1) * (random.chance(0.02) ? random.uniform() ** -0.6 : 1);
        }
        return undefined;
      },
    }),
  },
  resumed: {
    rows: [80, 400],
    draw: (random) => ({
      ...classifier(random),
      finish(draft) {
        const row = random.whole(Math.floor(draft.rows * 0.4), Math.floor(draft.rows * 0.7));
        const jump = random.between(1, 1.4);
        for (let i = row; i < Math.min(draft.rows, row + 4); i++) {
          draft.loss[i] = (draft.loss[i] ?? 1) * jump;
          draft.norm[i] = (draft.norm[i] ?? 1) * jump ** 3;
        }
        return { ...draft, restarts: [{ row, back: random.whole(1, Math.floor(row / 2)) }] };
      },
    }),
  },
  'frozen body': { rows: [30, 300], draw: (random) => ({ ...classifier(random), net: frozenBody }) },
  'experts and tables': { rows: [60, 400], draw: (random) => ({ ...classifier(random), net: sparse }) },
  'deep residual': { rows: [40, 250], draw: (random) => ({ ...classifier(random), net: stack(16, 60) }) },
  short: {
    rows: [6, 20],
    draw: (random) => ({ ...classifier(random), ...(random.chance(0.5) ? { net: stack(3, 5) } : {}) }),
  },
  long: {
    rows: [20_000, 60_000],
    draw: (random) => ({ ...classifier(random), lossNoise: 0.3, normNoise: 0.5 }),
  },
  'printed briefly': {
    rows: [40, 400],
    draw: (random) => ({ ...classifier(random), net: stack(3, 6), digits: 2 }),
  },
  'summed loss': { rows: [40, 400], draw: (random) => summed(random, classifier(random)) },
};

export const FAMILY_NAMES: readonly string[] = Object.keys(FAMILIES);

/** One healthy run of a family. */
export function draftOf(family: string, seed: number): Draft {
  const found = FAMILIES[family];
  if (found === undefined) {
    throw new Error(`no family ${family}`);
  }
  const random = randomOf(seed * 2654435761 + FAMILY_NAMES.indexOf(family));
  const [fewest, most] = found.rows;
  const rows = Math.round(random.logBetween(fewest, most));
  const course = found.draw(random);
  const at = (row: number): number => row / Math.max(1, rows - 1);
  const jitter = (sigma: number): number[] => noise(random, rows, sigma, random.pick([0, 0, 0.5]));
  const lossJitter = jitter(course.lossNoise);
  const normJitter = jitter(course.normNoise);
  const loss = lossJitter.map(
    (factor, row) => course.loss(at(row)) * Math.exp(factor) + (course.lossSpread ?? 0) * random.normal(),
  );
  const norm =
    course.norm === null
      ? []
      : normJitter.map((factor, row) => (course.norm?.(at(row)) ?? 0) * Math.exp(factor));
  const draft: Draft = {
    rows,
    stride: course.stride ?? 5,
    loss,
    norm,
    layers: course.net?.(random, norm) ?? [],
    rate: course.rate === undefined ? null : loss.map((_, row) => course.rate?.(at(row)) ?? 0),
    lossScale: null,
    lossNames: course.lossNames ?? ['loss'],
    reward:
      course.reward === undefined
        ? null
        : loss.map((_, row) => (course.reward?.(at(row)) ?? 0) * Math.exp(0.2 * random.normal())),
    restarts: [],
  };
  const finished = course.finish?.(draft) ?? draft;
  if (course.digits !== undefined) {
    printed(finished, course.digits);
  }
  return finished;
}
