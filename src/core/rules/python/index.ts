import type { PythonRule } from '../rule';
import { accumulatedLossNotScaled } from './accumulated-loss-not-scaled';
import { attentionScale } from './attention-scale';
import { bceWithoutSigmoid } from './bce-without-sigmoid';
import { boundedScoresRule } from './bounded-scores';
import { clipAfterStep } from './clip-after-step';
import { clipBeforeBackward } from './clip-before-backward';
import { clipBeforeUnscale } from './clip-before-unscale';
import { clipBoundTooSmall } from './clip-bound-too-small';
import { clipEachMicrobatch } from './clip-each-microbatch';
import { clipInTrainingStep } from './clip-in-training-step';
import { clipWithManualOptimization } from './clip-with-manual-optimization';
import { closedBias } from './closed-bias';
import { closedForgetGate } from './closed-forget-gate';
import { constantWeight } from './constant-weight';
import { detachedBackward } from './detached-backward';
import { detachedLayers } from './detached-layers';
import { dropoutTooHigh } from './dropout-too-high';
import { flatScoresRule } from './flat-scores';
import { flowAtInitialisation } from './flow-at-initialisation';
import { growingRate } from './growing-rate';
import { initStdTooLarge } from './init-std-too-large';
import { initStdTooSmall } from './init-std-too-small';
import { learningRateTooLarge } from './learning-rate-too-large';
import { learningRateTooSmall } from './learning-rate-too-small';
import { linearStackRule } from './linear-stack';
import { logOfProbability } from './log-of-probability';
import { madeInLoop } from './made-in-loop';
import { modulesInPlainList } from './modules-in-plain-list';
import { negatedLoss } from './negated-loss';
import { neighbourSum } from './neighbour-sum';
import { nllOfScores } from './nll-of-scores';
import { oddOptimizerConstant } from './odd-optimizer-constant';
import { optimizerBeforeReplace } from './optimizer-before-replace';
import { optimizerMissesLayers } from './optimizer-misses-layers';
import { optimizerNeverSteps } from './optimizer-never-steps';
import { outlierInData } from './outlier-in-data';
import { outputLossMismatch } from './output-loss-mismatch';
import { paddedLastState } from './padded-last-state';
import { plainDeepStack } from './plain-deep-stack';
import { rateFades } from './rate-fades';
import { readAlongBatchRule } from './read-along-batch';
import { reluAtOutput } from './relu-at-output';
import { requiresGradTypo } from './requires-grad-typo';
import { rnnWithoutClipping } from './rnn-without-clipping';
import { rootOfSquares } from './root-of-squares';
import { saturatingGeneratorLoss } from './saturating-generator-loss';
import { scalerStepBypassed } from './scaler-step-bypassed';
import { schedulePerBatch } from './schedule-per-batch';
import { sigmoidIntoBceLogits } from './sigmoid-into-bce-logits';
import { sigmoidStack } from './sigmoid-stack';
import { softmaxByHand } from './softmax-by-hand';
import { softmaxIntoCrossEntropy } from './softmax-into-cross-entropy';
import { softmaxIntoNll } from './softmax-into-nll';
import { spreadLoss } from './spread-loss';
import { squaredClassesRule } from './squared-classes';
import { summedLoss } from './summed-loss';
import { unboundedRnnActivation } from './unbounded-rnn-activation';
import { unguardedDivisor } from './unguarded-divisor';
import { unscaleTwice } from './unscale-twice';
import { unscaledData } from './unscaled-data';
import { updatesNotApplied } from './updates-not-applied';
import { vanillaRnn } from './vanilla-rnn';
import { warmUpTooLong } from './warm-up-too-long';
import { weightDecayTooLarge } from './weight-decay-too-large';
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
  optimizerBeforeReplace,
  rnnWithoutClipping,
  learningRateTooLarge,
  clipEachMicrobatch,
  accumulatedLossNotScaled,
  growingRate,
  detachedLayers,
  weightDecayTooLarge,
  schedulePerBatch,
  warmUpTooLong,
  rateFades,
  optimizerNeverSteps,
  optimizerMissesLayers,
  oddOptimizerConstant,
  madeInLoop,
  learningRateTooSmall,
  clipBoundTooSmall,
  sigmoidStack,
  constantWeight,
  modulesInPlainList,
  requiresGradTypo,
  vanillaRnn,
  initStdTooLarge,
  plainDeepStack,
  flowAtInitialisation,
  closedForgetGate,
  closedBias,
  attentionScale,
  paddedLastState,
  neighbourSum,
  initStdTooSmall,
  dropoutTooHigh,
  readAlongBatchRule,
  linearStackRule,
  softmaxIntoCrossEntropy,
  sigmoidIntoBceLogits,
  softmaxIntoNll,
  whereUnsafe,
  logOfProbability,
  rootOfSquares,
  bceWithoutSigmoid,
  reluAtOutput,
  unscaledData,
  unguardedDivisor,
  softmaxByHand,
  saturatingGeneratorLoss,
  spreadLoss,
  summedLoss,
  outlierInData,
  nllOfScores,
  boundedScoresRule,
  negatedLoss,
  squaredClassesRule,
  flatScoresRule,
  clipInTrainingStep,
  clipWithManualOptimization,
  outputLossMismatch,
  unboundedRnnActivation,
  updatesNotApplied,
];
