import { addEps } from './edits/numerics';
import type { Remedy } from './remedy';

export const eps: Remedy = {
  id: 'eps',
  title: 'Keep the argument away from zero',
  helps:
    'Logarithm, root, division and fractional powers have an infinite slope at zero; a small constant inside them, or a safe built-in, keeps value and gradient finite.',
  doesNotHelp:
    'Does not help outside the function (`sqrt(x) + eps` still has an infinite gradient), nor where NaN comes from diverging weights.',
  reference: {
    title: 'PyTorch issue 23395, NaN gradients through torch.where',
    url: 'https://github.com/pytorch/pytorch/issues/23395',
  },
  howTo: `\`\`\`python
torch.log(p + 1e-8)                  # was torch.log(p)
torch.sqrt(x.pow(2).sum() + 1e-12)   # was torch.sqrt(x.pow(2).sum())
F.binary_cross_entropy(p, y)         # clamps the logarithm itself
\`\`\`
`,
  fixes: addEps,
};
