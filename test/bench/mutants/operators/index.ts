import type { Operator } from '../program';
import { LOSS_OPERATORS } from './loss';
import { MODEL_OPERATORS } from './model';
import { TRAINING_OPERATORS } from './training';

const ALL: readonly Operator[] = [...MODEL_OPERATORS, ...TRAINING_OPERATORS, ...LOSS_OPERATORS];

/** Every defect that is put into programs. */
export const OPERATORS: readonly Operator[] = [
  ...ALL.filter(({ later }) => later !== true),
  ...ALL.filter(({ later }) => later === true),
];
