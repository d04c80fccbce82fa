import assert from 'node:assert/strict';
import { applyRemedy, checkFix, checkNoFix } from './checkFix';

const head = 'import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n\n\n';

describe('batch-norm', () => {
  it('goes between layer and activation of a sequence', () =>
    checkFix(
      `${head}model = nn.Sequential(
    nn.Linear(2, 64),
    nn.SiLU(),
    nn.Linear(64, 64), nn.SiLU(),
    nn.Linear(64, 1),
)
`,
      'batch-norm',
      [
        '-     nn.Linear(2, 64),',
        '+     nn.Linear(2, 64), nn.BatchNorm1d(64),',
        '-     nn.Linear(64, 64), nn.SiLU(),',
        '+     nn.Linear(64, 64), nn.BatchNorm1d(64), nn.SiLU(),',
      ],
    ));

  it('is appended where layers are appended', () =>
    checkFix(
      `${head}class Net(nn.Module):
    def __init__(self, channels):
        super().__init__()
        layers = []
        for i in range(8):
            layers.append(nn.Conv2d(channels, channels, 3, padding=1))
            layers.append(nn.ReLU())
        self.features = nn.Sequential(*layers)

    def forward(self, x):
        return self.features(x)
`,
      'batch-norm',
      ['+             layers.append(nn.BatchNorm2d(channels))'],
    ));

  it('waits for a list that a loop fills', () =>
    checkFix(
      `${head}class Net(nn.Module):
    def __init__(self, depth):
        super().__init__()
        self.layers = nn.ModuleList()
        for _ in range(depth):
            self.layers.append(nn.Linear(64, 64))
        self.last = nn.Linear(64, 4)

    def forward(self, x):
        for layer in self.layers:
            x = F.relu(layer(x))
        return self.last(x)
`,
      'batch-norm',
      [
        '+         self.layers_norms = nn.ModuleList(nn.BatchNorm1d(item.out_features) for item in self.layers)',
        '-         for layer in self.layers:',
        '-             x = F.relu(layer(x))',
        '+         for layer, norm in zip(self.layers, self.layers_norms):',
        '+             x = F.relu(norm(layer(x)))',
      ],
    ));

  it('wraps the calls of single layers', () =>
    checkFix(
      `${head}class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(5, 64)
        self.fc2 = nn.Linear(64, 32)
        self.head = nn.Linear(32, 1)

    def forward(self, x):
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.head(x)
`,
      'batch-norm',
      [
        '+         self.fc1_norm = nn.BatchNorm1d(64)',
        '+         self.fc2_norm = nn.BatchNorm1d(32)',
        '-         x = F.relu(self.fc1(x))',
        '-         x = F.relu(self.fc2(x))',
        '+         x = F.relu(self.fc1_norm(self.fc1(x)))',
        '+         x = F.relu(self.fc2_norm(self.fc2(x)))',
      ],
    ));

  it('gives a list of layers a list of norms', () =>
    checkFix(
      `${head}class Net(nn.Module):
    def __init__(self, width, depth):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(width, width) for _ in range(depth)])
        self.head = nn.Linear(width, 2)

    def forward(self, x):
        for layer in self.layers:
            x = F.relu(layer(x))
        return self.head(x)
`,
      'batch-norm',
      [
        '+         self.layers_norms = nn.ModuleList(nn.BatchNorm1d(item.out_features) for item in self.layers)',
        '-         for layer in self.layers:',
        '-             x = F.relu(layer(x))',
        '+         for layer, norm in zip(self.layers, self.layers_norms):',
        '+             x = F.relu(norm(layer(x)))',
      ],
    ));

  it('offers nothing where layers are named in pairs', () =>
    checkNoFix(
      `${head}from collections import OrderedDict
model = nn.Sequential(OrderedDict([("fc1", nn.Linear(2, 8)), ("act", nn.ReLU()), ("fc2", nn.Linear(8, 1))]))
`,
      'batch-norm',
    ));

  it('offers nothing where the model normalises', () =>
    checkNoFix(
      `${head}model = nn.Sequential(nn.Linear(2, 64), nn.LayerNorm(64), nn.ReLU(), nn.Linear(64, 1))\n`,
      'batch-norm',
    ));
});

describe('layer-norm', () => {
  it('normalises the input of bare residual branches', () =>
    checkFix(
      `${head}class Block(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.up = nn.Linear(dim, 4 * dim)
        self.down = nn.Linear(4 * dim, dim)

    def forward(self, x):
        x = x + self.down(F.gelu(self.up(x)))
        return x


class Net(nn.Module):
    def __init__(self, dim=32):
        super().__init__()
        self.blocks = nn.ModuleList([Block(dim) for _ in range(12)])

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return x
`,
      'layer-norm',
      [
        '+         self.norm = nn.LayerNorm(dim)',
        '-         x = x + self.down(F.gelu(self.up(x)))',
        '+         x = x + self.down(F.gelu(self.up(self.norm(x))))',
      ],
    ));

  it('finds the branch behind a return, over two statements', () =>
    checkFix(
      `${head}class Block(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.lin1 = nn.Linear(dim, dim)
        self.lin2 = nn.Linear(dim, dim)

    def forward(self, x):
        h = F.relu(self.lin1(x))
        return x + self.lin2(h)


class Net(nn.Module):
    def __init__(self, dim=32):
        super().__init__()
        self.blocks = nn.Sequential(*[Block(dim) for _ in range(12)])

    def forward(self, x):
        return self.blocks(x)
`,
      'layer-norm',
      [
        '+         self.norm = nn.LayerNorm(dim)',
        '-         h = F.relu(self.lin1(x))',
        '+         h = F.relu(self.lin1(self.norm(x)))',
      ],
    ));

  it('turns post-norm transformer layers into pre-norm', () =>
    checkFix(
      `${head}class Net(nn.Module):
    def __init__(self, d_model=48):
        super().__init__()
        layer = nn.TransformerEncoderLayer(d_model, 4, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, num_layers=4)

    def forward(self, x):
        return self.encoder(x)
`,
      'layer-norm',
      [
        '-         layer = nn.TransformerEncoderLayer(d_model, 4, batch_first=True)',
        '-         self.encoder = nn.TransformerEncoder(layer, num_layers=4)',
        '+         layer = nn.TransformerEncoderLayer(d_model, 4, batch_first=True, norm_first=True)',
        '+         self.encoder = nn.TransformerEncoder(layer, num_layers=4, norm=nn.LayerNorm(d_model))',
      ],
    ));

  it('leaves branches alone that something else goes into as well', () =>
    checkNoFix(
      `${head}class GraphLayer(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.own = nn.Linear(dim, dim)
        self.other = nn.Linear(dim, dim)

    def forward(self, h, adj):
        m = adj @ h
        return h + F.relu(self.own(h) + self.other(m))


class Net(nn.Module):
    def __init__(self, dim=32):
        super().__init__()
        self.layers = nn.ModuleList(GraphLayer(dim) for _ in range(10))

    def forward(self, x, adj):
        for layer in self.layers:
            x = layer(x, adj)
        return x
`,
      'layer-norm',
    ));
});

describe('a layer that a helper takes', () => {
  const program = `import torch
import torch.nn as nn

def fill(layer, std):
    nn.init.normal_(layer.weight, std=std)
    return layer

net = nn.Sequential(fill(nn.Linear(8, 16), 0.02), nn.ReLU(), fill(nn.Linear(16, 16), 0.02), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(net.parameters())
`;

  it('belongs to the model, and gets nothing put beside it in the helper\u2019s call', async () => {
    assert.match((await applyRemedy(program, 'he-init')) ?? '', /kaiming_normal_\(layer\.weight/);
    for (const remedy of ['batch-norm', 'layer-norm', 'normalise-input'] as const) {
      assert.doesNotMatch((await applyRemedy(program, remedy)) ?? '', /fill\([^)]*\)?[^)]*Norm/);
    }
  });

  it('is no feature of a set: batch normalisation would take the points for features', async () => {
    const set = `import torch
import torch.nn as nn

class PointNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.points = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU())
        self.out = nn.Linear(16, 2)

    def forward(self, x):
        return self.out(self.points(x).max(dim=1).values)
`;
    assert.equal(await applyRemedy(set, 'batch-norm'), null);
  });
});
