import { changeRate } from './edits/learningRate';
import type { Remedy } from './remedy';

export const lowerLr: Remedy = {
  id: 'lower-lr',
  title: 'Lower the learning rate',
  helps:
    'Makes the steps small enough for the curvature of the loss: cures divergence, oscillation and ReLUs that a too large step has killed.',
  doesNotHelp:
    'Does not help a misplaced clip, log(0) or a bad initialisation, and a factor of 3 is often not enough: try 10.',
  reference: {
    title: 'Bengio 2012, Practical recommendations for gradient-based training of deep architectures',
    url: 'https://arxiv.org/abs/1206.5533',
  },
  howTo: `Divide by about 10 at the place that defines it.

\`\`\`python
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)   # was 1e-2
\`\`\`
`,
  fixes: (facts, target) => changeRate(facts, target, 'lower-lr'),
};
