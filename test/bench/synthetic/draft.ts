import type { Run } from '../../../src/core/run/run';
import { buildRun, type SeriesSketch } from '../../support/runBuilder';
import type { Random } from './random';

/** A parameter of a run in the making. */
export interface Layer {
  readonly name: string;
  readonly values: number[];
}

/** Columns of a run in the making; faults are injected into them. */
export interface Draft {
  readonly rows: number;
  /** Steps between logged rows. */
  readonly stride: number;
  readonly loss: number[];
  /** Norm of the whole model; empty when none is logged. */
  readonly norm: number[];
  /** Parameters in model order, input first; empty when only the whole is logged. */
  readonly layers: Layer[];
  readonly rate: number[] | null;
  readonly lossScale: number[] | null;
  readonly lossNames: readonly string[];
  readonly reward: number[] | null;
  /** Rows at which the log starts again, and how many rows it goes back. */
  readonly restarts: readonly { readonly row: number; readonly back: number }[];
}

/** Every column a gradient shows in. */
export function gradientsOf(draft: Draft): readonly number[][] {
  return [draft.norm, ...draft.layers.map(({ values }) => values)].filter(({ length }) => length > 0);
}

/** Weight matrices of the path through the network, input first. */
export function weightsOf(draft: Draft): readonly Layer[] {
  return draft.layers.filter(({ name }) => /^(layers|blocks|conv)\.\d+(\.fc)?\.weight$/.test(name));
}

/** The bias beside a weight. */
export function biasOf(draft: Draft, weight: Layer): Layer | undefined {
  const name = weight.name.replace(/weight$/, 'bias');
  return draft.layers.find((layer) => layer.name === name);
}

/** The norm of the whole anew from its layers, after these were changed. */
export function sumLayers(draft: Draft): void {
  if (draft.layers.length > 0 && draft.norm.length > 0) {
    for (let row = 0; row < draft.rows; row++) {
      draft.norm[row] = Math.sqrt(draft.layers.reduce((sum, { values }) => sum + (values[row] ?? 0) ** 2, 0));
    }
  }
}

/** How numbers are printed: nothing, or so many significant digits. */
export function printed(draft: Draft, digits: number): void {
  for (const column of [draft.loss, ...gradientsOf(draft)]) {
    for (let row = 0; row < column.length; row++) {
      column[row] = Number((column[row] ?? 0).toPrecision(digits));
    }
  }
}

/** Autocorrelated noise: batches are independent, what a model is good at is not. */
export function noise(random: Random, rows: number, sigma: number, memory = 0): number[] {
  let state = 0;
  const fresh = Math.sqrt(1 - memory ** 2);
  return Array.from({ length: rows }, () => {
    state = memory * state + fresh * random.normal();
    return sigma * state;
  });
}

export function runOf(draft: Draft): Run {
  const steps: number[] = [];
  let offset = 0;
  for (let row = 0; row < draft.rows; row++) {
    offset += draft.restarts.find((restart) => restart.row === row)?.back ?? 0;
    steps.push((row - offset) * draft.stride);
  }
  const series: SeriesSketch[] = [
    ...draft.lossNames.map((name): SeriesSketch => ({ name, kind: 'loss', values: draft.loss })),
    { name: 'grad_norm', kind: 'grad-norm', values: draft.norm },
    { name: 'lr', kind: 'learning-rate', values: draft.rate ?? [] },
    { name: 'loss_scale', kind: 'loss-scale', values: draft.lossScale ?? [] },
    { name: 'reward', kind: 'other', values: draft.reward ?? [] },
    ...draft.layers.map(({ name, values }): SeriesSketch => ({ name, parameter: name, values })),
  ];
  return buildRun({ series: series.filter(({ values }) => values.length > 0), steps });
}
