import { addDecay } from './edits/addDecay';
import type { Remedy } from './remedy';

export const weightDecay: Remedy = {
  id: 'weight-decay',
  title: 'Add weight decay',
  helps: 'Pulls the weights back, so that logits and norms cannot grow without bound over a long run.',
  doesNotHelp: 'Does not help within the first hundred steps, and does not stop an explosion that has begun.',
  reference: {
    title: 'Loshchilov and Hutter 2017, Decoupled Weight Decay Regularization',
    url: 'https://arxiv.org/abs/1711.05101',
  },
  howTo: `\`\`\`python
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.01)
\`\`\`
`,
  fixes: addDecay,
};
