import type { PythonFacts } from '../../python/facts';
import { type LargeData, largeInput, largeRawInput, largeTarget } from '../../remedies/edits/dataScale';
import { normaliseInput, normaliseTarget } from '../../remedies/edits/inputNorm';
import { trainedRoot, viewOf } from '../../remedies/edits/model';
import type { Finding, Fix } from '../finding';
import type { PythonRule, RuleMeta } from '../rule';
import { finding } from './support';

const meta: RuleMeta = {
  code: 'GI309',
  name: 'unscaled-data',
  title: 'Data far larger than a network starts with',
  severity: 'hint',
  subject: 'python',
  remedies: ['normalise-input', 'normalise-target', 'batch-norm'],
  doc: {
    sees: 'What the trained model reads, or what a regression loss compares its outputs with, followed through names, cuts, data sets and functions of the file to the expression that makes it, where the numbers in that expression make it 15 times (targets: 100 times) the size of 1 and nothing scales it: `torch.stack([1900 + 120 * torch.rand(n), ...])`. Models that normalise, embed or are recurrent are left out, and so is what comes from files, which the code tells nothing about.',
    why: 'A feature of 1,000 makes the gradient of its weights 1,000 times as large, and saturates or kills the units behind it in one step; a target of 1,000 does the same to the gradient of all layers.',
    reference: {
      title: 'LeCun et al. 1998, Efficient BackProp (section 4.3)',
      url: 'https://doi.org/10.1007/978-3-642-35289-8_3',
    },
    whenWrong: 'Targets that a last bias starts at, and rates chosen for the large loss, train as well.',
    example: `import torch
import torch.nn as nn

area = 40 + 160 * torch.rand(500)
year = 1900 + 120 * torch.rand(500)
x = torch.stack([area, year], dim=1)
y = 0.01 * area
model = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(model.parameters())
for step in range(100):
    loss = ((model(x).squeeze(1) - y) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
`,
    better: `import torch
import torch.nn as nn

area = 40 + 160 * torch.rand(500)
year = 1900 + 120 * torch.rand(500)
x = torch.stack([(area - 120) / 46, (year - 1960) / 35], dim=1)
y = 0.01 * area
model = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(model.parameters())
for step in range(100):
    loss = ((model(x).squeeze(1) - y) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
`,
  },
};

export const unscaledData: PythonRule = {
  meta,
  check(facts) {
    if (
      !facts.source.mentions(
        /\brand\w*\b|\bnormal\b|\buniform\b|\bgauss\b|\bimread\b|\bImage\b|\bread_image\b|\bMNIST\b|MNIST\(|CIFAR|SVHN\(/,
      ) ||
      facts.loops.length === 0
    ) {
      return [];
    }
    const root = trainedRoot(facts);
    const input = (root === null ? null : largeInput(facts, viewOf(facts, root))) ?? largeRawInput(facts);
    const target = largeTarget(facts);
    return [
      ...report(facts, input, 'The model reads', (line) => normaliseInput(facts, { parameters: [], line })),
      ...report(facts, target, 'The loss compares with', () => normaliseTarget(facts)),
    ];
  },
};

function report(
  facts: PythonFacts,
  data: LargeData | null,
  who: string,
  fixes: (line: null) => readonly Fix[],
): readonly Finding[] {
  return data === null
    ? []
    : [
        finding(meta, {
          message: `${who} numbers of about ${data.size.toPrecision(2)} that nothing scales: ${facts.source.mentions(/SGD/) ? 'steps' : 'gradients'} grow with them.`,
          range: data.range,
          evidence: { size: data.size },
          fixes: fixes(null),
        }),
      ];
}
