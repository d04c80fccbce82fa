import type { PythonRule } from '../rule';
import { clipAfterStep } from './clip-after-step';
import { clipBeforeBackward } from './clip-before-backward';
import { clipBeforeUnscale } from './clip-before-unscale';
import { scalerStepBypassed } from './scaler-step-bypassed';
import { sigmoidStack } from './sigmoid-stack';
import { unscaleTwice } from './unscale-twice';
import { zeroEachMicrobatch } from './zero-each-microbatch';
import { zeroGradDiscards } from './zero-grad-discards';
import { zeroGradMissing } from './zero-grad-missing';

/** Every rule on Python code, in the order of their codes. */
export const PYTHON_RULES: readonly PythonRule[] = [
  zeroGradMissing,
  zeroGradDiscards,
  clipBeforeBackward,
  clipAfterStep,
  zeroEachMicrobatch,
  clipBeforeUnscale,
  scalerStepBypassed,
  unscaleTwice,
  sigmoidStack,
];
