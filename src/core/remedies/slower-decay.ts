import { slowerDecay } from './edits/slowerDecay';
import type { Remedy } from './remedy';

export const slowerDecayRemedy: Remedy = {
  id: 'slower-decay',
  title: 'Let the learning rate fall more slowly',
  helps:
    'A schedule that has brought the rate to nothing after a part of the run wastes the rest: spread over all steps, the rate lasts until the end.',
  doesNotHelp: 'Does not help where the loss stands still before the rate has fallen.',
  reference: {
    title: 'torch.optim, How to adjust learning rate',
    url: 'https://docs.pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate',
  },
  howTo: `The factor of each step that leaves a tenth of the rate after all of them is the n-th root of 0.1:

\`\`\`python
scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.1 ** (1 / steps))   # was 0.9
\`\`\`
`,
  fixes: slowerDecay,
};
