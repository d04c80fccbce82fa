import type { Operator } from '../program';
import { LOSS_OPERATORS } from './loss';
import { MODEL_OPERATORS } from './model';
import { START_OPERATORS } from './starts';
import { TRAINING_OPERATORS } from './training';
import { WIRING_OPERATORS } from './wiring';

/** Every defect that is put into programs. */
export const OPERATORS: readonly Operator[] = [
  ...MODEL_OPERATORS,
  ...START_OPERATORS,
  ...TRAINING_OPERATORS,
  ...LOSS_OPERATORS,
  ...WIRING_OPERATORS,
];
