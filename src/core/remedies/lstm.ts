import { useLstm } from './edits/useLstm';
import type { Remedy } from './remedy';

export const lstm: Remedy = {
  id: 'lstm',
  title: 'Use an LSTM',
  helps:
    'Carries its state through an additive cell, so that the gradient of early steps need not pass through a squashing function at each step.',
  doesNotHelp:
    "Does not help by itself at the start: with PyTorch's forget gate near 0.5 nothing is left after 100 steps unless the forget bias is raised.",
  reference: {
    title: 'Hochreiter and Schmidhuber 1997, Long Short-Term Memory',
    url: 'https://doi.org/10.1162/neco.1997.9.8.1735',
  },
  howTo: `\`nn.LSTM\` returns \`(output, (h, c))\`, so code that unpacks the state of an \`nn.RNN\` changes too; \`nn.GRU\` is the drop-in.

\`\`\`python
self.rnn = nn.LSTM(dim, hidden, batch_first=True)
output, (h, c) = self.rnn(x)
\`\`\`
`,
  fixes: useLstm,
};
