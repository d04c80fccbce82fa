import { highDecays, lowerDecay } from '../../remedies/edits/weightDecay';
import type { PythonRule, RuleMeta } from '../rule';
import { finding, place as related } from './support';

const meta: RuleMeta = {
  code: 'GI117',
  name: 'weight-decay-too-large',
  title: 'The weight decay outweighs the loss',
  severity: 'hint',
  subject: 'python',
  remedies: ['lower-weight-decay'],
  doc: {
    sees: '`weight_decay` of 0.02 or more with an optimizer that adds it to the gradient (SGD, Adam, RMSprop, ...), and of 1 or more with one that keeps it apart (AdamW), where its number is in the file.',
    why: 'The decay adds that share of each weight to its gradient. Gradients of a loss are small against the weights: from some hundredths on the decay decides, weights shrink layer by layer, and the signal with them, until the network gives a constant.',
    reference: {
      title: 'Loshchilov and Hutter 2017, Decoupled Weight Decay Regularization',
      url: 'https://arxiv.org/abs/1711.05101',
    },
    whenWrong: 'Linear probes, ridge regression and proximal methods use such values on purpose.',
    example: `import torch
import torch.nn as nn

model = nn.Linear(4, 2)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, weight_decay=0.3)
`,
    better: `import torch
import torch.nn as nn

model = nn.Linear(4, 2)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, weight_decay=1e-4)
`,
  },
};

export const weightDecayTooLarge: PythonRule = {
  meta,
  check: (facts) =>
    highDecays(facts).map(({ place, optimizer }) =>
      finding(meta, {
        message: `A weight decay of ${place.text} pulls harder than most losses do: weights shrink towards zero.`,
        range: place.range,
        evidence: { weightDecay: place.value },
        related: [related(facts, optimizer.call, 'The optimizer that uses it')],
        fixes: lowerDecay(facts),
      }),
    ),
};
