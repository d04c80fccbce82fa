import { useGru } from './edits/recurrent';
import type { Remedy } from './remedy';

export const gru: Remedy = {
  id: 'gru',
  title: 'Use a GRU',
  helps:
    'Has gates that can copy the state unchanged, and the same calling convention as `nn.RNN`, so that long-range gradients survive training.',
  doesNotHelp:
    'Does not see much further than a vanilla RNN at the very first step, and does not stop explosions from a too high rate.',
  reference: {
    title: 'Cho et al. 2014, Learning Phrase Representations using RNN Encoder-Decoder',
    url: 'https://arxiv.org/abs/1406.1078',
  },
  howTo: `Drop \`nonlinearity=\`, the rest stays.

\`\`\`python
self.rnn = nn.GRU(dim, hidden, batch_first=True)    # was nn.RNN
self.cell = nn.GRUCell(dim, hidden)                 # was nn.RNNCell
\`\`\`
`,
  fixes: useGru,
};
