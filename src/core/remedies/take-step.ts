import type { Remedy } from './remedy';

export const takeStep: Remedy = {
  id: 'take-step',
  title: 'Step the optimizer after the backward pass',
  helps: 'A backward pass only computes gradients: `step()` is what changes the parameters.',
  doesNotHelp: 'Does not apply where the parameters are updated in another place.',
  reference: {
    title: 'torch.optim, Taking an optimization step',
    url: 'https://docs.pytorch.org/docs/stable/optim.html#taking-an-optimization-step',
  },
  howTo: `\`\`\`python
optimizer.zero_grad()
loss.backward()
optimizer.step()
\`\`\`
`,
};
