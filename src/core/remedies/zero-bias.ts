import { zeroBiases } from './edits/zeroBias';
import type { Remedy } from './remedy';

export const zeroBias: Remedy = {
  id: 'zero-bias',
  title: 'Start the biases at zero',
  helps:
    'A bias far below zero keeps a ReLU shut for every input, and what is shut gets no gradient: from zero half of the units are open at the start.',
  doesNotHelp:
    'Does not apply to a bias that means something: the output of a rare class, a forget gate, a gate that is to start shut.',
  reference: {
    title: 'Goodfellow et al. 2016, Deep Learning, section 8.4',
    url: 'https://www.deeplearningbook.org/contents/optimization.html',
  },
  howTo: `\`\`\`python
nn.init.zeros_(layer.bias)               # was nn.init.constant_(layer.bias, -5.0)
\`\`\`
`,
  fixes: zeroBiases,
};
