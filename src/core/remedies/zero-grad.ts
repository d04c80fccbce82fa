import { resetGradients } from './edits/resetGradients';
import type { Remedy } from './remedy';

export const zeroGrad: Remedy = {
  id: 'zero-grad',
  title: 'Reset the gradients every step',
  helps: '`backward()` adds to `.grad`; without a reset each step follows the sum of all gradients so far.',
  doesNotHelp:
    'Does not apply where accumulation is meant and the reset stands under the same condition as the step.',
  reference: {
    title: 'PyTorch, Optimizer.zero_grad',
    url: 'https://pytorch.org/docs/stable/generated/torch.optim.Optimizer.zero_grad.html',
  },
  howTo: `\`\`\`python
optimizer.zero_grad()
loss.backward()
optimizer.step()
\`\`\`
`,
  fixes: (facts) => resetGradients(facts),
};
