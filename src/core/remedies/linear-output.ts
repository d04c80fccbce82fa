import { linearOutput } from './edits/linearOutput';
import type { Remedy } from './remedy';

export const linearOutputRemedy: Remedy = {
  id: 'linear-output',
  title: 'End in a linear layer',
  helps:
    'A ReLU at the output that is off for every input passes no gradient at all, and a tanh or sigmoid cannot reach targets beyond its bounds: without it the network can come back.',
  doesNotHelp:
    'Does not help where the output must keep its bounds; clamp it after training, or use softplus for what is positive.',
  reference: {
    title: 'Lu et al. 2019, Dying ReLU and Initialization',
    url: 'https://arxiv.org/abs/1903.06733',
  },
  howTo: `\`\`\`python
return self.fc3(x)                   # was torch.relu(self.fc3(x))
\`\`\`
`,
  fixes: linearOutput,
};
