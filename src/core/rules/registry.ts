import { deadLayer } from './log/dead-layer';
import { divergingLoss } from './log/diverging-loss';
import { explodingGradient } from './log/exploding-gradient';
import { gradientSpike } from './log/gradient-spike';
import { learningRateZero } from './log/learning-rate-zero';
import { lossPlateau } from './log/loss-plateau';
import { lossScaleCollapse } from './log/loss-scale-collapse';
import { nonFinite } from './log/non-finite';
import { normAfterClipping } from './log/norm-after-clipping';
import { normBeforeUnscaling } from './log/norm-before-unscaling';
import { oscillatingLoss } from './log/oscillating-loss';
import { vanishingGradient } from './log/vanishing-gradient';
import { PYTHON_RULES } from './python';
import type { LogRule, RuleMeta } from './rule';

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
];

/** Every rule there is, by code: for pages, tables and reports. */
export const RULES: readonly RuleMeta[] = [...LOG_RULES, ...PYTHON_RULES].map(({ meta }) => meta);

export { PYTHON_RULES };
