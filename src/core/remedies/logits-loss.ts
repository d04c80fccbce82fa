import type { Remedy } from './remedy';

export const logitsLoss: Remedy = {
  id: 'logits-loss',
  title: 'Give the loss raw logits',
  helps:
    '`CrossEntropyLoss` and `BCEWithLogitsLoss` apply softmax and sigmoid themselves; doing it twice divides the gradient by the number of classes and puts a floor under the loss.',
  doesNotHelp: 'Does not change anything for `log_softmax`, which is the same when applied twice.',
  reference: {
    title: 'PyTorch, CrossEntropyLoss',
    url: 'https://pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html',
  },
  howTo: `\`\`\`python
logits = self.fc(x)                  # no softmax here
loss = F.cross_entropy(logits, target)
probabilities = logits.softmax(-1)   # only where they are read
\`\`\`
`,
};
