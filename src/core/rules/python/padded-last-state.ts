import { paddedLastStates } from '../../remedies/edits/lastState';
import type { PythonRule, RuleMeta } from '../rule';
import { finding, unsafeFix } from './support';

const meta: RuleMeta = {
  code: 'GI212',
  name: 'padded-last-state',
  title: 'A recurrent network is read at the end of the padding',
  severity: 'hint',
  subject: 'python',
  remedies: ['last-valid-state'],
  doc: {
    sees: 'A PyTorch module whose `nn.Embedding` has a `padding_idx` and feeds an `nn.RNN`, `nn.GRU` or `nn.LSTM` of one direction (`batch_first=True`), of which `states[:, -1]` or `h_n[-1]` is read in a method that knows no lengths, mask or packing; only in a file that shows how it pads at the end (`pad_sequence`, `torch.full`, `tokens + [PAD] * n`), and not where it pads on the left.',
    why: 'Behind a short sequence the state runs on over padding: after fifty such steps it hardly depends on the tokens, and next to no gradient reaches them.',
    reference: {
      title: 'torch.nn.utils.rnn.pack_padded_sequence',
      url: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.rnn.pack_padded_sequence.html',
    },
    whenWrong: 'Batches of one length, or so little padding that the state survives it.',
    example: `import torch
import torch.nn as nn
from torch.nn.utils.rnn import pad_sequence

PAD = 0

def collate(batch):
    return pad_sequence(batch, batch_first=True, padding_value=PAD)

class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(1000, 32, padding_idx=PAD)
        self.gru = nn.GRU(32, 64, batch_first=True)
        self.out = nn.Linear(64, 5)

    def forward(self, ids):
        states, _ = self.gru(self.embedding(ids))
        return self.out(states[:, -1])
`,
    better: `import torch
import torch.nn as nn
from torch.nn.utils.rnn import pad_sequence

PAD = 0

def collate(batch):
    return pad_sequence(batch, batch_first=True, padding_value=PAD)

class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(1000, 32, padding_idx=PAD)
        self.gru = nn.GRU(32, 64, batch_first=True)
        self.out = nn.Linear(64, 5)

    def forward(self, ids):
        states, _ = self.gru(self.embedding(ids))
        last = ((ids != PAD).sum(1) - 1).clamp(min=0)
        return self.out(states[torch.arange(len(ids)), last])
`,
  },
};

export const paddedLastState: PythonRule = {
  meta,
  check(facts) {
    return paddedLastStates(facts)
      .filter(({ shown }) => shown)
      .map(({ range, type, edits }) =>
        finding(meta, {
          message: `The last state of this ${type} is that of the last position: behind a sequence that is padded at its end, it has run over the padding, and little gradient reaches the tokens.`,
          range,
          fixes:
            edits.length === 0
              ? []
              : [
                  unsafeFix(
                    facts,
                    'last-valid-state',
                    "Read the state at each sequence's last token",
                    edits,
                    true,
                  ),
                ],
        }),
      );
  },
};
