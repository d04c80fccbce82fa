import { aboveChance } from '../../rules/log/diverging/worseThanChance';
import { divergingLoss } from '../../rules/log/diverging-loss';
import type { BothRule } from './both';
import { isMeanCrossEntropy } from './hugeCrossEntropy';

/** A mean cross-entropy that stays far above what guessing costs: the log alone takes it for a loss of another unit. */
export const crossEntropyAboveChance: BothRule = {
  rule: divergingLoss,
  mayApply: isMeanCrossEntropy,
  check(both) {
    const facts = both.facts();
    return facts.lossCurve === null ? null : aboveChance(facts, facts.lossCurve);
  },
};
