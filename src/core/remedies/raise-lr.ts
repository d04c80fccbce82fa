import { changeRate } from './edits/learningRate';
import type { Remedy } from './remedy';

export const raiseLr: Remedy = {
  id: 'raise-lr',
  title: 'Raise the learning rate',
  helps: 'Speeds up a run whose loss falls steadily but far too slowly while its gradients are healthy.',
  doesNotHelp:
    'Does not help vanishing gradients, a zero initialisation or saturated units: the steps grow, the direction stays useless.',
  reference: {
    title: 'Smith 2015, Cyclical Learning Rates for Training Neural Networks',
    url: 'https://arxiv.org/abs/1506.01186',
  },
  howTo: `Multiply by 3 to 10, and look at the first hundred steps.

\`\`\`python
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)   # was 3e-4
\`\`\`
`,
  fixes: (facts, target) => changeRate(facts, target, 'raise-lr'),
};
