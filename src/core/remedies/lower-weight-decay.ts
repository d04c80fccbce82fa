import { lowerDecay } from './edits/weightDecay';
import type { Remedy } from './remedy';

export const lowerWeightDecay: Remedy = {
  id: 'lower-weight-decay',
  title: 'Lower the weight decay',
  helps:
    'Decay that outweighs the loss shrinks all weights towards zero, and with them the signal and the gradients of the layers before: with a usual value the loss decides again.',
  doesNotHelp: 'Does not help where the decay is usual already (1e-5 to 5e-4, or 0.01 to 0.3 with AdamW).',
  reference: {
    title: 'Loshchilov and Hutter 2017, Decoupled Weight Decay Regularization',
    url: 'https://arxiv.org/abs/1711.05101',
  },
  howTo: `\`\`\`python
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, weight_decay=1e-4)   # was 0.3
\`\`\`
`,
  fixes: lowerDecay,
};
