import assert from 'node:assert/strict';
import type { FlowClass } from '../../../src/core/flow/report';
import { forecastOf } from './forecastOf';

const HEAD = 'import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n';

const of = (c: FlowClass, name: string) =>
  c.layers.find((layer) => layer.parameter === name)?.log10 ?? Number.NaN;

/** What PyTorch measures, within a quarter of a decade. */
function near(c: FlowClass, expected: Readonly<Record<string, number>>): void {
  for (const [name, log10] of Object.entries(expected)) {
    const error = Math.abs(of(c, name) - log10);
    assert.ok(error < 0.25, `${name}: ${of(c, name)} for ${log10}`);
  }
}

describe('what an input is taken for', () => {
  it('is a sequence where a recurrent layer meets a function of it', async () => {
    const lstm = (x: string) =>
      forecastOf(`${HEAD}
class T(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(32, 24, batch_first=True)
        self.emit = nn.Linear(24, 9)
    def forward(self, x):
        h, _ = self.rnn(${x})
        return self.emit(h)
`);
    const scaled = await lstm('0.999 * x');
    assert.match(scaled.assumptions.join('; '), /sequences of 32 steps/);
    assert.ok(Math.abs(of(scaled, 'rnn.weight_ih_l0') - of(await lstm('x'), 'rnn.weight_ih_l0')) < 0.01);
  });

  it('is as wide as two layers together say, of two inputs that are joined', async () => {
    const c = await forecastOf(`${HEAD}
class CVAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(40, 5)
        self.decoder = nn.Linear(9, 36)
    def forward(self, x, c):
        z = torch.tanh(self.encoder(torch.cat((x, c), dim=1)))
        return self.decoder(torch.cat((z, c), dim=1))
`);
    assert.equal(c.unknown.length, 0, c.unknown.join('; '));
  });

  it('is a number for every two nodes where a matrix of the data multiplies them', async () => {
    const c = await forecastOf(`${HEAD}
class GCN(nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = nn.ParameterList([nn.Parameter(0.2 * torch.randn(16, 16)) for _ in range(3)])
    def forward(self, x, adj):
        adj = F.softmax(adj, dim=1)
        for w in self.weights:
            x = torch.relu(torch.mm(adj, torch.mm(x, w)))
        return x
`);
    assert.equal(c.coverage, 1);
    assert.match(c.assumptions.join('; '), /every two samples/);
  });
});

describe('reading what was passed over', () => {
  it('writes a range of a bias in a loop over parameters: the forget gate', async () => {
    const c = await forecastOf(
      `${HEAD}
class T(nn.Module):
    def __init__(self, hid=24):
        super().__init__()
        self.rnn = nn.LSTM(32, hid, batch_first=True)
        for name, p in self.rnn.named_parameters():
            if name.startswith('weight_hh'):
                nn.init.orthogonal_(p)
            elif name.startswith('bias'):
                nn.init.zeros_(p)
                p.data[hid:2 * hid] = 1.0
        self.emit = nn.Linear(hid, 9)
    def forward(self, x):
        h, _ = self.rnn(x)
        return self.emit(h)
`,
      { batchSize: 16, sequenceLength: 15 },
    );
    near(c, { 'rnn.weight_ih_l0': 0.07, 'rnn.weight_hh_l0': -0.45 });
  });

  it('gives a class token of zeros the gradient that its own deviation lets through', async () => {
    const model = (token: string) =>
      forecastOf(
        `${HEAD}
class V(nn.Module):
    def __init__(self, d=48):
        super().__init__()
        self.embed = nn.Linear(16, d)
        self.token = nn.Parameter(${token})
        self.norm1, self.norm2 = nn.LayerNorm(d, eps=1e-6), nn.LayerNorm(d)
        self.qkv = nn.Linear(d, 3 * d)
        self.out = nn.Linear(d, d)
        self.head = nn.Linear(d, 10)
    def forward(self, x: torch.Tensor):
        B, N, D = x.shape
        x = torch.cat((self.token.expand(B, -1, -1), self.embed(x)), dim=1)
        q, k, v = self.qkv(self.norm1(x)).chunk(3, dim=-1)
        x = x + self.out(torch.softmax(q @ k.transpose(-2, -1) / D ** 0.5, -1) @ v)
        return self.head(self.norm2(x)[:, 0])
`,
        { sequenceLength: 16 },
      );
    const zeros = await model('torch.zeros(1, 1, d)');
    const unit = await model('torch.randn(1, 1, d)');
    // PyTorch, ten seeds: 1.36 and -1.10.
    near(zeros, { token: 1.36 });
    near(unit, { token: -1.1 });
  });

  it('follows a constant matrix, a statistic that every sample gets, and attention with renewed weights', async () => {
    const c = await forecastOf(`${HEAD}
class S(nn.Module):
    def __init__(self, d=32):
        super().__init__()
        self.stem = nn.Conv2d(3, d - 1, 3, padding=1)
        self.q, self.k, self.v = nn.Linear(d, d), nn.Linear(d, d), nn.Linear(d, d)
        self.slots = nn.Parameter(torch.randn(1, 5, d))
        self.register_buffer('same', torch.eye(d))
        self.head = nn.Linear(d, 7)
    def forward(self, img):
        x = torch.relu(self.stem(img))
        spread = torch.sqrt(x.var(0) + 1e-8).mean()
        x = torch.cat([x, spread.expand(x.size(0), 1, x.size(2), x.size(3))], 1)
        x = x.flatten(2).transpose(1, 2)
        q = self.q(self.slots.expand(x.size(0), -1, -1))
        attn = (q @ self.k(x).transpose(1, 2) / 32 ** 0.5).softmax(dim=1) + 1e-8
        attn = attn / attn.sum(dim=-1, keepdim=True)
        return self.head((attn @ self.v(x)).mean(1) @ self.same.t())
`);
    const zero = c.unknown.filter((text) => !/exactly zero/.test(text));
    assert.deepEqual(zero, []);
    assert.equal(c.coverage, 1);
  });
});
