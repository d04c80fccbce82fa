import { initialise } from './edits/initialise';
import type { Remedy } from './remedy';

export const orthogonalInit: Remedy = {
  id: 'orthogonal-init',
  title: 'Use orthogonal initialisation',
  helps:
    'Starts a matrix with all singular values equal, so that repeated multiplication, over layers or over time in a recurrent network, neither shrinks nor grows the signal.',
  doesNotHelp:
    'Does not make a vanilla RNN remember long sequences: tanh still loses about half the gradient every few steps (2e-8 left after 100).',
  reference: {
    title:
      'Saxe et al. 2013, Exact solutions to the nonlinear dynamics of learning in deep linear neural networks',
    url: 'https://arxiv.org/abs/1312.6120',
  },
  howTo: `For a ReLU layer the gain is √2. For LSTM and GRU, which stack their gates in one matrix, initialise each block of \`hidden_size\` rows by itself.

\`\`\`python
nn.init.orthogonal_(self.rnn.weight_hh_l0)
nn.init.orthogonal_(layer.weight, gain=nn.init.calculate_gain("relu"))
\`\`\`
`,
  fixes: (facts, target) => initialise(facts, target, 'orthogonal'),
};
