import { checkFix, checkNoFix } from './checkFix';

const functional = (forward: string) => `import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self, width=32, depth=5):
        super().__init__()
        self.inp = nn.Linear(2, width)
        self.gate = nn.Linear(width, width)
        self.hidden = nn.ModuleList([nn.Linear(width, width) for _ in range(depth)])
        self.out = nn.Linear(width, 1)

    def forward(self, x):
${forward}
`;

const modules = (layers: string) => `import torch
from torch import nn

model = nn.Sequential(
${layers}
)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
`;

/** Seven plain layers do not train with ReLUs and PyTorch's default. */
const HE: readonly string[] = [
  '+         for module in self.modules():',
  '+             if isinstance(module, nn.Linear):',
  '+                 nn.init.kaiming_normal_(module.weight, nonlinearity="relu")',
  '+                 nn.init.zeros_(module.bias)',
];

describe('relu', () => {
  it('replaces hidden sigmoids and keeps the one at the output', () =>
    checkFix(
      functional(`        x = torch.sigmoid(self.inp(x))
        for layer in self.hidden:
            x = torch.sigmoid(layer(x))
        return torch.sigmoid(self.out(x))`),
      'relu',
      [
        ...HE,
        '-         x = torch.sigmoid(self.inp(x))',
        '+         x = torch.relu(self.inp(x))',
        '-             x = torch.sigmoid(layer(x))',
        '+             x = torch.relu(layer(x))',
      ],
    ));

  it('replaces modules of a sequence, but not the last', () =>
    checkFix(
      modules(`    nn.Linear(2, 32), nn.Sigmoid(),  # first
    nn.Linear(32, 32), nn.Sigmoid(),
    nn.Linear(32, 1), nn.Sigmoid(),`),
      'relu',
      [
        '-     nn.Linear(2, 32), nn.Sigmoid(),  # first',
        '-     nn.Linear(32, 32), nn.Sigmoid(),',
        '+     nn.Linear(2, 32), nn.ReLU(),  # first',
        '+     nn.Linear(32, 32), nn.ReLU(),',
      ],
    ));

  it('leaves gates alone', () =>
    checkNoFix(
      functional(`        x = F.relu(self.inp(x))
        x = x * torch.sigmoid(self.gate(x))
        return self.out(x)`),
      'relu',
    ));

  it('rewrites a method call', () =>
    checkFix(
      functional(`        x = self.inp(x).sigmoid()
        return self.out(x)`),
      'relu',
      [...HE, '-         x = self.inp(x).sigmoid()', '+         x = torch.relu(self.inp(x))'],
    ));
});

describe('leaky-relu and gelu', () => {
  const program = functional(`        x = F.relu(self.inp(x), inplace=True)
        for layer in self.hidden:
            x = F.relu(layer(x))
        return self.out(x)`);

  it('replace ReLU', async () => {
    await checkFix(program, 'leaky-relu', [
      '-         x = F.relu(self.inp(x), inplace=True)',
      '+         x = F.leaky_relu(self.inp(x), 0.1)',
      '-             x = F.relu(layer(x))',
      '+             x = F.leaky_relu(layer(x), 0.1)',
    ]);
    await checkFix(program, 'gelu', [
      '-         x = F.relu(self.inp(x), inplace=True)',
      '+         x = F.gelu(self.inp(x))',
      '-             x = F.relu(layer(x))',
      '+             x = F.gelu(layer(x))',
    ]);
  });

  it('replace modules with their arguments', () =>
    checkFix(modules('    nn.Linear(2, 32), nn.ReLU(inplace=True),\n    nn.Linear(32, 1),'), 'leaky-relu', [
      '-     nn.Linear(2, 32), nn.ReLU(inplace=True),',
      '+     nn.Linear(2, 32), nn.LeakyReLU(0.1),',
    ]));
});
