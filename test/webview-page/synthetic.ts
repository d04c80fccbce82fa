/** Made-up runs for pictures and measurements: seeded, so that they are the same every time. */
import type { Run } from '../../src/core/run/run';
import { PointColumns, type Series, type SeriesKind } from '../../src/core/run/series';

export interface SyntheticWish {
  /** 0: nothing is logged but the norm of the whole model. */
  readonly layers: number;
  readonly steps: number;
  /** Factor of the gradient norm from one layer to the one before it. */
  readonly decay: number;
  /** Step after which everything is NaN. */
  readonly nanFrom?: number;
  /** Steps with a spike of the norm. */
  readonly spikes?: readonly number[];
  /** Layers whose gradient is exactly zero from the middle of the run on. */
  readonly dead?: readonly number[];
}

export function syntheticRun(wish: SyntheticWish): Run {
  const random = createRandom(7);
  const series: Series[] = [];
  const add = (name: string, kind: SeriesKind, parameter: string | null): PointColumns => {
    const points = new PointColumns();
    series.push({ id: series.length, name, kind, statistic: 'norm', split: 'train', parameter, points });
    return points;
  };
  const whole = add('grad_norm', 'grad-norm', null);
  const isNormAlone = wish.layers === 0;
  const loss = isNormAlone ? null : add('loss', 'loss', null);
  const rate = isNormAlone ? null : add('lr', 'learning-rate', null);
  const layers = Array.from({ length: wish.layers }, (_, layer) => {
    const parameter = `blocks.${layer >> 1}.${layer % 2 === 0 ? 'attn.qkv' : 'mlp.fc'}.weight`;
    return add(`grad_norm/${parameter}`, 'grad-norm', parameter);
  });
  for (let step = 0; step < wish.steps; step++) {
    const line = step + 1;
    const isLost = wish.nanFrom !== undefined && step >= wish.nanFrom;
    const spike = wish.spikes?.includes(step) === true ? 300 : 1;
    const level = (0.4 + Math.exp((-4 * step) / wish.steps)) * spike;
    let sum = isNormAlone ? (level * Math.exp(0.5 * (random() - 0.5))) ** 2 : 0;
    layers.forEach((points, layer) => {
      const isDead = wish.dead?.includes(layer) === true && step > wish.steps / 2;
      const norm = isDead
        ? 0
        : level * wish.decay ** (wish.layers - 1 - layer) * Math.exp(0.5 * (random() - 0.5));
      sum += norm * norm;
      points.push(step, isLost ? Number.NaN : norm, line);
    });
    whole.push(step, isLost ? Number.NaN : Math.sqrt(sum), line);
    loss?.push(
      step,
      isLost ? Number.NaN : 0.6 + 2 * Math.exp((-5 * step) / wish.steps) + 0.1 * random(),
      line,
    );
    rate?.push(
      step,
      1e-3 * Math.min(1, (10 * (step + 1)) / wish.steps) * (1 - (0.9 * step) / wish.steps),
      line,
    );
  }
  return {
    path: 'run.jsonl',
    format: 'jsonl',
    confidence: 1,
    bytes: 0,
    lines: wish.steps,
    axis: { kind: 'step', why: 'key step' },
    series,
    steps: wish.steps,
    segments: [{ line: 1, firstStep: 0, lastStep: wish.steps - 1 }],
    skips: [],
    problems: [],
  };
}

/** Numbers from 0 to 1: a linear congruential generator, as good as pictures need. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
