import type { PythonRule } from '../rule';
import { clipAfterStep } from './clip-after-step';
import { clipBeforeBackward } from './clip-before-backward';
import { clipBeforeUnscale } from './clip-before-unscale';
import { constantWeight } from './constant-weight';
import { detachedBackward } from './detached-backward';
import { modulesInPlainList } from './modules-in-plain-list';
import { scalerStepBypassed } from './scaler-step-bypassed';
import { sigmoidIntoBceLogits } from './sigmoid-into-bce-logits';
import { sigmoidStack } from './sigmoid-stack';
import { softmaxIntoCrossEntropy } from './softmax-into-cross-entropy';
import { softmaxIntoNll } from './softmax-into-nll';
import { unscaleTwice } from './unscale-twice';
import { whereUnsafe } from './where-unsafe';
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
  detachedBackward,
  sigmoidStack,
  constantWeight,
  modulesInPlainList,
  softmaxIntoCrossEntropy,
  sigmoidIntoBceLogits,
  softmaxIntoNll,
  whereUnsafe,
];
