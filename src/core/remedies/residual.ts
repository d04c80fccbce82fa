import { addResidual } from './edits/residual';
import type { Remedy } from './remedy';

export const residual: Remedy = {
  id: 'residual',
  title: 'Add a residual connection',
  helps:
    'Adds the input of a block to its output, so that the gradient reaches early layers along a path with slope 1 whatever the depth.',
  doesNotHelp:
    'Does not help when weights start at zero, and without normalisation or a scaled branch it explodes from about 20 blocks on.',
  reference: {
    title: 'He et al. 2015, Deep Residual Learning for Image Recognition',
    url: 'https://arxiv.org/abs/1512.03385',
  },
  howTo: `Only where the block keeps its shape. Normalise the branch's input in deep stacks.

\`\`\`python
for layer, norm in zip(self.layers, self.norms):
    x = x + torch.relu(layer(norm(x)))
\`\`\`
`,
  fixes: addResidual,
};
