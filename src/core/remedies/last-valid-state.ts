import { readLastValid } from './edits/lastState';
import type { Remedy } from './remedy';

export const lastValidState: Remedy = {
  id: 'last-valid-state',
  title: "Read the state at each sequence's last token",
  helps:
    'The gradient enters the recurrence at the last real token, and not behind dozens of steps over padding that it has to come back through.',
  doesNotHelp:
    'Wrong where padding stands before the tokens, or its index is a token too; does nothing for sequences of one length.',
  reference: {
    title: 'torch.nn.utils.rnn.pack_padded_sequence',
    url: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.rnn.pack_padded_sequence.html',
  },
  howTo: `\`\`\`python
states, _ = self.encoder(self.embedding(ids))
last = ((ids != PAD).sum(1) - 1).clamp(min=0)
return self.head(states[torch.arange(len(ids)), last])
\`\`\`

Or pack the sequences with \`pack_padded_sequence(emb, lengths, batch_first=True, enforce_sorted=False)\` and read \`h_n[-1]\`.
`,
  fixes: readLastValid,
};
