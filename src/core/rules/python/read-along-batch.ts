import { batchFirst, readAlongBatch } from '../../remedies/edits/batchAxis';
import type { PythonRule, RuleMeta } from '../rule';
import { finding, place } from './support';

const meta: RuleMeta = {
  code: 'GI216',
  name: 'read-along-batch',
  title: 'A sequence layer is read along the batch instead of along time',
  severity: 'warning',
  subject: 'python',
  remedies: ['batch-first'],
  doc: {
    sees: '`out[:, -1]`, `out[:, 0]` or `out.mean(1)` of what an `nn.RNN`, `nn.GRU`, `nn.LSTM` or `nn.TransformerEncoder` returns that was made without `batch_first=True`, where nothing turns the axes of the output in between.',
    why: 'Without it these layers take and give (time, batch, features): the second axis is the batch. One sequence stands for all of them, or, with data that have the batch first, states run from one sample into the next. Nothing fails, but no sample gets a gradient of its own.',
    reference: {
      title: 'torch.nn.GRU, batch_first',
      url: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.GRU.html',
    },
    whenWrong: 'Sequences without a batch, of which one feature is read.',
    example: `import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(8, 32)
        self.head = nn.Linear(32, 2)

    def forward(self, x):
        states, _ = self.rnn(x)
        return self.head(states[:, -1])
`,
    better: `import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(8, 32, batch_first=True)
        self.head = nn.Linear(32, 2)

    def forward(self, x):
        states, _ = self.rnn(x)
        return self.head(states[:, -1])
`,
  },
};

export const readAlongBatchRule: PythonRule = {
  meta,
  check: (facts) =>
    readAlongBatch(facts).map(({ range, type, made }) =>
      finding(meta, {
        message: `${type} was made without batch_first=True: its second axis is the batch, and no position in time.`,
        range,
        related: [place(facts, facts.rangeOf(made), 'The layer')],
        fixes: batchFirst(facts),
      }),
    ),
};
