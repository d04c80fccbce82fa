import { batchFirst } from './edits/batchAxis';
import type { Remedy } from './remedy';

export const batchFirstRemedy: Remedy = {
  id: 'batch-first',
  title: 'Say that the batch comes first',
  helps:
    'A recurrent layer or encoder made with `batch_first=True` runs along the second axis of its input, so that `[:, -1]` is the last step of each sequence.',
  doesNotHelp: 'Does not help where the data have time first: there the last step is `[-1]`.',
  reference: {
    title: 'torch.nn.GRU',
    url: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.GRU.html',
  },
  howTo: `\`\`\`python
self.rnn = nn.GRU(features, hidden, batch_first=True)
...
states, _ = self.rnn(x)        # x: (batch, time, features)
return self.head(states[:, -1])
\`\`\`
`,
  fixes: batchFirst,
};
