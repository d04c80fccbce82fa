import { initialise } from './edits/initialise';
import type { Remedy } from './remedy';

export const xavierInit: Remedy = {
  id: 'xavier-init',
  title: 'Use Xavier (Glorot) initialisation',
  helps:
    'Draws weights with variance 2 / (fan-in + fan-out), which balances activations and gradients for tanh, sigmoid and linear layers, and replaces a scale that is far too large or too small.',
  doesNotHelp:
    'Does not carry deep ReLU stacks: each layer still loses a factor of about 0.71, and a plain sigmoid stack stays saturated.',
  reference: {
    title:
      'Glorot and Bengio 2010, Understanding the difficulty of training deep feedforward neural networks',
    url: 'https://proceedings.mlr.press/v9/glorot10a.html',
  },
  howTo: `For tanh pass its gain (5/3) when the stack is deeper than about ten layers.

\`\`\`python
nn.init.xavier_uniform_(layer.weight, gain=nn.init.calculate_gain("tanh"))
nn.init.zeros_(layer.bias)
\`\`\`

Keras uses it by default (\`glorot_uniform\`).
`,
  fixes: (facts, target) => initialise(facts, target, 'xavier'),
};
