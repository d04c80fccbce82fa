import type { RemedyId } from '../../../remedies/remedy';
import type { RunFacts } from '../../../run/facts';
import type { DepthFit } from '../../../run/profile';
import { looksRecurrent } from '../incident';

/** A sigmoid's slope is at most 0.25: a stack that loses more a layer than this saturates; PyTorch's default ReLU loses x0.41, Xavier's x0.71. */
export const SIGMOID_LOSS = 0.3;

/** Best first, by what the decay per layer says about its cause (measured on whole programs: rules of the documentation pages). */
export function vanishingRemedies(
  facts: RunFacts,
  fit: DepthFit,
  names: readonly string[],
): readonly RemedyId[] {
  const overTime = names.every((name) => /(^|[^a-z])t(ime)?[ _.]?\d+$/i.test(name));
  if (overTime || looksRecurrent(facts)) {
    return ['gru', 'lstm', 'orthogonal-init', 'forget-bias'];
  }
  if (10 ** -fit.perLayer < SIGMOID_LOSS) {
    return [
      'relu',
      'leaky-relu',
      'gelu',
      'he-init',
      'xavier-init',
      'orthogonal-init',
      'residual',
      'batch-norm',
    ];
  }
  // Beyond 20 layers without skips, batch normalisation itself makes gradients explode (Yang et al. 2019).
  return names.length > 20
    ? ['he-init', 'orthogonal-init', 'residual', 'gelu']
    : ['he-init', 'orthogonal-init', 'batch-norm', 'residual', 'xavier-init'];
}
