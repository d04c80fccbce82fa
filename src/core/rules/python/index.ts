import type { PythonRule } from '../rule';
import { clipAfterStep } from './clip-after-step';
import { sigmoidStack } from './sigmoid-stack';
import { zeroGradMissing } from './zero-grad-missing';

/** Every rule on Python code, in the order of their codes. */
export const PYTHON_RULES: readonly PythonRule[] = [zeroGradMissing, clipAfterStep, sigmoidStack];
