import { swapActivations } from './edits/activation';
import type { Remedy } from './remedy';

export const leakyRelu: Remedy = {
  id: 'leaky-relu',
  title: 'Use LeakyReLU in the hidden layers',
  helps: 'Keeps a small slope for negative inputs, so that no unit can stop receiving a gradient.',
  doesNotHelp:
    'Does not revive units killed by a too high learning rate: lowering the rate or normalising does.',
  reference: {
    title: 'PyTorch, LeakyReLU',
    url: 'https://pytorch.org/docs/stable/generated/torch.nn.LeakyReLU.html',
  },
  howTo: `\`\`\`python
nn.LeakyReLU(0.1)                    # in place of nn.ReLU()
F.leaky_relu(x, 0.1)                 # in place of F.relu(x)
\`\`\`
`,
  fixes: (facts, target) => swapActivations(facts, target, 'leaky-relu'),
};
