import assert from 'node:assert/strict';
import type { FlowClass } from '../../../src/core/flow/report';
import { flowHeadline, formatFlowText } from '../../../src/core/flow/text';
import { forecastOf } from './forecastOf';

const HEAD = `import torch
import torch.nn as nn
import torch.nn.functional as F
from dataclasses import dataclass
`;

const first = (c: FlowClass) => c.layers.find((layer) => layer.matrix)?.log10 ?? Number.NaN;

/** Ways of writing ten default ReLU layers of 32 and a head: the same forecast for all. */
const SAME: Readonly<Record<string, string>> = {
  'a plain loop': `
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(32, 32) for _ in range(10)])
        self.head = nn.Linear(32, 4)
    def forward(self, x):
        for layer in self.layers:
            x = torch.relu(layer(x))
        return self.head(x)
`,
  'a registry that a decorator fills': `
BLOCKS = {}
def register(name):
    def add(cls):
        BLOCKS[name] = cls
        return cls
    return add

@register('dense')
class Dense(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.fc = nn.Linear(n, n)
    def forward(self, x):
        return F.relu(self.fc(x))

class Net(nn.Module):
    def __init__(self, kinds=('dense',) * 10):
        super().__init__()
        self.body = nn.Sequential(*[BLOCKS[kind](32) for kind in kinds])
        self.head = nn.Linear(32, 4)
    def forward(self, x):
        return self.head(self.body(x))
`,
  'lazy layers': `
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(32, 32)
        self.rest = nn.Sequential(*[nn.Sequential(nn.ReLU(), nn.LazyLinear(32)) for _ in range(9)])
        self.head = nn.Sequential(nn.ReLU(), nn.LazyLinear(4))
    def forward(self, x):
        return self.head(self.rest(self.first(x)))
`,
  'an inherited data class with None in it': `
@dataclass
class Base:
    width: int = 8
    depth: int = 10
    norm: object = None
@dataclass
class Config(Base):
    classes: int = 4
    def __post_init__(self):
        self.width = self.width * 4
def sizes(config):
    return config.width, config.norm
class Net(nn.Module):
    def __init__(self, config=Config()):
        super().__init__()
        width, norm = sizes(config)
        layers = []
        for _ in range(config.depth):
            layers += [nn.Linear(width, width), nn.ReLU()]
            if norm is not None:
                layers.append(norm(width))
        self.net = nn.Sequential(*layers, nn.Linear(width, config.classes))
    def forward(self, x):
        return self.net(x)
`,
  'a list of parameters and functions': `
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.vars = nn.ParameterList()
        for n in [32] * 10 + [4]:
            w = nn.Parameter(torch.empty(n, 32))
            nn.init.uniform_(w, -32 ** -0.5, 32 ** -0.5)
            b = nn.Parameter(torch.empty(n))
            nn.init.uniform_(b, -32 ** -0.5, 32 ** -0.5)
            self.vars.extend([w, b])
    def forward(self, x):
        for i in range(0, 20, 2):
            x = F.linear(x, self.vars[i], self.vars[i + 1]).clamp(min=0)
        return F.linear(x, self.vars[-2], self.vars[-1])
`,
  'weights that are scaled where they are used': `
class Scaled(nn.Module):
    def __init__(self, n, m):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(m, n))
        self.bias = nn.Parameter(torch.randn(m))
        self.scale = (3 * n) ** -0.5
    def forward(self, x):
        return F.linear(x, self.weight * self.scale, self.bias * self.scale)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([Scaled(32, 32) for _ in range(10)])
        self.head = Scaled(32, 4)
    def forward(self, x):
        for layer in self.layers:
            x = layer(x).relu()
        return self.head(x)
`,
  'what a function returns': `
def build(depth=3):
    net = nn.Sequential()
    for i in range(depth):
        net.add_module(f'fc{i}', nn.Sequential(nn.Linear(32, 32), nn.ReLU()))
    net.add_module('head', nn.Linear(32, 4))
    return net
model = build(10)
`,
  'weights of the module level': `
WS = 32 ** -0.5
${Array.from({ length: 10 }, (_, i) => `w${i} = nn.Parameter(torch.empty(32, 32).uniform_(-WS, WS))\nb${i} = nn.Parameter(torch.empty(32).uniform_(-WS, WS))`).join('\n')}
out_w = nn.Parameter(torch.empty(32, 4).uniform_(-WS, WS))
def net(x):
${Array.from({ length: 10 }, (_, i) => `    x = torch.relu(x @ w${i} + b${i})`).join('\n')}
    return x @ out_w
`,
};

describe('what a forecast reads', () => {
  for (const [name, program] of Object.entries(SAME)) {
    it(`reads ${name}`, async () => {
      const expected = first(await forecastOf(HEAD + SAME['a plain loop']));
      const read = await forecastOf(HEAD + program);
      assert.notEqual(read.confidence, 'low', read.unknown.join());
      assert.equal(read.layers.filter((layer) => layer.matrix).length, 11);
      assert.ok(Math.abs(first(read) - expected) < 0.1, `${first(read)} for ${expected}`);
    });
  }

  it('takes constants of integers for what they are', async () => {
    const masked = await forecastOf(`${HEAD}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer('mask', (torch.arange(32) % 2).float())
        self.a = nn.Linear(32, 32)
        self.b = nn.Linear(32, 4)
    def forward(self, x):
        return self.b(torch.tanh(self.a(x * self.mask)) * torch.exp(-self.mask))
`);
    assert.equal(masked.verdict, 'stable');
    assert.ok(Math.abs(first(masked)) < 1);
  });

  it('follows tokens to the experts that a router picks', async () => {
    const routed = await forecastOf(`${HEAD}
class Net(nn.Module):
    def __init__(self, d=32, n=4):
        super().__init__()
        self.stem = nn.Linear(d, d)
        self.router = nn.Linear(d, n)
        self.experts = nn.ModuleList([nn.Linear(d, d) for _ in range(n)])
        self.head = nn.Linear(d, 5)
    def forward(self, x):
        x = self.stem(x)
        weights, chosen = torch.topk(F.softmax(self.router(x), dim=-1), 2)
        out = torch.zeros_like(x)
        for i, expert in enumerate(self.experts):
            row, nth = torch.where(chosen == i)
            if row.numel() == 0:
                continue
            out[row] += weights[row, nth, None] * expert(x[row])
        return self.head(out)
`);
    assert.equal(routed.coverage, 1);
    assert.equal(routed.verdict, 'stable');
  });

  it('compares samples with samples', async () => {
    const pair = await forecastOf(`${HEAD}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.left = nn.Linear(20, 16)
        self.right = nn.Linear(20, 16)
    def forward(self, a, b):
        return F.normalize(self.left(a), dim=1) @ F.normalize(self.right(b), dim=1).t()
`);
    assert.equal(pair.coverage, 1, pair.unknown.join());
    const [a, b] = pair.layers.filter((layer) => layer.matrix);
    assert.ok(Math.abs((a?.log10 ?? 9) - (b?.log10 ?? -9)) < 0.5);
  });
});

describe('what a forecast says', () => {
  it('names an activation that passes nothing', async () => {
    const dead = await forecastOf(`${HEAD}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(16, 64)
        self.b = nn.Linear(64, 64)
        self.c = nn.Linear(64, 4)
        nn.init.constant_(self.b.bias, -10.0)
    def forward(self, x):
        return self.c(torch.relu(self.b(torch.relu(self.a(x)))))
`);
    assert.equal(dead.verdict, 'vanishes');
    assert.equal(dead.blocked[0]?.activation, 'relu');
    assert.match(flowHeadline(dead), /vanishes, nothing passes the relu of line 14/);
    assert.match(formatFlowText({ version: 1, path: 'm.py', classes: [dead] }), /zero: a\.weight/);
  });

  it('keeps quiet about sizes that do not fit', async () => {
    const layers = Array.from({ length: 30 }, () => 'nn.Linear(32, 32), nn.Sigmoid()').join(', ');
    const odd = await forecastOf(`${HEAD}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(${layers})
        self.head = nn.Linear(48, 4)
    def forward(self, x):
        return self.head(self.body(x))
`);
    assert.equal(odd.verdict, 'unknown');
    assert.match(odd.unknown.join(), /a linear layer of 48 inputs meets/);
  });

  it('says why a part could not be followed', async () => {
    const lost = await forecastOf(`${HEAD}
import secret
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.block = secret.Block(32)
    def forward(self, x):
        return self.block(x)
`);
    assert.equal(lost.verdict, 'unknown');
    assert.match(lost.unknown.join(), /secret\.Block/);
  });
});
