import { usualConstants } from './edits/oddConstants';
import type { Remedy } from './remedy';

export const usualConstantsRemedy: Remedy = {
  id: 'usual-constants',
  title: "Use the optimizer's usual constants",
  helps:
    'Momentum near 1 steps along gradients that are long past, and a large eps takes from Adam what it adapts its steps by: the usual values hold for nearly every model.',
  doesNotHelp: 'Does not help where the constants are usual already.',
  reference: {
    title: 'Kingma and Ba 2014, Adam: A Method for Stochastic Optimization',
    url: 'https://arxiv.org/abs/1412.6980',
  },
  howTo: `\`\`\`python
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, betas=(0.9, 0.999), eps=1e-8)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
\`\`\`
`,
  fixes: usualConstants,
};
