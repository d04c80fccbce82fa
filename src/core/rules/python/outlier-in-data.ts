import { rareData } from '../../python/rareData';
import { clipGradients } from '../../remedies/edits/clip/clip';
import type { PythonRule, RuleMeta } from '../rule';
import { finding } from './support';

const meta: RuleMeta = {
  code: 'GI315',
  name: 'outlier-in-data',
  title: 'A part of the data is made far larger than the rest',
  severity: 'hint',
  subject: 'python',
  remedies: ['clip-grad-norm', 'skip-bad-batch', 'normalise-input'],
  doc: {
    sees: 'In a program that trains, outside of models: a part of a tensor that is set to a number of 100 or more (`x[3] = -999.0`; class indices, masks and -100 left out), or multiplied by 30 or more, or has a number that large added; and data that a branch multiplies by 30 or more. Silent where the branch asks for the range or the type of the data.',
    why: 'A squared error of one such value is a million times that of the others: one batch throws the weights out of where all the others have brought them, and Adam remembers it for hundreds of steps.',
    reference: {
      title: 'Pascanu et al. 2013, On the difficulty of training recurrent neural networks',
      url: 'https://arxiv.org/abs/1211.5063',
    },
    whenWrong: 'Where the loss is robust, the gradient is clipped, or the values are taken out later.',
    example: `import torch

record = torch.sin(torch.arange(500.0))
record[250] = -999.0
model = torch.nn.Linear(8, 1)
optimizer = torch.optim.Adam(model.parameters())
for step in range(480):
    optimizer.zero_grad()
    loss = torch.nn.functional.mse_loss(model(record[step : step + 8]), record[step + 8 : step + 9])
    loss.backward()
    optimizer.step()
`,
    better: `import torch

record = torch.sin(torch.arange(500.0))
model = torch.nn.Linear(8, 1)
optimizer = torch.optim.Adam(model.parameters())
for step in range(480):
    optimizer.zero_grad()
    loss = torch.nn.functional.mse_loss(model(record[step : step + 8]), record[step + 8 : step + 9])
    loss.backward()
    optimizer.step()
`,
  },
};

export const outlierInData: PythonRule = {
  meta,
  check(facts) {
    // A step that is clipped, or a loss that ignores how far out a value is, bears outliers.
    const bears = facts.loops.some(({ events }) => events.some(({ kind }) => kind === 'clip'));
    if (facts.loops.length === 0 || bears || facts.source.mentions(/huber|smooth_l1|l1_loss|L1Loss/i)) {
      return [];
    }
    return rareData(facts).map(({ stmt, value, kind }) =>
      finding(meta, {
        message:
          kind === 'factor'
            ? `This makes a part of the data ${value} times as large as the rest: the gradient of its batch is that of nothing else.`
            : `This puts ${value} among the data: the gradient of its batch is that of nothing else.`,
        range: facts.rangeOf(stmt),
        evidence: { value },
        fixes: clipGradients(facts, { parameters: [], line: null }),
      }),
    );
  },
};
