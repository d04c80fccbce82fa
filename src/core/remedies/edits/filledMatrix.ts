import type { InitFact, PythonFacts } from '../../python/facts';
import { sideOf } from './rawMatrix';

/** `nn.Parameter(torch.empty(n, m))`, `nn.Parameter(torch.FloatTensor(n, m))`: two sizes, whatever flags follow. */
const TWO_SIZES =
  /\bParameter\(\s{0,20}[\w.]+\(\s{0,20}\(?\s{0,20}[\w.]+\s{0,20},\s{0,20}[\w.]+\s{0,20}\)?\s{0,20}(?:,\s{0,20}\w+\s{0,20}=[^()]*)?\)/;

/**
 * On which side of its input a class's own matrix, `self.weight = nn.Parameter(torch.empty(n, m))`, stands that a call
 * fills: right in `x @ self.weight`, so that its rows are the inputs, left in `F.linear(x, self.weight)`; null for
 * anything else.
 */
export function sideOfFilled(facts: PythonFacts, { root, target }: InitFact): 'left' | 'right' | null {
  const name = /^self\.(\w+)(?:\.data)?$/.exec(target)?.[1];
  const owner = root === null ? null : facts.classNamed(root);
  const made = facts.modules.find(
    (entry) => entry.root === root && entry.path === name && entry.type === 'nn.Parameter',
  );
  if (name === undefined || owner === null || owner === undefined || made === undefined) {
    return null;
  }
  return TWO_SIZES.test(facts.textOf(made.statement.range))
    ? sideOf(`self.${name}`, facts.textOf(owner.range))
    : null;
}
