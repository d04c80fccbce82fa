import assert from 'node:assert/strict';
import { applyRemedy, checkFix, checkNoFix } from './checkFix';

const net = (init: string, activation = 'relu') => `import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        self.fc1 = nn.Linear(2, width)
        self.fc2 = nn.Linear(width, width)
        self.head = nn.Linear(width, 2)${init}

    def forward(self, x):
        x = torch.${activation}(self.fc1(x))
        x = torch.${activation}(self.fc2(x))
        return self.head(x)


model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
`;

const APPLY = `
        self.apply(self.init_weights)

    def init_weights(self, m):
        if isinstance(m, nn.Linear):
            nn.init.normal_(m.weight, mean=0.0, std=1.0)
            nn.init.zeros_(m.bias)`;

describe('he-init', () => {
  it('exchanges the call that fills the weights', () =>
    checkFix(net(APPLY), 'he-init', [
      '-             nn.init.normal_(m.weight, mean=0.0, std=1.0)',
      '+             nn.init.kaiming_normal_(m.weight, nonlinearity="relu")',
    ]));

  it('replaces a tensor method by the function', () =>
    checkFix(
      net(APPLY.replace('nn.init.normal_(m.weight, mean=0.0, std=1.0)', 'm.weight.data.normal_(0, 1)')),
      'he-init',
      [
        '-             m.weight.data.normal_(0, 1)',
        '+             nn.init.kaiming_normal_(m.weight, nonlinearity="relu")',
      ],
    ));

  it('adds a loop at the end of the constructor', () =>
    checkFix(net(''), 'he-init', [
      '+         for module in self.modules():',
      '+             if isinstance(module, nn.Linear):',
      '+                 nn.init.kaiming_normal_(module.weight, nonlinearity="relu")',
      '+                 nn.init.zeros_(module.bias)',
    ]));

  it('minds missing biases and convolutions', () =>
    checkFix(net('').replace('nn.Linear(2, width)', 'nn.Conv2d(2, width, 3, bias=False)'), 'he-init', [
      '+         for module in self.modules():',
      '+             if isinstance(module, nn.Linear):',
      '+                 nn.init.kaiming_normal_(module.weight, nonlinearity="relu")',
      '+                 nn.init.zeros_(module.bias)',
      '+             if isinstance(module, nn.Conv2d):',
      '+                 nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")',
      '+                 if module.bias is not None:',
      '+                     nn.init.zeros_(module.bias)',
    ]));

  it('follows a model without a class', () =>
    checkFix(
      `import torch
import torch.nn as nn

net = nn.Sequential(
    nn.Linear(2, 64), nn.ReLU(),
    nn.Linear(64, 2),
)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
`,
      'he-init',
      [
        '+ for module in net.modules():',
        '+     if isinstance(module, nn.Linear):',
        '+         nn.init.kaiming_normal_(module.weight, nonlinearity="relu")',
        '+         nn.init.zeros_(module.bias)',
      ],
    ));

  it('skips one-dimensional parameters where nothing filters them', () =>
    checkFix(
      net(`
        for p in self.parameters():
            nn.init.normal_(p, std=2.0)`),
      'he-init',
      [
        '-             nn.init.normal_(p, std=2.0)',
        '+             if p.dim() > 1:',
        '+                 nn.init.kaiming_normal_(p, nonlinearity="relu")',
      ],
    ));

  it('scales matrices that the model draws itself', () =>
    checkFix(
      `import torch
from torch import nn

class Dense(nn.Module):
    def __init__(self, n_in, n_out):
        super().__init__()
        self.w = nn.Parameter(torch.randn(n_in, n_out))
        self.b = nn.Parameter(torch.zeros(n_out))

    def forward(self, x):
        return torch.relu(x @ self.w + self.b)
`,
      'he-init',
      [
        '-         self.w = nn.Parameter(torch.randn(n_in, n_out))',
        '+         self.w = nn.Parameter(torch.randn(n_in, n_out) * (2 / n_in) ** 0.5)',
      ],
    ));

  const drawn = (std: string, layers = '') => `import torch
import torch.nn.functional as F

rng = torch.Generator().manual_seed(1)


def weight(rows, cols):
    w = torch.empty(rows, cols).normal_(0.0, ${std}, generator=rng)
    return w.requires_grad_()


params = [weight(64, 8), weight(64, 64), weight(1, 64)]${layers}
opt = torch.optim.SGD(params, lr=0.1)
for step in range(100):
    h = torch.randn(32, 8)
    for w in params[:-1]:
        h = F.relu(F.linear(h, w))
    loss = F.linear(h, params[-1]).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
`;

  it('draws weights anew that a helper draws too small, or too large, with the generator they have', async () => {
    for (const std of ['0.01', '0.5']) {
      await checkFix(drawn(std), 'he-init', [
        `-     w = torch.empty(rows, cols).normal_(0.0, ${std}, generator=rng)`,
        '+     w = torch.randn(rows, cols, generator=rng) * (2 / cols) ** 0.5',
      ]);
    }
    await checkNoFix(drawn('0.1'), 'he-init');
  });

  it('leaves small weights alone beside layers of torch', async () => {
    const edited = await applyRemedy(
      drawn('0.01', '\nlayer = torch.nn.Linear(8, 8)\nparams += list(layer.parameters())'),
      'he-init',
    );
    assert.ok(edited === null || edited.includes('normal_(0.0, 0.01'));
  });

  it('offers nothing where it is there, where weights are loaded, and in bare residual stacks', async () => {
    await checkNoFix(
      net(APPLY.replace('normal_(m.weight, mean=0.0, std=1.0)', 'kaiming_uniform_(m.weight)')),
      'he-init',
    );
    await checkNoFix(`${net('')}\nother = AutoModel.from_pretrained("x")\n`, 'he-init');
    await checkNoFix(
      `import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(64, 64) for _ in range(24)])

    def forward(self, x):
        for layer in self.layers:
            x = x + torch.relu(layer(x))
        return x
`,
      'he-init',
    );
  });
});

describe('xavier-init', () => {
  it('has the gain of the activation', async () => {
    await checkFix(net(APPLY), 'xavier-init', [
      '-             nn.init.normal_(m.weight, mean=0.0, std=1.0)',
      '+             nn.init.xavier_uniform_(m.weight, gain=nn.init.calculate_gain("relu"))',
    ]);
    await checkFix(net(APPLY, 'tanh'), 'xavier-init', [
      '-             nn.init.normal_(m.weight, mean=0.0, std=1.0)',
      '+             nn.init.xavier_uniform_(m.weight)',
    ]);
  });
});

describe('orthogonal-init', () => {
  const recurrent = (init: string, cell = 'RNN') => `import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.rnn = nn.${cell}(1, hidden, batch_first=True)
        self.out = nn.Linear(hidden, 1)${init}

    def forward(self, x):
        h, _ = self.rnn(x)
        return self.out(h[:, -1])
`;

  it('exchanges the recurrent matrix only', () =>
    checkFix(
      recurrent(`
        nn.init.normal_(self.rnn.weight_hh_l0, std=0.5)
        nn.init.xavier_uniform_(self.rnn.weight_ih_l0)`),
      'orthogonal-init',
      [
        '-         nn.init.normal_(self.rnn.weight_hh_l0, std=0.5)',
        '+         nn.init.orthogonal_(self.rnn.weight_hh_l0)',
      ],
    ));

  it('adds it, gate by gate for a GRU', async () => {
    await checkFix(recurrent(''), 'orthogonal-init', [
      '+         for name, param in self.rnn.named_parameters():',
      '+             if "weight_hh" in name:',
      '+                 nn.init.orthogonal_(param)',
    ]);
    await checkFix(recurrent('', 'GRU'), 'orthogonal-init', [
      '+         for name, param in self.rnn.named_parameters():',
      '+             if "weight_hh" in name:',
      '+                 for gate in param.data.chunk(3):',
      '+                     nn.init.orthogonal_(gate)',
    ]);
  });
});

/** A graph layer that makes and fills its own matrix. */
const graph = (fill: string, product = 'adj @ (x @ self.weight)', sizes = 'n_in, n_out') => `import torch
import torch.nn as nn
import torch.nn.functional as F


class GraphConv(nn.Module):
    def __init__(self, n_in, n_out, spread=0.02):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(${sizes}))
        self.spread = spread
        self.reset_parameters()

    def reset_parameters(self):
        ${fill}

    def forward(self, x, adj):
        return ${product}


class GCN(nn.Module):
    def __init__(self, depth=6):
        super().__init__()
        self.convs = nn.ModuleList([GraphConv(32, 32) for _ in range(depth)])

    def forward(self, x, adj):
        for conv in self.convs:
            x = F.relu(conv(x, adj))
        return x


model = GCN()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
`;

describe('matrices that a layer makes and fills itself', () => {
  const DATA = 'self.weight.data.uniform_(-self.spread, self.spread)';

  it('are filled after He by their rows where those are the inputs', () =>
    checkFix(graph(DATA), 'he-init', [
      `-         ${DATA}`,
      '+         nn.init.kaiming_normal_(self.weight, mode="fan_out", nonlinearity="relu")',
    ]));

  it('are filled after He by their columns where a linear map takes them', () =>
    checkFix(graph(DATA, 'adj @ F.linear(x, self.weight)', 'n_out, n_in'), 'he-init', [
      `-         ${DATA}`,
      '+         nn.init.kaiming_normal_(self.weight, nonlinearity="relu")',
    ]));

  it('are filled after Glorot whichever side they stand on', () =>
    checkFix(graph('nn.init.uniform_(self.weight, -0.01, 0.01)'), 'xavier-init', [
      '-         nn.init.uniform_(self.weight, -0.01, 0.01)',
      '+         nn.init.xavier_uniform_(self.weight, gain=nn.init.calculate_gain("relu"))',
    ]));

  it('are filled under no_grad as well', () =>
    checkFix(
      graph('with torch.no_grad():\n            self.weight.uniform_(-self.spread, self.spread)'),
      'xavier-init',
      [
        '-             self.weight.uniform_(-self.spread, self.spread)',
        '+             nn.init.xavier_uniform_(self.weight, gain=nn.init.calculate_gain("relu"))',
      ],
    ));

  it('are left alone where they multiply no input, or are no matrix', async () => {
    await checkNoFix(graph(DATA, 'adj @ (x * self.weight)'), 'he-init');
    await checkNoFix(graph(DATA, 'adj @ (x @ self.weight)', 'n_in'), 'xavier-init');
  });
});

describe('weights that are multiplied after a scheme has drawn them', () => {
  const scaled = (factor: string) =>
    net(`
        for m in self.modules():
            if isinstance(m, nn.Linear):
                nn.init.kaiming_normal_(m.weight, nonlinearity="relu")
                ${factor}`);

  it('are no longer multiplied', async () => {
    for (const line of ['m.weight.data *= 3.0', 'm.weight.data.mul_(2)']) {
      await checkFix(scaled(line), 'scaled-init', [`-                 ${line}`]);
    }
  });

  it('stay as they are where the factor is a gain, shrinks them, or is of another tensor', async () => {
    for (const line of ['m.weight.data *= 1.5', 'm.weight.data.mul_(0.1)', 'm.bias.data *= 3.0']) {
      await checkNoFix(scaled(line), 'scaled-init');
    }
  });
});
