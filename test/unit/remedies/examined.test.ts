import { checkFix, checkNoFix } from './checkFix';

/** A training script around a model and its data. */
const script = (model: string, data: string, loop: string) => `import torch
import torch.nn as nn

${data}
${model}
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for step in range(100):
${loop}
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
`;
const MLP = 'model = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 1))';
const LOSS = '    loss = nn.functional.mse_loss(model(x).squeeze(1), y)';

describe('normalise-input', () => {
  const data = `area = 40 + 160 * torch.rand(500)
year = 1900 + 120 * torch.rand(500)
x = torch.stack([area, year], dim=1)
y = 0.01 * area`;

  it('standardises features where they are made', () =>
    checkFix(script(MLP, data, LOSS), 'normalise-input', [
      '+ x = (x - x.mean(dim=0)) / (x.std(dim=0) + 1e-8)',
    ]));

  it('standardises in the model what is made anew for each batch', () =>
    checkFix(
      script(
        MLP,
        `def batch(n):
    x = 1900 + 120 * torch.rand(n, 2)
    return x, x.sum(1)
`,
        `    x, y = batch(64)\n${LOSS}`,
      ),
      'normalise-input',
      [
        '- model = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 1))',
        '+ model = nn.Sequential(nn.BatchNorm1d(2), nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 1))',
      ],
    ));
});

describe('data that a function makes of lists', () => {
  const flats = (calls: string) => `import random

def flats(n, rng):
    rows, prices = [], []
    for _ in range(n):
        area = max(18, rng.gauss(70, 12))
        rows.append([rng.randint(1, 6), area, rng.randint(1890, 2022) - 1960])
        prices.append(area * (2200 + rng.gauss(0, 100)))
    return torch.tensor(rows), torch.tensor(prices).unsqueeze(1)

${calls}`;
  const MODEL = 'model = nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 1))';
  const PLAIN = '    loss = nn.functional.mse_loss(model(x), y)';

  it('is scaled where training gets it, inputs and targets, and the test in the same way', () =>
    checkFix(
      script(
        MODEL,
        flats('rng = random.Random(3)\nx, y = flats(900, rng)\nx_test, y_test = flats(90, rng)'),
        PLAIN,
      ),
      'normalise-input',
      [
        '+ x_mean, x_std = x.mean(dim=0), x.std(dim=0) + 1e-8',
        '+ x = (x - x_mean) / x_std',
        '+ y_mean, y_std = y.mean(), y.std() + 1e-8',
        '+ y = (y - y_mean) / y_std',
        '+ x_test = (x_test - x_mean) / x_std',
        '+ y_test = (y_test - y_mean) / y_std',
      ],
    ));

  it('is left alone where a test comes first, or elsewhere', () =>
    checkNoFix(
      script(
        MODEL,
        flats('rng = random.Random(3)\nx_test, y_test = flats(90, rng)\nx, y = flats(900, rng)'),
        PLAIN,
      ),
      'normalise-target',
    ));
});

describe('normalise-input of a model that is a function', () => {
  const net = (data: string) => `import torch
import torch.nn.functional as F

${data}
W1 = torch.rand(14, 64) / 14
W2 = torch.rand(64, 2) / 64
params = [W1.requires_grad_(), W2.requires_grad_()]


def net(x):
    return F.relu(x @ W1) @ W2


optimizer = torch.optim.Adam(params, lr=1e-3)
for rows in torch.randperm(500).split(50):
    loss = F.mse_loss(net(x[rows]), y[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
`;

  it('standardises what the function multiplies', () =>
    checkFix(net('x = -60 + 6 * torch.randn(500, 14)\ny = torch.randn(500, 2)'), 'normalise-input', [
      '+ x = (x - x.mean()) / (x.std() + 1e-8)',
    ]));

  it('leaves names of things alone', () =>
    checkNoFix(
      net('x = torch.randint(0, 900, (500, 14)).float()\ny = torch.randn(500, 2)'),
      'normalise-input',
    ));
});

describe('normalise-target', () => {
  it('standardises a regression target, through slices and data sets', () =>
    checkFix(
      script(
        MLP,
        `x = torch.randn(500, 2)
flow = 4200 * x[:, 0].sin() * (1 + 0.1 * x[:, 1])
train = torch.utils.data.TensorDataset(x[:400], flow[:400])`,
        `    for inputs, y in torch.utils.data.DataLoader(train, batch_size=32):\n        loss = nn.functional.mse_loss(model(inputs).squeeze(1), y)`,
      ),
      'normalise-target',
      ['+ flow = (flow - flow.mean()) / (flow.std() + 1e-8)'],
    ));

  it('leaves small targets, and those of other losses, alone', async () => {
    await checkNoFix(script(MLP, 'x = torch.randn(500, 2)\ny = 3 * x[:, 0]', LOSS), 'normalise-target');
    await checkNoFix(
      script(
        MLP,
        'x = torch.randn(500, 2)\ny = torch.randint(0, 900, (500,))',
        '    loss = nn.functional.cross_entropy(model(x), y)',
      ),
      'normalise-target',
    );
  });
});

describe('linear-output', () => {
  it('takes a ReLU off the output, behind a reshape', () =>
    checkFix(
      script(
        `class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(2, 8)
        self.fc2 = nn.Linear(8, 1)

    def forward(self, x):
        return torch.relu(self.fc2(torch.relu(self.fc1(x)))).squeeze(1)

model = Net()`,
        'x = torch.randn(500, 2)\ny = x[:, 0]',
        '    loss = nn.functional.mse_loss(model(x), y)',
      ),
      'linear-output',
      [
        '-         return torch.relu(self.fc2(torch.relu(self.fc1(x)))).squeeze(1)',
        '+         return self.fc2(torch.relu(self.fc1(x))).squeeze(1)',
      ],
    ));

  it('leaves hidden activations alone', () =>
    checkNoFix(script(MLP, 'x = torch.randn(500, 2)\ny = x[:, 0]', LOSS), 'linear-output'));
});

describe('lower-weight-decay', () => {
  const trained = (decay: string) => `import torch
import torch.nn as nn

def train(model, weight_decay=${decay}):
    return torch.optim.Adam(model.parameters(), lr=1e-3, weight_decay=weight_decay)

train(nn.Linear(2, 2))
`;

  it('lowers a decay at its default', () =>
    checkFix(trained('0.3'), 'lower-weight-decay', [
      '- def train(model, weight_decay=0.3):',
      '+ def train(model, weight_decay=1e-4):',
    ]));

  it('leaves usual ones alone', () => checkNoFix(trained('5e-4'), 'lower-weight-decay'));
});

describe('non-saturating-loss', () => {
  const game = (loss: string) => `import torch

def train(G, D, opt_g, noise):
    for z in noise:
        p = D(G(z))
        loss_g = ${loss}
        opt_g.zero_grad()
        loss_g.backward()
        opt_g.step()
`;

  it('exchanges the minimax loss', () =>
    checkFix(game('torch.log(1 - p + 1e-8).mean()'), 'non-saturating-loss', [
      '-         loss_g = torch.log(1 - p + 1e-8).mean()',
      '+         loss_g = -torch.log(p + 1e-8).mean()',
    ]));

  it("leaves the discriminator's and the other loss alone", async () => {
    await checkNoFix(game('-torch.log(1 - p + 1e-8).mean()'), 'non-saturating-loss');
    await checkNoFix(game('-torch.log(p + 1e-8).mean()'), 'non-saturating-loss');
  });
});

describe('lstm', () => {
  const reader = (make: string, forward: string) => `import torch
import torch.nn as nn

class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = ${make}
        self.out = nn.Linear(32, 2)

    def forward(self, x):
${forward}
`;
  const GATES = [
    '+         for name, bias in self.rnn.named_parameters():',
    '+             if "bias" in name:',
    '+                 nn.init.zeros_(bias)',
    '+             if "bias_ih" in name:',
    '+                 # gates are ordered input, forget, cell, output',
    '+                 bias.data[bias.numel() // 4 : bias.numel() // 2].fill_(3.0)',
  ];

  it('takes the second state of a layer', () =>
    checkFix(
      reader(
        'nn.RNN(4, 32, nonlinearity="tanh", batch_first=True)',
        `        states, h = self.rnn(x)
        return self.out(h[-1])`,
      ),
      'lstm',
      [
        '-         self.rnn = nn.RNN(4, 32, nonlinearity="tanh", batch_first=True)',
        '+         self.rnn = nn.LSTM(4, 32, batch_first=True)',
        ...GATES,
        '-         states, h = self.rnn(x)',
        '+         states, (h, _) = self.rnn(x)',
      ],
    ));

  it('carries the second state of a cell', () =>
    checkFix(
      reader(
        'nn.RNNCell(4, 32)',
        `        h = torch.zeros(len(x), 32)
        for t in range(x.size(1)):
            h = self.rnn(x[:, t], h)
        return self.out(h)`,
      ),
      'lstm',
      [
        '-         self.rnn = nn.RNNCell(4, 32)',
        '+         self.rnn = nn.LSTMCell(4, 32)',
        ...GATES,
        '+         c = torch.zeros_like(h)',
        '-             h = self.rnn(x[:, t], h)',
        '+             h, c = self.rnn(x[:, t], (h, c))',
      ],
    ));

  it('offers nothing where a state is handed in or handed on', () =>
    checkNoFix(
      reader(
        'nn.RNN(4, 32)',
        `        states, h = self.rnn(x, self.start)
        return self.out(h[-1])`,
      ),
      'lstm',
    ));
});

describe('eps', () => {
  it('guards what helpers of the loss compute, powers, inverse functions and counts', () =>
    checkFix(
      `import torch

def distance(a, b):
    return ((a - b) ** 2).sum(-1) ** 0.5

def angle(a, b):
    return torch.acos((a * b).sum(-1))

def loss_of(a, b, mask):
    d = distance(a, b) + angle(a, b)
    return (d * mask).sum() / mask.sum()

def train(model, optimizer, batches):
    for a, b, mask in batches:
        loss = loss_of(model(a), model(b), mask)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
`,
      'eps',
      [
        '-     return ((a - b) ** 2).sum(-1) ** 0.5',
        '+     return (((a - b) ** 2).sum(-1) + 1e-12) ** 0.5',
        '-     return torch.acos((a * b).sum(-1))',
        '+     return torch.acos((a * b).sum(-1).clamp(-1 + 1e-6, 1 - 1e-6))',
        '-     return (d * mask).sum() / mask.sum()',
        '+     return (d * mask).sum() / (mask.sum() + 1e-8)',
      ],
    ));
});

describe('orthogonal-init', () => {
  it('makes matrices orthogonal that a loop multiplies a state by', () =>
    checkFix(
      `import torch

N = 48
w_in = torch.nn.Parameter(torch.randn(3, N) / 3 ** 0.5)
w = torch.nn.Parameter(torch.randn(N, N) * 0.5)

def forward(x):
    h = torch.zeros(len(x), N)
    for t in range(x.size(1)):
        h = torch.tanh(x[:, t] @ w_in + h @ w)
    return h
`,
      'orthogonal-init',
      [
        '- w = torch.nn.Parameter(torch.randn(N, N) * 0.5)',
        '+ w = torch.nn.Parameter(torch.nn.init.orthogonal_(torch.randn(N, N)))',
      ],
    ));
});
