import { type Draft, gradientsOf } from '../draft';
import type { Random } from '../random';

/** What must be found, and from which row on. */
export interface Injection {
  /** Any of these rules names it right. */
  readonly rules: readonly string[];
  readonly row: number;
}

export interface Fault {
  readonly name: string;
  /** Families in which it makes sense and can be seen. */
  readonly families: readonly string[];
  /** Sizes from hardly there to gross. */
  readonly sizes: readonly number[];
  /** Of severity info or hint by nature: it is no defect, but a fact that is asked for. */
  readonly isMild?: boolean;
  inject(draft: Draft, size: number, random: Random): Injection;
}

export const CLASSIFIERS = [
  'classifier',
  'classifier, whole norm',
  'convolutions',
  'transformer',
  'deep residual',
];
export const STACKS = ['classifier', 'large targets', 'small targets', 'deep residual'];
export const WITH_NORM = [
  ...CLASSIFIERS,
  'large targets',
  'small targets',
  'pretraining',
  'steps of the rate',
  'cycles',
];
export const WITH_LOSS = [...WITH_NORM, 'classifier, loss alone'];
export const SMOOTH = WITH_LOSS.filter((name) => name !== 'cycles');

export const between = (draft: Draft, random: Random, low: number, high: number): number =>
  Math.max(1, Math.round(draft.rows * random.between(low, high)));

/** Multiplies gradients from a row on. */
export function scale(draft: Draft, from: number, factor: (since: number, row: number) => number): void {
  for (const column of gradientsOf(draft)) {
    for (let row = from; row < column.length; row++) {
      column[row] = (column[row] ?? 0) * factor(row - from, row);
    }
  }
}

export function setLoss(
  draft: Draft,
  from: number,
  value: (since: number, row: number, before: number) => number,
): void {
  for (let row = from; row < draft.rows; row++) {
    draft.loss[row] = value(row - from, row, draft.loss[row] ?? 0);
  }
}

/** A loss that stays where it is, with the noise of its batches. */
export function holdLoss(draft: Draft, from: number, level: number, noise: number, random: Random): void {
  setLoss(draft, from, () => level * Math.exp(noise * random.normal()));
}

/** Where a loss stands, without the luck of one batch. */
export function levelAt(values: readonly number[], row: number): number {
  const around = values.slice(Math.max(0, row - 4), row + 1).sort((a, b) => a - b);
  return around[around.length >> 1] ?? 1;
}
