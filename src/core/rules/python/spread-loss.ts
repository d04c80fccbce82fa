import { spreadLosses, squeezedOutput } from '../../remedies/edits/columnOutput';
import type { PythonRule, RuleMeta } from '../rule';
import { finding, place } from './support';

const meta: RuleMeta = {
  code: 'GI313',
  name: 'spread-loss',
  title: 'Outputs of one column are compared with targets without columns',
  severity: 'warning',
  subject: 'python',
  remedies: ['match-shapes'],
  doc: {
    sees: "A difference or a regression loss between the output of a model that ends in `nn.Linear(n, 1)` and a target that the file's code makes with one dimension, followed through data sets, loaders, functions and cuts. Where one step of that is not certain, nothing is said.",
    why: 'Shapes (N, 1) and (N,) broadcast to (N, N): each output is compared with every target of the batch. The loss is smallest when all outputs are the mean of the targets, so the model learns the mean and stands still there, with gradients that look healthy.',
    reference: {
      title: 'PyTorch: Broadcasting semantics',
      url: 'https://docs.pytorch.org/docs/stable/notes/broadcasting.html',
    },
    whenWrong: 'All pairs are meant, as in a distance matrix or a ranking loss of a single score.',
    example: `import torch
import torch.nn as nn

x = torch.randn(500, 8)
y = x[:, 0] * x[:, 1]
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(model.parameters())
for step in range(100):
    loss = ((model(x) - y) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
`,
    better: `import torch
import torch.nn as nn

x = torch.randn(500, 8)
y = x[:, 0] * x[:, 1]
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(model.parameters())
for step in range(100):
    loss = ((model(x).squeeze(-1) - y) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
`,
  },
};

export const spreadLoss: PythonRule = {
  meta,
  check(facts) {
    const losses = facts.source.mentions(/\bLinear\b|@/) ? spreadLosses(facts) : [];
    const fixes = losses.length === 0 ? [] : squeezedOutput(facts);
    return losses.map(({ range, target }) =>
      finding(meta, {
        message:
          'Shapes (N, 1) and (N,) make (N, N) here: each output is compared with every target, and the model learns their mean.',
        range,
        related: [place(facts, target, 'The target, of one dimension')],
        fixes: fixes.map((fix) => ({ ...fix, preferred: true })),
      }),
    );
  },
};
