import assert from 'node:assert/strict';
import { forecastOf } from './forecastOf';

const HEAD = 'import torch\nimport torch.nn.functional as F\n';

const WEIGHTS = `${HEAD}
C = torch.randn((27, 10))
W1 = torch.randn((30, 200)) * 0.2
b1 = torch.randn(200) * 0.01
W2 = torch.randn((200, 27)) * 0.01
b2 = torch.randn(27) * 0
parameters = [C, W1, b1, W2, b2]
for p in parameters:
    p.requires_grad = True
`;

/** Layers that are classes of the file, none of them a module. */
const LAYERS = `${HEAD}
class Linear:
    def __init__(self, fan_in, fan_out):
        self.weight = torch.randn((fan_in, fan_out)) / fan_in ** 0.5
    def __call__(self, x):
        self.out = x @ self.weight
        return self.out
    def parameters(self):
        return [self.weight]

class BatchNorm:
    def __init__(self, dim):
        self.gamma = torch.ones(dim)
        self.running_mean = torch.zeros(dim)
    def __call__(self, x):
        xhat = (x - x.mean(0, keepdim=True)) / torch.sqrt(x.var(0, keepdim=True) + 1e-5)
        return self.gamma * xhat
    def parameters(self):
        return [self.gamma]

class Tanh:
    def __call__(self, x):
        return torch.tanh(x)
    def parameters(self):
        return []

layers = [
    Linear(60, 100), BatchNorm(100), Tanh(),
    Linear(100, 100), BatchNorm(100), Tanh(),
    Linear(100, 27),
]
with torch.no_grad():
    layers[-1].weight *= 0.1
parameters = [p for layer in layers for p in layer.parameters()]
for p in parameters:
    p.requires_grad = True
`;

describe('Weights without a module', () => {
  it('are found in a list that is told to require gradients, and used by a function', async () => {
    const forecast = await forecastOf(`${WEIGHTS}
def forward(X):
    h = torch.tanh(C[X].view(X.shape[0], -1) @ W1 + b1)
    return h @ W2 + b2
`);
    assert.deepEqual(
      forecast.layers.map((l) => l.parameter),
      ['C', 'W1', 'b1', 'W2', 'b2'],
    );
    assert.equal(forecast.class, 'forward');
    assert.equal(forecast.layers[1]?.line, 5);
    assert.equal(forecast.reference, 'W2');
    // The table is read three rows at a time, as its first layer asks.
    assert.match(forecast.assumptions.join(), /tokens drawn at random, 3 a sequence/);
  });

  it('are found when the training loop itself is the model', async () => {
    const forecast = await forecastOf(
      `${WEIGHTS}
Xtr, Ytr = load()
for i in range(1000):
    ix = torch.randint(0, Xtr.shape[0], (32,))
    Xb, Yb = Xtr[ix], Ytr[ix]
    emb = C[Xb]
    h = torch.tanh(emb.view(emb.shape[0], -1) @ W1 + b1)
    logits = h @ W2 + b2
    loss = F.cross_entropy(logits, Yb)
    for p in parameters:
        p.grad = None
    loss.backward()
`,
      { batchSize: 32 },
    );
    assert.equal(forecast.class, 'training loop');
    // PyTorch, ten seeds: -1.95 and -1.25.
    assert.ok(Math.abs((forecast.layers.find((l) => l.parameter === 'C')?.log10 ?? 0) + 1.95) < 0.15);
    assert.ok(Math.abs((forecast.layers.find((l) => l.parameter === 'W1')?.log10 ?? 0) + 1.25) < 0.15);
  });

  it('are found inside objects of a list, with what was changed before training', async () => {
    const forecast = await forecastOf(`${LAYERS}
def run(x):
    for layer in layers:
        x = layer(x)
    return x
`);
    assert.deepEqual(
      forecast.layers.filter((l) => l.matrix).map((l) => l.parameter),
      ['layers.0.weight', 'layers.3.weight', 'layers.6.weight'],
    );
    assert.equal(forecast.coverage, 1);
    // The output layer starts at a tenth, so what is behind it gets a tenth of the gradient.
    assert.ok(Math.abs(forecast.layers[0]!.log10 + 1) < 0.4, String(forecast.layers[0]?.log10));
    assert.ok(!forecast.layers.some((l) => l.parameter.endsWith('running_mean')));
  });

  it('beside modules: lists of modules grow in place, and inputs are joined by name', async () => {
    const forecast = await forecastOf(`${HEAD}
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = torch.nn.ModuleList()
        for _ in range(3):
            self.layers += [torch.nn.Linear(2, 2), torch.nn.Tanh()]
    def forward(self, x, t):
        a = torch.hstack((x, t))
        for layer in self.layers:
            a = layer(a)
        return a
`);
    assert.deepEqual(
      forecast.layers.filter((l) => l.matrix).map((l) => l.parameter),
      ['layers.0.weight', 'layers.2.weight', 'layers.4.weight'],
    );
  });

  it('that nothing trains are no model', async () => {
    await assert.rejects(
      forecastOf(`${HEAD}
A = torch.randn(30, 30)
B = torch.randn(30, 30)
def product(x):
    return x @ A @ B
`),
    );
  });
});
