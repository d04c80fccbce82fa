import type { Run } from '../../src/core/run/run';
import { buildRun, type SeriesSketch } from '../support/runBuilder';

/** Uniform numbers in [0, 1) from a seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Columns of a run in the making; faults are injected into them. */
export interface Draft {
  readonly rows: number;
  readonly loss: number[];
  readonly norm: number[];
  /** Norm of each weight matrix over rows, input first; empty when only the whole is logged. */
  readonly layers: number[][];
  /** Bias beside each of `layers`. */
  readonly biases: number[][];
  readonly rate: number[] | null;
  readonly lossNames: readonly string[];
}

interface FamilyShape {
  readonly rows: readonly [number, number];
  readonly layers?: number;
  loss(t: number): number;
  norm(t: number): number;
  /** Standard deviation of the logarithm, row by row. */
  readonly lossNoise: number;
  readonly normNoise: number;
  rate?(t: number): number;
  readonly lossNames?: readonly string[];
}

/** Healthy training as it really looks: t runs from 0 to 1. Sizes are powers of ten apart on purpose. */
const FAMILIES: Readonly<Record<string, FamilyShape>> = {
  classifier: {
    rows: [80, 400],
    loss: (t) => 0.05 + 2.25 * Math.exp(-6 * t),
    norm: (t) => 0.3 + 1.2 * Math.exp(-3 * t),
    lossNoise: 0.08,
    normNoise: 0.25,
    layers: 4,
  },
  'small batch': {
    rows: [200, 900],
    loss: (t) => 0.2 + 1.4 * Math.exp(-5 * t),
    norm: (t) => 1 + Math.exp(-2 * t),
    lossNoise: 0.45,
    normNoise: 0.6,
  },
  convergence: {
    rows: [100, 300],
    loss: (t) => 4 * 10 ** (-12 * t),
    norm: (t) => 3 * 10 ** (-6 * t),
    lossNoise: 0.3,
    normNoise: 0.3,
    layers: 3,
  },
  'fine-tuning': {
    rows: [60, 500],
    loss: (t) => 1.2 + 0.3 * Math.exp(-15 * t),
    norm: (t) => 0.7 + 2 * Math.exp(-40 * t),
    lossNoise: 0.1,
    normNoise: 0.25,
    rate: (t) => 2e-5 * Math.min(1, t / 0.05) * (1 - t),
  },
  'warm-up of large values': {
    rows: [100, 400],
    loss: (t) => 2.6 + 8 * Math.exp(-9 * t),
    norm: (t) => 0.5 + 6500 * Math.exp(-70 * t),
    lossNoise: 0.03,
    normNoise: 0.15,
    rate: (t) => 3e-4 * Math.min(1, t / 0.1),
  },
  'large targets': {
    rows: [80, 300],
    loss: (t) => 4e5 + 8e7 * Math.exp(-5 * t),
    norm: (t) => 2e5 + 3e6 * Math.exp(-5 * t),
    lossNoise: 0.2,
    normNoise: 0.3,
    layers: 4,
  },
  'small targets': {
    rows: [80, 300],
    loss: (t) => 1e-10 + 2.5e-8 * Math.exp(-6 * t),
    norm: (t) => 2e-9 + 3e-7 * Math.exp(-4 * t),
    lossNoise: 0.4,
    normNoise: 0.4,
    layers: 4,
  },
  'late growth of the norm': {
    rows: [150, 600],
    loss: (t) => 2.2 + 3 * Math.exp(-4 * t),
    norm: (t) => 0.3 * 10 ** (0.9 * t),
    lossNoise: 0.03,
    normNoise: 0.12,
  },
  cycles: {
    rows: [150, 500],
    loss: (t) => (0.1 + 1.9 * Math.exp(-5 * t)) * (1 + 0.15 * Math.sin(25 * t)),
    norm: (t) => 0.6 + 0.35 * Math.sin(25 * t),
    lossNoise: 0.1,
    normNoise: 0.2,
    rate: (t) => 0.05 * (1.02 + Math.cos(25 * t)),
  },
  adversarial: {
    rows: [80, 300],
    loss: (t) => 1.38 + 0.1 * Math.sin(9 * t),
    norm: (t) => 0.05 + 0.5 * t,
    lossNoise: 0.05,
    normNoise: 0.4,
    layers: 3,
    lossNames: ['d_loss', 'g_loss'],
  },
  'deep residual': {
    rows: [60, 200],
    loss: (t) => 0.1 + 1.7 * Math.exp(-4 * t),
    norm: (t) => 0.4 + Math.exp(-4 * t),
    lossNoise: 0.1,
    normNoise: 0.2,
    layers: 16,
  },
  short: {
    rows: [6, 20],
    loss: (t) => 0.4 + 1.9 * Math.exp(-3 * t),
    norm: (t) => 0.5 + Math.exp(-2 * t),
    lossNoise: 0.06,
    normNoise: 0.2,
    layers: 3,
  },
};

export const FAMILY_NAMES: readonly string[] = Object.keys(FAMILIES);

export function draftOf(family: string, seed: number): Draft {
  const shape = FAMILIES[family];
  if (shape === undefined) {
    throw new Error(`no family ${family}`);
  }
  const random = randomFrom(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const [fewest, most] = shape.rows;
  const rows = Math.round(fewest + (most - fewest) * random());
  const at = (row: number): number => row / Math.max(1, rows - 1);
  const column = (value: (row: number) => number): number[] =>
    Array.from({ length: rows }, (_, row) => value(row));
  const loss = column((row) => shape.loss(at(row)) * Math.exp(shape.lossNoise * normal()));
  const norm = column((row) => shape.norm(at(row)) * Math.exp(shape.normNoise * normal()));
  const depth = shape.layers ?? 0;
  // Layers of a sound network differ by a factor of a few, in no steady order, and wobble a little on their own.
  const sizes = Array.from({ length: depth }, () => Math.exp(0.5 * normal()));
  const part = (scale: number): number[] =>
    norm.map((whole) => (whole * scale * Math.exp(0.1 * normal())) / Math.sqrt(depth));
  return {
    rows,
    loss,
    norm,
    layers: sizes.map((size) => part(size)),
    biases: sizes.map((size) => part(size * 0.2)),
    rate: shape.rate === undefined ? null : column((row) => shape.rate?.(at(row)) ?? 0),
    lossNames: shape.lossNames ?? ['loss'],
  };
}

export function runOf(draft: Draft): Run {
  const series: SeriesSketch[] = [
    ...draft.lossNames.map((name): SeriesSketch => ({ name, kind: 'loss', values: draft.loss })),
    { name: 'grad_norm', kind: 'grad-norm', values: draft.norm },
    ...(draft.rate === null ? [] : [{ name: 'lr', kind: 'learning-rate', values: draft.rate } as const]),
    ...draft.layers.flatMap((values, i): SeriesSketch[] => [
      { name: `layers.${i}.weight`, parameter: `layers.${i}.weight`, values },
      { name: `layers.${i}.bias`, parameter: `layers.${i}.bias`, values: draft.biases[i] ?? [] },
    ]),
  ];
  return buildRun({ series, stride: 5 });
}

/** A fault put into a healthy draft: what must be found, and from which row on. */
export interface Injection {
  readonly rule: string;
  readonly row: number;
}

export interface Fault {
  readonly name: string;
  /** Families in which it makes sense and can be seen. */
  readonly families: readonly string[];
  /** Sizes from hardly there to gross. */
  readonly sizes: readonly number[];
  inject(draft: Draft, size: number, random: () => number): Injection;
}

const WITH_LOSS = FAMILY_NAMES.filter((name) => !['adversarial', 'short'].includes(name));
const LAYERED = ['classifier', 'large targets', 'small targets', 'deep residual'];
/** Where the loss says little by nature, or the rates are those of fine-tuning, a stuck loss is no fault. */
const LEARNING = ['classifier', 'large targets', 'small targets', 'deep residual'];

function onsetRow(draft: Draft, random: () => number): number {
  return Math.round(draft.rows * (0.3 + 0.3 * random()));
}

export const FAULTS: readonly Fault[] = [
  {
    name: 'not finite for some rows, then for good',
    families: FAMILY_NAMES,
    sizes: [1, 3, 1e9],
    inject(draft, size, random) {
      const row = onsetRow(draft, random);
      for (let i = row; i < Math.min(draft.rows, row + size); i++) {
        draft.norm[i] = Number.NaN;
        draft.loss[i] = size > 3 ? Number.NaN : (draft.loss[i] ?? 0);
        for (const layer of [...draft.layers, ...draft.biases]) {
          layer[i] = Number.NaN;
        }
      }
      return { rule: 'non-finite', row };
    },
  },
  {
    name: 'norm grows and the loss with it',
    families: WITH_LOSS.filter((name) => name !== 'late growth of the norm'),
    sizes: [2, 10, 1000],
    inject(draft, size, random) {
      const row = onsetRow(draft, random);
      const before = draft.loss[row] ?? 1;
      for (let i = row; i < draft.rows; i++) {
        const t = Math.min(1, (i - row) / (0.15 * draft.rows));
        draft.norm[i] = (draft.norm[row] ?? 1) * size ** t * (1 + 0.2 * random());
        draft.loss[i] = before * (1 + Math.log10(size) * t) * (1 + 0.05 * random());
        for (const layer of [...draft.layers, ...draft.biases]) {
          layer[i] = (layer[row] ?? 1) * size ** t * (1 + 0.2 * random());
        }
      }
      return { rule: 'exploding-gradient', row };
    },
  },
  {
    name: 'spikes that hurt the loss',
    families: WITH_LOSS.filter((name) => !['small batch', 'convergence'].includes(name)),
    sizes: [3, 30, 1e4],
    inject(draft, size, random) {
      const row = onsetRow(draft, random);
      const gap = Math.max(14, Math.floor(draft.rows / 12));
      for (let i = row; i < draft.rows; i += gap) {
        draft.norm[i] = (draft.norm[i] ?? 1) * size;
        for (let j = i; j < Math.min(draft.rows, i + 6); j++) {
          draft.loss[j] = (draft.loss[j] ?? 1) * (1 + Math.log10(size));
        }
      }
      return { rule: 'gradient-spike', row };
    },
  },
  {
    name: 'the loss goes back up',
    families: WITH_LOSS,
    sizes: [0.05, 0.5, 1.2],
    inject(draft, size, random) {
      const row = Math.round(draft.rows * (0.5 + 0.2 * random()));
      const [start = 1] = draft.loss;
      for (let i = row; i < draft.rows; i++) {
        draft.loss[i] = (draft.loss[i] ?? 0) + size * start;
      }
      return { rule: 'diverging-loss', row };
    },
  },
  {
    name: 'layers die',
    families: LAYERED,
    sizes: [1],
    inject(draft, _size, random) {
      const row = onsetRow(draft, random);
      const dead = Math.max(1, Math.floor(draft.layers.length / 2));
      const level = draft.loss[row] ?? 1;
      for (let i = row; i < draft.rows; i++) {
        draft.loss[i] = level * (1 + 0.05 * (random() - 0.5));
        for (let layer = 0; layer < dead; layer++) {
          (draft.layers[layer] ?? [])[i] = 0;
          (draft.biases[layer] ?? [])[i] = layer === dead - 1 ? (draft.biases[layer]?.[i] ?? 0) : 0;
        }
      }
      return { rule: 'dead-layer', row };
    },
  },
  {
    name: 'gradient decays over depth, nothing is learned',
    families: LAYERED,
    sizes: [1, 0.4, 0.1],
    inject(draft, size, random) {
      const [start = 1] = draft.loss;
      const depth = draft.layers.length;
      for (let i = 0; i < draft.rows; i++) {
        draft.loss[i] = start * (0.97 + 0.03 * random());
        for (let layer = 0; layer < depth; layer++) {
          (draft.layers[layer] ?? [])[i] = (draft.layers[layer]?.[i] ?? 0) * size ** (depth - 1 - layer);
          (draft.biases[layer] ?? [])[i] = (draft.biases[layer]?.[i] ?? 0) * size ** (depth - 1 - layer);
        }
      }
      return { rule: 'vanishing-gradient', row: 0 };
    },
  },
  {
    name: 'comes to rest without learning',
    families: LEARNING,
    sizes: [0.6, 0.15, 0.05],
    inject(draft, size) {
      const [start = 1] = draft.loss;
      const row = Math.round(draft.rows * 0.1);
      for (let i = 0; i < draft.rows; i++) {
        const t = Math.min(1, i / row);
        draft.loss[i] = start * (1 - size * t) * (1 + 0.002 * Math.sin(i * 2.4));
        const fall = 1 - 0.9 * t;
        draft.norm[i] = (draft.norm[0] ?? 1) * fall;
        for (const layer of [...draft.layers, ...draft.biases]) {
          layer[i] = (layer[0] ?? 1) * fall;
        }
      }
      return { rule: 'loss-plateau', row };
    },
  },
];
