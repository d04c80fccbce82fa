import { minimised } from './edits/minimised';
import type { Remedy } from './remedy';

export const minimiseLoss: Remedy = {
  id: 'minimise-loss',
  title: 'Minimise the loss',
  helps: 'Takes the minus before the loss away, so that each step makes the error smaller and not larger.',
  doesNotHelp:
    'Does not help where what is negated is a score that is to grow, such as a reward or a likelihood.',
  reference: {
    title: 'torch.optim, Taking an optimization step',
    url: 'https://docs.pytorch.org/docs/stable/optim.html#taking-an-optimization-step',
  },
  howTo: `\`\`\`python
loss = F.mse_loss(model(x), y)   # was -F.mse_loss(model(x), y)
loss.backward()
optimizer.step()
\`\`\`
`,
  fixes: minimised,
};
