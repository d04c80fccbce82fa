import type { PythonFacts } from '../../python/facts';
import { negatedLosses } from '../../python/negatedLoss';
import type { Fix } from '../../rules/finding';
import { fixOf, replace } from './place';

/** Takes the minus before each loss away. */
export function minimised(facts: PythonFacts): readonly Fix[] {
  const edits = negatedLosses(facts).map(({ minus }) => {
    const loss = facts.textOf(facts.rangeOf(minus.operand));
    return replace(facts.rangeOf(minus), loss);
  });
  return fixOf(facts, 'minimise-loss', 'Take the minus before the loss away', 'unsafe', edits);
}
