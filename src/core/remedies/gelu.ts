import { swapActivations } from './edits/activation';
import type { Remedy } from './remedy';

export const gelu: Remedy = {
  id: 'gelu',
  title: 'Use GELU in the hidden layers',
  helps:
    'Is smooth and lets some gradient through for slightly negative inputs; a usual choice beside normalisation and residual connections.',
  doesNotHelp:
    'Does not carry a deep plain stack: without normalisation it shrinks the gradient like ReLU or more (five layers fail with plain SGD).',
  reference: {
    title: 'Hendrycks and Gimpel 2016, Gaussian Error Linear Units',
    url: 'https://arxiv.org/abs/1606.08415',
  },
  howTo: `\`\`\`python
nn.GELU()                            # in place of nn.Sigmoid() or nn.ReLU()
F.gelu(x)
\`\`\`
`,
  fixes: (facts, target) => swapActivations(facts, target, 'gelu'),
};
