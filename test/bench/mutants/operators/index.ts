import type { Operator } from '../program';
import { LOSS_OPERATORS } from './loss';
import { MODEL_OPERATORS } from './model';
import { TRAINING_OPERATORS } from './training';

/** Every defect that is put into programs. */
export const OPERATORS: readonly Operator[] = [...MODEL_OPERATORS, ...TRAINING_OPERATORS, ...LOSS_OPERATORS];
