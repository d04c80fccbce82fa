import { allParameters } from './all-parameters';
import { applyUpdates } from './apply-updates';
import { batchFirstRemedy } from './batch-first';
import { batchNorm } from './batch-norm';
import { boundedActivation } from './bounded-activation';
import { buildOnceRemedy } from './build-once';
import { clipGradNorm } from './clip-grad-norm';
import { eps } from './eps';
import { finiteMask } from './finite-mask';
import { forgetBias } from './forget-bias';
import { gelu } from './gelu';
import { gru } from './gru';
import { heInit } from './he-init';
import { keepGraph } from './keep-graph';
import { lastValidState } from './last-valid-state';
import { layerNorm } from './layer-norm';
import { leakyRelu } from './leaky-relu';
import { linearOutputRemedy } from './linear-output';
import { logitsLoss } from './logits-loss';
import { lowerLr } from './lower-lr';
import { lowerWeightDecay } from './lower-weight-decay';
import { lrWarmup } from './lr-warmup';
import { lstm } from './lstm';
import { matchShapes } from './match-shapes';
import { meanAggregationRemedy } from './mean-aggregation';
import { meanLoss } from './mean-loss';
import { minimiseLoss } from './minimise-loss';
import { moduleList } from './module-list';
import { moveClip } from './move-clip';
import { moveOptimizer } from './move-optimizer';
import { nonSaturatingLoss } from './non-saturating-loss';
import { normaliseInputRemedy } from './normalise-input';
import { normaliseTargetRemedy } from './normalise-target';
import { orthogonalInit } from './orthogonal-init';
import { raiseLr } from './raise-lr';
import { relu } from './relu';
import type { Remedy, RemedyId } from './remedy';
import { residual } from './residual';
import { safeExp } from './safe-exp';
import { scaleScoresRemedy } from './scale-scores';
import { scaledInit } from './scaled-init';
import { schedulePerEpoch } from './schedule-per-epoch';
import { skipBadBatch } from './skip-bad-batch';
import { slowerDecayRemedy } from './slower-decay';
import { takeStep } from './take-step';
import { unscale } from './unscale';
import { usualConstantsRemedy } from './usual-constants';
import { weightDecay } from './weight-decay';
import { xavierInit } from './xavier-init';
import { zeroBias } from './zero-bias';
import { zeroGrad } from './zero-grad';

/** Every remedy, in the order of the report contract. */
export const REMEDIES: readonly Remedy[] = [
  heInit,
  xavierInit,
  orthogonalInit,
  scaledInit,
  relu,
  leakyRelu,
  gelu,
  residual,
  batchNorm,
  layerNorm,
  clipGradNorm,
  lowerLr,
  raiseLr,
  lrWarmup,
  lstm,
  boundedActivation,
  gru,
  forgetBias,
  zeroGrad,
  moveClip,
  unscale,
  eps,
  logitsLoss,
  weightDecay,
  moduleList,
  skipBadBatch,
  keepGraph,
  moveOptimizer,
  meanLoss,
  zeroBias,
  normaliseInputRemedy,
  safeExp,
  finiteMask,
  linearOutputRemedy,
  normaliseTargetRemedy,
  lowerWeightDecay,
  nonSaturatingLoss,
  matchShapes,
  schedulePerEpoch,
  scaleScoresRemedy,
  applyUpdates,
  slowerDecayRemedy,
  takeStep,
  allParameters,
  usualConstantsRemedy,
  buildOnceRemedy,
  lastValidState,
  meanAggregationRemedy,
  minimiseLoss,
  batchFirstRemedy,
];

const BY_ID: ReadonlyMap<string, Remedy> = new Map(REMEDIES.map((remedy) => [remedy.id, remedy]));

/** The remedy of an id; undefined for text that is no remedy's id. */
export function remedyById(id: RemedyId): Remedy;
export function remedyById(id: string): Remedy | undefined;
export function remedyById(id: string): Remedy | undefined {
  return BY_ID.get(id);
}
