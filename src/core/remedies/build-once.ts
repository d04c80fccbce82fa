import { buildOnce } from './edits/buildOnce';
import type { Remedy } from './remedy';

export const buildOnceRemedy: Remedy = {
  id: 'build-once',
  title: 'Make model and optimizer once, before the loop',
  helps:
    'A model that is made anew begins from random weights again, an optimizer without what it has averaged: made once, both keep what they have learnt.',
  doesNotHelp: 'Does not apply where each turn is a trial of its own.',
  reference: {
    title: 'torch.optim, Constructing it',
    url: 'https://docs.pytorch.org/docs/stable/optim.html#constructing-it',
  },
  howTo: `\`\`\`python
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for x, y in loader:
    ...
\`\`\`
`,
  fixes: buildOnce,
};
