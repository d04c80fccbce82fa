import { averageLoss } from './edits/meanLoss';
import type { Remedy } from './remedy';

export const meanLoss: Remedy = {
  id: 'mean-loss',
  title: 'Average the loss',
  helps:
    'A sum over the batch, or over micro-batches, makes the gradient and with SGD the step as many times as large as the batch has samples: the mean keeps the learning rate what it says.',
  doesNotHelp:
    'Does not change a run with Adam much, whose step does not depend on the scale of the loss, nor one whose rate was chosen for the sum.',
  reference: {
    title: 'PyTorch, MSELoss (reduction)',
    url: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.MSELoss.html',
  },
  howTo: `\`\`\`python
criterion = nn.MSELoss()                 # was nn.MSELoss(reduction="sum")
loss = ((pred - y) ** 2).mean()          # was .sum()
loss = criterion(model(x), y) / n        # in each of n micro-batches
\`\`\`
`,
  fixes: (facts) => averageLoss(facts),
};
