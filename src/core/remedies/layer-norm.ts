import { addNorm } from './edits/normalise';
import type { Remedy } from './remedy';

export const layerNorm: Remedy = {
  id: 'layer-norm',
  title: 'Add layer normalisation',
  helps:
    'Rescales the features of each sample, independent of the batch; the usual companion of attention, recurrence and residual branches.',
  doesNotHelp:
    'Does not replace a good initialisation in plain stacks: it failed where batch normalisation worked (accuracy 0.60 against 0.95).',
  reference: { title: 'Ba et al. 2016, Layer Normalization', url: 'https://arxiv.org/abs/1607.06450' },
  howTo: `At the start of each residual branch (pre-norm), with one last norm after the stack.

\`\`\`python
x = x + self.attn(self.norm1(x))
x = x + self.mlp(self.norm2(x))
\`\`\`
`,
  fixes: (facts, target) => addNorm(facts, target, 'layer-norm'),
};
