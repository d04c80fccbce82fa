import { untrainedLayers } from '../../python/untrainedLayers';
import { partlyTrained, trainAllParameters } from '../../remedies/edits/allParameters';
import type { PythonRule, RuleMeta } from '../rule';
import { finding } from './support';

const meta: RuleMeta = {
  code: 'GI122',
  name: 'optimizer-misses-layers',
  title: 'The optimizer is given a part of the model only',
  severity: 'hint',
  subject: 'python',
  remedies: ['all-parameters'],
  doc: {
    sees: 'An optimizer over `model.<part>.parameters()` of a model of the file that has other layers with weights, in a file in which no optimizer is given those, and that loads and freezes nothing. The same of layers and models in variables, where a loss sends gradients to one that no optimizer is given.',
    why: 'A layer that no optimizer holds gets gradients, but keeps its random weights: what is trained learns on random features.',
    reference: {
      title: 'torch.optim, Constructing it',
      url: 'https://docs.pytorch.org/docs/stable/optim.html#constructing-it',
    },
    whenWrong: 'Random features on purpose, and parts that another file trains.',
    example: `import torch
import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(16, 64)
        self.head = nn.Linear(64, 4)

    def forward(self, x):
        return self.head(self.body(x).relu())

model = Net()
optimizer = torch.optim.Adam(model.head.parameters(), lr=1e-3)
`,
    better: `import torch
import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(16, 64)
        self.head = nn.Linear(64, 4)

    def forward(self, x):
        return self.head(self.body(x).relu())

model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
`,
  },
};

export const optimizerMissesLayers: PythonRule = {
  meta,
  check: (facts) => [
    ...partlyTrained(facts).map(({ optimizer, model, part, missed }) =>
      finding(meta, {
        message: `This optimizer holds ${part} only: nothing trains ${missed.map((name) => `${model}.${name}`).join(', ')}.`,
        range: optimizer.call,
        fixes: trainAllParameters(facts),
      }),
    ),
    ...untrainedLayers(facts).map(({ optimizer, layers }) =>
      finding(meta, {
        message: `No optimizer is given the parameters of ${layers.join(', ')}, which the loss depends on.`,
        range: facts.rangeOf(optimizer),
      }),
    ),
  ],
};
