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

  it('has the samples and places of what it is joined with', async () => {
    const c = await forecastOf(`${HEAD}
class CNP(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(2, 48)
        self.decoder = nn.Linear(49, 1)
    def forward(self, context, target):
        r = self.encoder(context).mean(dim=1)
        r = r.unsqueeze(1).repeat(1, target.shape[1], 1)
        return self.decoder(torch.cat([r, target], dim=-1))
`);
    assert.match(c.assumptions.join('; '), /input context: sequences/);
    assert.deepEqual(c.unknown, []);
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

  it('tells entries of a configuration apart by their type', async () => {
    const c = await forecastOf(`${HEAD}
LAYOUT = [(16, 32), "relu", [(32, 32), 2], (32, 4)]
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        layers = []
        for x in LAYOUT:
            if type(x) == tuple:
                layers.append(nn.Linear(*x))
            elif type(x) is str:
                layers.append(nn.ReLU())
            elif type(x) in (list,):
                layers += [nn.Linear(*x[0]) for _ in range(x[1])]
        self.net = nn.Sequential(*layers)
    def forward(self, x):
        return self.net(x)
`);
    assert.deepEqual(
      c.layers.filter((layer) => layer.matrix).map((layer) => layer.parameter),
      ['net.0.weight', 'net.2.weight', 'net.3.weight', 'net.4.weight'],
    );
    assert.equal(c.confidence, 'high');
  });

  it('follows messages along edges, and says that their number is not known', async () => {
    const c = await forecastOf(`${HEAD}
def ring(n):
    i = torch.arange(n)
    return torch.stack([torch.cat([i, i]), torch.cat([(i + 1) % n, (i - 1) % n])])

class GNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.near = nn.Linear(8, 8)
        self.out = nn.Linear(8, 3)
    def forward(self, x):
        source, target = ring(x.size(0))
        x = torch.relu(torch.zeros_like(x).index_add_(0, target, self.near(x)[source]))
        return self.out(x)
`);
    assert.equal(c.coverage, 1);
    assert.equal(c.confidence, 'low');
    assert.match(c.unknown.join('; '), /places of an index/);
  });

  it('convolves each sample with weights of its own', async () => {
    const c = await forecastOf(
      `${HEAD}
class Modulated(nn.Module):
    def __init__(self, i, o, style):
        super().__init__()
        self.o = o
        self.weight = nn.Parameter(torch.randn(1, o, i, 3, 3))
        self.style = nn.Linear(style, i)
    def forward(self, x, s):
        b, i, h, w = x.shape
        weight = self.weight * self.style(s).view(b, 1, i, 1, 1) / (i * 9) ** 0.5
        weight = weight.view(b * self.o, i, 3, 3)
        return F.conv2d(x.reshape(1, b * i, h, w), weight, padding=1, groups=b).view(b, self.o, h, w)

class G(nn.Module):
    def __init__(self):
        super().__init__()
        self.const = nn.Parameter(torch.randn(1, 16, 4, 4))
        self.a = Modulated(16, 16, 8)
        self.b = Modulated(16, 16, 8)
        self.rgb = nn.Conv2d(16, 3, 1)
    def forward(self, z):
        x = self.const.repeat(z.shape[0], 1, 1, 1)
        return self.rgb(torch.relu(self.b(torch.relu(self.a(x, z)), z)))
`,
      { batchSize: 8 },
    );
    assert.equal(c.coverage, 1);
    near(c, MODULATED);
  });

  it('scores tokens by a vector', async () => {
    const c = await forecastOf(
      `${HEAD}
class T(nn.Module):
    def __init__(self, h=32):
        super().__init__()
        self.gru = nn.GRU(24, 16, bidirectional=True, batch_first=True)
        self.proj = nn.Linear(h, h)
        self.context = nn.Parameter(torch.empty(h).uniform_(-0.1, 0.1))
        self.fc = nn.Linear(h, 4)
    def forward(self, x):
        out, _ = self.gru(x)
        a = torch.softmax(torch.tanh(self.proj(out)) @ self.context, dim=1)
        return self.fc((a.unsqueeze(-1) * out).sum(1))
`,
      { batchSize: 16, sequenceLength: 15 },
    );
    near(c, { context: -1.31, 'proj.weight': -1.58, 'gru.weight_hh_l0': -0.98 });
  });
});

describe('gated cells', () => {
  const model = (cell: string) => `${HEAD}
class T(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.${cell}(24, 32, num_layers=2, batch_first=True)
        for p in self.rnn.parameters():
            nn.init.uniform_(p, -0.08, 0.08)
        self.emit = nn.Linear(32, 9)
    def forward(self, x):
        h, _ = self.rnn(x)
        return self.emit(h[:, -1])
`;
  const options = { batchSize: 32, sequenceLength: 15 };

  it('add up what biases put into every step, and what of a gradient stays from step to step: a GRU', async () => {
    near(await forecastOf(model('GRU'), options), {
      'rnn.weight_ih_l0': -0.09,
      'rnn.weight_hh_l0': -0.98,
      'rnn.weight_ih_l1': -0.01,
      'rnn.weight_hh_l1': -0.53,
    });
  });

  it('do so in the memory of an LSTM', async () => {
    near(await forecastOf(model('LSTM'), options), {
      'rnn.weight_ih_l0': -0.31,
      'rnn.weight_hh_l0': -1.18,
      'rnn.weight_ih_l1': -0.25,
      'rnn.weight_hh_l1': -0.53,
    });
  });
});

/** What PyTorch measures for G above: a mean of log10 over ten seeds, eight samples, squared error. */
const MODULATED = { 'a.weight': -0.92, 'a.style.weight': -0.24, 'b.weight': -0.9, 'b.style.weight': -0.25 };
