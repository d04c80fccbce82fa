import { negatedLosses } from '../../python/negatedLoss';
import { minimised } from '../../remedies/edits/minimised';
import type { PythonRule, RuleMeta } from '../rule';
import { finding } from './support';

const meta: RuleMeta = {
  code: 'GI318',
  name: 'negated-loss',
  title: 'The loss is turned round, so that training makes it larger',
  severity: 'hint',
  subject: 'python',
  remedies: ['minimise-loss'],
  doc: {
    sees: 'A minus before a cross-entropy, a squared or an absolute error on its way to `backward()`, or `(-loss).backward()`, in a file whose optimizers update models, and that speaks of no adversary, attack or ascent.',
    why: 'Optimizers go down. Turned round, the error grows without bound, faster and faster: gradients explode until the numbers are no longer finite.',
    reference: {
      title: 'torch.optim, Taking an optimization step',
      url: 'https://docs.pytorch.org/docs/stable/optim.html#taking-an-optimization-step',
    },
    whenWrong: 'Models that are made to forget or to fool another one.',
    example: `import torch
import torch.nn.functional as F

def train(model, loader):
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for x, y in loader:
        optimizer.zero_grad()
        loss = -F.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
`,
    better: `import torch
import torch.nn.functional as F

def train(model, loader):
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
`,
  },
};

export const negatedLoss: PythonRule = {
  meta,
  check: (facts) =>
    negatedLosses(facts).map(({ minus }) =>
      finding(meta, {
        message:
          'The minus turns this loss round: the optimizer then makes the error larger with every step.',
        range: facts.rangeOf(minus),
        fixes: minimised(facts),
      }),
    ),
};
