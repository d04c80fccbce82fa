import assert from 'node:assert/strict';
import { forecastFlow } from '../../../src/core/flow/forecast';
import { pythonAnalyzer } from '../python/analyzer';

const HEAD = `import torch
import torch.nn as nn
`;

async function forecastOf(program: string) {
  const source = (await pythonAnalyzer()).read('model.py', HEAD + program);
  assert.ok(source !== null);
  const [forecast] = forecastFlow(source.facts, { className: 'Net' }).classes;
  assert.ok(forecast !== undefined);
  return forecast;
}

/** A small vision transformer whose class token is drawn with this deviation. */
const visionTransformer = (deviation: number) => `
class Block(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.norm = nn.LayerNorm(d)
        self.fc1 = nn.Linear(d, d)
        self.fc2 = nn.Linear(d, d)
        nn.init.normal_(self.fc2.weight, std=0.001)
        nn.init.zeros_(self.fc2.bias)
    def forward(self, x):
        return x + self.fc2(torch.relu(self.fc1(self.norm(x))))

class Net(nn.Module):
    def __init__(self, d=32):
        super().__init__()
        self.patch = nn.Conv2d(3, d, 8, 8)
        self.cls = nn.Parameter(torch.randn(1, 1, d) * ${deviation})
        self.blocks = nn.Sequential(*[Block(d) for _ in range(2)])
        self.norm = nn.LayerNorm(d)
        self.head = nn.Linear(d, 10)
    def forward(self, img):
        x = self.patch(img).flatten(2).transpose(1, 2)
        x = torch.cat((self.cls.expand(x.shape[0], -1, -1), x), dim=1)
        return self.head(self.norm(self.blocks(x))[:, 0])
`;

const level = (forecast: Awaited<ReturnType<typeof forecastOf>>, name: string) => {
  const layer = forecast.layers.find(({ parameter }) => parameter === name);
  assert.ok(layer !== undefined, name);
  return layer.log10;
};

describe('forecasts of what blind models showed', () => {
  it('divides the gradient of a class token by its own deviation, not by the patches’', async () => {
    const [small, large] = await Promise.all(
      [0.01, 1].map((deviation) => forecastOf(visionTransformer(deviation))),
    );
    assert.ok(small !== undefined && large !== undefined);
    // A hundredth of the size in front of the normalisation: a hundred times the gradient behind it.
    const rise = level(small, 'blocks.1.fc2.weight') - level(large, 'blocks.1.fc2.weight');
    assert.ok(Math.abs(rise - 2) < 0.3, String(rise));
  });

  it('lets saturated logits bend the loss no more', async () => {
    const forecast = await forecastOf(`
class Block(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.fc1 = nn.Linear(d, d)
        self.fc2 = nn.Linear(d, d)
        for fc in (self.fc1, self.fc2):
            nn.init.normal_(fc.weight, std=0.2)
            nn.init.zeros_(fc.bias)
    def forward(self, x):
        return x + self.fc2(torch.relu(self.fc1(x)))

class Net(nn.Module):
    def __init__(self, d=96):
        super().__init__()
        self.embed = nn.Linear(40, d)
        self.trunk = nn.Sequential(*[Block(d) for _ in range(12)])
        self.head = nn.Linear(d, 10)
    def forward(self, x):
        return self.head(self.trunk(self.embed(x)))
`);
    // PyTorch: −0.69 for this model (ten seeds, batch 64).
    assert.ok(
      Math.abs(level(forecast, 'embed.weight') + 0.69) < 0.3,
      String(level(forecast, 'embed.weight')),
    );
  });

  it('knows that an initialisation behind weight normalisation is lost', async () => {
    const net = (init: string) => `
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.utils.weight_norm(nn.Linear(16, 16))
        self.b = nn.Linear(16, 4)
        ${init}
    def forward(self, x):
        return self.b(torch.relu(self.a(x)))
`;
    const [plain, lost] = await Promise.all([
      forecastOf(net('pass')),
      forecastOf(net('self.a.weight.data.normal_(0, 1e-4)')),
    ]);
    assert.equal(level(plain, 'b.weight'), level(lost, 'b.weight'));
    assert.deepEqual(
      plain.layers.map(({ log10 }) => log10),
      lost.layers.map(({ log10 }) => log10),
    );
  });

  it('follows an adjacency matrix that is handed to forward, and says what it took it for', async () => {
    const forecast = await forecastOf(`
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(16, 32)
        self.second = nn.Linear(32, 4)
    def forward(self, x, adj):
        h = torch.relu(torch.spmm(adj, self.first(x)))
        return torch.mm(adj, self.second(h))
`);
    assert.equal(forecast.coverage, 1);
    assert.equal(forecast.confidence, 'low');
    assert.ok(
      forecast.unknown.some((text) => text.includes('graph')),
      forecast.unknown.join(),
    );
  });
});
