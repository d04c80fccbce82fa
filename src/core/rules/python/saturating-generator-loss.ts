import { saturatingLosses, unsaturate } from '../../remedies/edits/generatorLoss';
import type { PythonRule, RuleMeta } from '../rule';
import { finding } from './support';

const meta: RuleMeta = {
  code: 'GI312',
  name: 'saturating-generator-loss',
  title: 'A generator loss whose gradient vanishes when the discriminator is sure',
  severity: 'hint',
  subject: 'python',
  remedies: ['non-saturating-loss'],
  doc: {
    sees: '`loss = torch.log(1 - p).mean()`, without a minus before it, that a training loop goes backward from.',
    why: 'Early in training the discriminator tells samples with certainty: p is near 0, where log(1 - p) is flat through the sigmoid, and the generator gets no gradient. -log(p) has its largest slope there.',
    reference: {
      title: 'Goodfellow et al. 2014, Generative Adversarial Nets',
      url: 'https://arxiv.org/abs/1406.2661',
    },
    whenWrong: 'With a discriminator that is kept weak the minimax loss trains as well.',
    example: `import torch

def train(G, D, opt_g, noise):
    for z in noise:
        p = D(G(z))
        loss_g = torch.log(1 - p + 1e-8).mean()
        opt_g.zero_grad()
        loss_g.backward()
        opt_g.step()
`,
    better: `import torch

def train(G, D, opt_g, noise):
    for z in noise:
        p = D(G(z))
        loss_g = -torch.log(p + 1e-8).mean()
        opt_g.zero_grad()
        loss_g.backward()
        opt_g.step()
`,
  },
};

export const saturatingGeneratorLoss: PythonRule = {
  meta,
  check: (facts) =>
    saturatingLosses(facts).map(({ range }) =>
      finding(meta, {
        message: 'Where p is near 0, as at the start, this loss is flat and the generator gets no gradient.',
        range,
        fixes: unsaturate(facts),
      }),
    ),
};
