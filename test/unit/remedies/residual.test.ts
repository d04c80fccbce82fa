import { checkFix, checkNoFix } from './checkFix';

const net = (layers: string, forward: string) => `import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self, width=64, depth=8):
        super().__init__()
${layers}
        self.head = nn.Linear(width, 2)

    def forward(self, x):
${forward}
        return self.head(x)


net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
`;

describe('residual', () => {
  it('adds the input in a loop over layers of equal size', () =>
    checkFix(
      net(
        '        self.layers = nn.ModuleList([nn.Linear(width, width) for _ in range(depth)])',
        `        for layer in self.layers:
            x = torch.relu(layer(x))  # hidden`,
      ),
      'residual',
      [
        '-             x = torch.relu(layer(x))  # hidden',
        '+             x = x + torch.relu(layer(x))  # hidden',
      ],
    ));

  it('asks the running program where the code does not give the sizes', () =>
    checkFix(
      net(
        '        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(dims, dims[1:]))',
        `        for layer in self.layers:
            x = F.relu(layer(x))`,
      ).replace('        self.layers', '        dims = [2] + [width] * depth\n        self.layers'),
      'residual',
      [
        '-             x = F.relu(layer(x))',
        '+             y = F.relu(layer(x))',
        '+             x = x + y if y.shape == x.shape else y',
      ],
    ));

  it('takes single layers whose sizes agree, and leaves the others', () =>
    checkFix(
      net(
        `        self.fc1 = nn.Linear(2, 64)
        self.fc2 = nn.Linear(64, 64)
        self.fc3 = nn.Linear(64, 64)`,
        `        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        x = F.relu(self.fc3(x))`,
      ),
      'residual',
      [
        '-         x = F.relu(self.fc2(x))',
        '-         x = F.relu(self.fc3(x))',
        '+         x = x + F.relu(self.fc2(x))',
        '+         x = x + F.relu(self.fc3(x))',
      ],
    ));

  it('normalises the branches of a strongly initialised deep stack', () =>
    checkFix(
      net(
        `        self.layers = nn.ModuleList([nn.Linear(width, width) for _ in range(depth)])
        for layer in self.layers:
            nn.init.kaiming_normal_(layer.weight)`,
        `        for layer in self.layers:
            x = torch.relu(layer(x))`,
      ),
      'residual',
      [
        '-             x = torch.relu(layer(x))',
        '+             x = x + torch.relu(layer(F.layer_norm(x, x.shape[-1:])))',
      ],
    ));

  it('unrolls a plain sequence', () =>
    checkFix(
      `import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        layers = []
        for i in range(12):
            layers.append(nn.Conv2d(8, 8, 3, padding=1))
            layers.append(nn.ReLU())
        self.features = nn.Sequential(*layers)

    def forward(self, x):
        x = self.features(x)
        return x.mean((2, 3))
`,
      'residual',
      [
        '-         x = self.features(x)',
        '+         for layer in self.features:',
        '+             y = layer(x)',
        '+             x = x + y if isinstance(layer, nn.Conv2d) and y.shape == x.shape else y',
      ],
    ));

  it('offers nothing where there is one, or where sizes differ', async () => {
    await checkNoFix(
      net(
        '        self.layers = nn.ModuleList([nn.Linear(width, width) for _ in range(depth)])',
        `        for layer in self.layers:
            x = x + torch.relu(layer(x))`,
      ),
      'residual',
    );
    await checkNoFix(
      net(
        `        self.fc1 = nn.Linear(2, 32)
        self.fc2 = nn.Linear(32, 64)`,
        `        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))`,
      ),
      'residual',
    );
  });
});
