import { scaleDown } from './edits/scaleDown';
import type { Remedy } from './remedy';

export const scaledInit: Remedy = {
  id: 'scaled-init',
  title: 'Scale the initialisation down',
  helps:
    'Shrinks the last projection of every residual branch by 1 / √(2 · layers), so that the sum over many branches starts with the variance of one.',
  doesNotHelp:
    'Does not help stacks without residual connections, where smaller weights shrink the gradient once more per layer.',
  reference: { title: 'Zhang et al. 2019, Fixup Initialization', url: 'https://arxiv.org/abs/1901.09321' },
  howTo: `\`\`\`python
for name, p in self.named_parameters():
    if name.endswith("proj.weight"):
        nn.init.normal_(p, mean=0.0, std=0.02 / math.sqrt(2 * n_layer))
\`\`\`

Setting the last layer of each branch to zero works as well.
`,
  fixes: scaleDown,
};
