import assert from 'node:assert/strict';
import { forecastFlow } from '../../../src/core/flow/forecast';
import { pythonAnalyzer } from '../python/analyzer';

const HEAD = `import torch
import torch.nn as nn
from collections import namedtuple
from types import SimpleNamespace
`;

async function forecastOf(program: string) {
  const source = (await pythonAnalyzer()).read('model.py', HEAD + program);
  assert.ok(source !== null);
  const [forecast] = forecastFlow(source.facts, { className: 'Net' }).classes;
  assert.ok(forecast !== undefined);
  return forecast;
}

/** Ways of writing the same ten default ReLU layers of 32, and what follows them. */
const STYLES: Readonly<Record<string, string>> = {
  'a generator of layers': `
def layers(n):
    for _ in range(n):
        yield nn.Linear(32, 32)
        yield nn.ReLU()

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(*layers(10), nn.Linear(32, 4))
    def forward(self, x):
        return self.net(x)
`,
  'a named tuple': `
Spec = namedtuple('Spec', ['width', 'depth'])

class Net(nn.Module):
    def __init__(self, spec=Spec(16, 10)):
        super().__init__()
        width, depth = spec._replace(width=32)
        self.body = nn.ModuleList(nn.Linear(width, width) for _ in range(depth))
        self.out = nn.Linear(width, 4)
    def forward(self, x):
        for layer in self.body:
            x = torch.relu(layer(x))
        return self.out(x)
`,
  'parameters and einsum': `
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Parameter(torch.empty(10, 32, 32).uniform_(-32 ** -0.5, 32 ** -0.5))
        self.out = nn.Parameter(torch.empty(4, 32).uniform_(-32 ** -0.5, 32 ** -0.5))
    def forward(self, x):
        for i in range(10):
            x = torch.relu(torch.einsum('bi,oi->bo', x, self.body[i]))
        return torch.einsum('bi,oi->bo', x, self.out)
`,
};

describe('a forecast of code in other styles', () => {
  for (const [name, program] of Object.entries(STYLES)) {
    it(`reads ${name}`, async () => {
      const { verdict, unknown, coverage, layers } = await forecastOf(program);
      assert.deepEqual(unknown, []);
      assert.equal(coverage, 1);
      assert.ok(layers.filter(({ matrix }) => matrix).length >= 2);
      assert.notEqual(verdict, 'unknown');
    });
  }

  it('takes x * sigmoid(x) for the function it is', async () => {
    const net = (act: string) => `
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.ModuleList(nn.Linear(32, 32) for _ in range(8))
        self.b = nn.Linear(32, 4)
    def forward(self, x):
        for layer in self.a:
            x = layer(x)
            x = ${act}
        return self.b(x)
`;
    const [byHand, built] = await Promise.all(
      ['x * torch.sigmoid(x)', 'torch.nn.functional.silu(x)'].map((act) => forecastOf(net(act))),
    );
    const first = (one: Awaited<ReturnType<typeof forecastOf>> | undefined) => one?.layers[0]?.log10 ?? 0;
    assert.ok(Math.abs(first(byHand) - first(built)) < 1e-6, `${first(byHand)} ${first(built)}`);
  });

  it('names the parameters of weight normalisation as PyTorch does', async () => {
    const { layers } = await forecastOf(`
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.utils.weight_norm(nn.Linear(8, 8))
        self.b = nn.utils.spectral_norm(nn.Linear(8, 2))
    def forward(self, x):
        return self.b(torch.relu(self.a(x)))
`);
    const names = layers.map(({ parameter }) => parameter);
    for (const name of ['a.weight_v', 'a.weight_g', 'b.weight_orig'])
      assert.ok(names.includes(name), `${names}`);
  });
});
