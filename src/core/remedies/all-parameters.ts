import { trainAllParameters } from './edits/allParameters';
import type { Remedy } from './remedy';

export const allParameters: Remedy = {
  id: 'all-parameters',
  title: 'Give the optimizer all parameters',
  helps: 'Layers that no optimizer holds keep their random weights: handed over with the rest, they learn.',
  doesNotHelp: 'Does not apply to layers that are pretrained, or random on purpose.',
  reference: {
    title: 'torch.optim, Constructing it',
    url: 'https://docs.pytorch.org/docs/stable/optim.html#constructing-it',
  },
  howTo: `\`\`\`python
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)   # was model.head.parameters()
\`\`\`
`,
  fixes: trainAllParameters,
};
