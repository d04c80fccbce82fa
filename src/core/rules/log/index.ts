import type { LogRule } from '../rule';
import { deadLayer } from './dead-layer';
import { divergingLoss } from './diverging-loss';
import { explodingGradient } from './exploding-gradient';
import { gradientSpike } from './gradient-spike';
import { learningRateZero } from './learning-rate-zero';
import { lossPlateau } from './loss-plateau';
import { lossScaleCollapse } from './loss-scale-collapse';
import { noGradient } from './no-gradient';
import { nonFinite } from './non-finite';
import { normAfterClipping } from './norm-after-clipping';
import { normBeforeUnscaling } from './norm-before-unscaling';
import { oscillatingLoss } from './oscillating-loss';
import { vanishingGradient } from './vanishing-gradient';

/** Rules on logs, by code. */
export const LOG_RULES: readonly LogRule[] = [
  nonFinite,
  explodingGradient,
  vanishingGradient,
  gradientSpike,
  divergingLoss,
  deadLayer,
  lossPlateau,
  lossScaleCollapse,
  learningRateZero,
  oscillatingLoss,
  normAfterClipping,
  normBeforeUnscaling,
  noGradient,
];
