import { boundedOutputs, linearOutput } from '../../remedies/edits/linearOutput';
import type { PythonRule, RuleMeta } from '../rule';
import { finding } from './support';

const meta: RuleMeta = {
  code: 'GI308',
  name: 'relu-at-output',
  title: 'A ReLU between the last layer and the loss',
  severity: 'hint',
  subject: 'python',
  remedies: ['linear-output'],
  doc: {
    sees: 'A model whose output, by its class, its Sequential or the call itself, has gone through a ReLU, and is given to a regression loss (MSE, L1, Huber), to one that takes logits, or to a loss written by hand.',
    why: 'Where the last layer is negative for an input, that input gives no gradient; where it is for all inputs, which one long step is enough for, no parameter gets any and training is over. Logits must be free to be negative.',
    reference: {
      title: 'Lu et al. 2019, Dying ReLU and Initialization',
      url: 'https://arxiv.org/abs/1903.06733',
    },
    whenWrong: 'Targets that are never negative train so if the last bias starts well above zero.',
    example: `import torch
import torch.nn as nn

model = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1), nn.ReLU())
loss_fn = nn.MSELoss()

def train_step(x, y):
    return loss_fn(model(x), y)
`,
    better: `import torch
import torch.nn as nn

model = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1))
loss_fn = nn.MSELoss()

def train_step(x, y):
    return loss_fn(model(x), y)
`,
  },
};

export const reluAtOutput: PythonRule = {
  meta,
  check: (facts) =>
    !facts.source.mentions(/relu/i)
      ? []
      : boundedOutputs(facts)
          .filter(({ activation }) => activation.startsWith('relu'))
          .map(({ range }) =>
            finding(meta, {
              message:
                'Where the last layer is negative this ReLU passes no gradient: an output that is off for all inputs stays off.',
              range,
              fixes: linearOutput(facts),
            }),
          ),
};
