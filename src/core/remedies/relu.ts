import { swapActivations } from './edits/activation';
import type { Remedy } from './remedy';

export const relu: Remedy = {
  id: 'relu',
  title: 'Use ReLU in the hidden layers',
  helps:
    'Has slope 1 where it is active, while a sigmoid passes at most a quarter of the gradient and a saturated tanh almost none.',
  doesNotHelp:
    'Does not repair a too large initialisation, where unbounded activations make the explosion worse, and is wrong for gates and output layers.',
  reference: {
    title: 'Glorot et al. 2011, Deep Sparse Rectifier Neural Networks',
    url: 'https://proceedings.mlr.press/v15/glorot11a.html',
  },
  howTo: `Replace hidden activations only; keep the one that shapes the output, and multiplicative gates.

\`\`\`python
x = torch.relu(self.fc1(x))          # was torch.sigmoid
nn.Sequential(nn.Linear(64, 64), nn.ReLU(), ...)
\`\`\`
`,
  fixes: (facts, target) => swapActivations(facts, target, 'relu'),
};
