import assert from 'node:assert/strict';
import { scaled } from '../../../src/core/remedies/edits/learningRate';
import { applyRemedy, checkFix, checkNoFix } from './checkFix';

describe('lower-lr', () => {
  for (const [text, lower, higher] of [
    ['3e-2', '3e-3', '3e-1'],
    ['0.05', '0.005', '0.5'],
    ['1e-04', '1e-05', '1e-03'],
    ['0.3', '0.03', '3'],
    ['1.0', '0.1', '10'],
    ['0.0005', '5e-5', '0.005'],
  ] as const) {
    it(`writes ${text} as ${lower} or ${higher}`, () => {
      assert.equal(scaled(text, 0.1), lower);
      assert.equal(scaled(text, 10), higher);
    });
  }

  const program = (lr: string, extra = '') => `import torch
LR = 3e-2
model = torch.nn.Linear(2, 2)
optimizer = torch.optim.Adam(model.parameters(), lr=${lr})
${extra}`;

  it('changes the argument, or the place that defines it', async () => {
    await checkRate(program('0.3'), '- optimizer = torch.optim.Adam(model.parameters(), lr=0.3)');
    await checkRate(program('LR'), '- LR = 3e-2');
  });

  it('divides a product, also behind a name', async () => {
    const direct = await applyRemedy(program('LR * batch / 256'), 'lower-lr');
    assert.match(direct ?? '', /lr=LR \* batch \/ 256 \/ 10\)/);
    const named = await applyRemedy(`base = 0.1\nrate = base * 0.5\n${program('rate')}`, 'lower-lr');
    assert.match(named ?? '', /^rate = base \* 0\.5 \/ 10$/m);
  });

  it('changes a rate that a dict hands over', async () => {
    const text = program('1').replace('lr=1', '**settings').replace('LR =', 'settings = {"lr": 0.3}\nLR =');
    await checkRate(text, '- settings = {"lr": 0.3}');
  });

  it('changes the peak of a scheduler that sets the rate', () =>
    checkRate(
      program(
        '0.1',
        'scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.6, total_steps=100)\n',
      ),
      '- scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.6, total_steps=100)',
    ));

  async function checkRate(text: string, line: string): Promise<void> {
    const edited = await applyRemedy(text, 'lower-lr');
    const gone = text.split('\n').filter((one) => !edited?.split('\n').includes(one));
    assert.deepEqual(gone, [line.slice(2)]);
  }
});

describe('lr-warmup', () => {
  const program = (scheduler: string) => `import torch

model = torch.nn.Linear(2, 2)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
${scheduler}for x, y in loader:
    loss = (model(x) - y).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
`;

  it('adds a scheduler and steps it', () =>
    checkFix(program(''), 'lr-warmup', [
      '+ warmup = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, (step + 1) / 100))',
      '+     warmup.step()',
    ]));

  it('offers nothing beside another scheduler', () =>
    checkNoFix(program('scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 30)\n'), 'lr-warmup'));
});

describe('skip-bad-batch', () => {
  const program = `import torch

model = torch.nn.Linear(2, 2)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for x, y in loader:
    loss = (model(x) - y).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
`;

  it('steps only with a finite gradient', () =>
    checkFix(program, 'skip-bad-batch', [
      '-     optimizer.step()',
      '+     total_norm = torch.nn.utils.clip_grad_norm_(model.parameters(), float("inf"))',
      '+     if torch.isfinite(total_norm):',
      '+         optimizer.step()',
    ]));

  it('steps only with a norm of the usual size where the run tells it', () =>
    checkFix(
      program,
      'skip-bad-batch',
      [
        '-     optimizer.step()',
        '+     total_norm = torch.nn.utils.clip_grad_norm_(model.parameters(), float("inf"))',
        '+     if total_norm < 30:',
        '+         optimizer.step()',
      ],
      { parameters: [], line: null, usualNorm: 0.31 },
    ));
});

describe('eps', () => {
  const program = (loss: string) => `import torch

model = torch.nn.Linear(2, 2)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)


def criterion(p, y):
    ${loss}


for x, y in loader:
    loss = criterion(model(x).sigmoid(), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
`;

  it('guards every logarithm of a loss', () =>
    checkFix(program('return -(y * torch.log(p) + (1 - y) * (1 - p).log()).mean()'), 'eps', [
      '-     return -(y * torch.log(p) + (1 - y) * (1 - p).log()).mean()',
      '+     return -(y * torch.log(p + 1e-8) + (1 - y) * (1 - p + 1e-8).log()).mean()',
    ]));

  it('guards values that positions pick, however these are written', () =>
    checkFix(program('return -torch.log(p[torch.arange(y.shape[0]), y]).mean()'), 'eps', [
      '-     return -torch.log(p[torch.arange(y.shape[0]), y]).mean()',
      '+     return -torch.log(p[torch.arange(y.shape[0]), y] + 1e-8).mean()',
    ]));

  it('mends the softmax written out that a logarithm is taken of with it', () =>
    checkFix(
      program(
        'kernel = torch.exp(-p)  # the kernel\n    q = kernel / kernel.sum(1, keepdim=True)\n    return -torch.log(q[y]).mean()',
      ),
      'eps',
      [
        '-     kernel = torch.exp(-p)  # the kernel',
        '-     q = kernel / kernel.sum(1, keepdim=True)',
        '-     return -torch.log(q[y]).mean()',
        '+     kernel = torch.softmax(-p, dim=1)  # the kernel',
        '+     q = kernel',
        '+     return -torch.log(q[y] + 1e-8).mean()',
      ],
    ));

  it('is added to a standard deviation or norm that divides', () =>
    checkFix(program('return ((p - p.mean()) / p.std() - y).abs().mean()'), 'eps', [
      '-     return ((p - p.mean()) / p.std() - y).abs().mean()',
      '+     return ((p - p.mean()) / (p.std() + 1e-8) - y).abs().mean()',
    ]));

  it('guards inside the root', () =>
    checkFix(program('return torch.sqrt(((p - y) ** 2).sum())'), 'eps', [
      '-     return torch.sqrt(((p - y) ** 2).sum())',
      '+     return torch.sqrt(((p - y) ** 2).sum() + 1e-12)',
    ]));

  it('offers nothing where the argument is guarded', async () => {
    await checkNoFix(program('return -torch.log(p.clamp_min(1e-8)).mean()'), 'eps');
    await checkNoFix(program('return torch.log(1 + p.exp()).mean()'), 'eps');
    await checkNoFix(program('return -torch.log(p.clamp(min=1e-8)[torch.arange(4), y]).mean()'), 'eps');
    await checkNoFix(program('return (p - y).abs().mean()'), 'eps');
  });
});

describe('gru', () => {
  const program = (cell: string, init = '') => `import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.rnn = ${cell}
        self.out = nn.Linear(hidden, 1)
${init}
    def forward(self, x):
        h, _ = self.rnn(x)
        return self.out(h[:, -1])
`;

  it('replaces the layer and drops what a GRU does not take', () =>
    checkFix(
      program(
        'nn.RNN(1, hidden, nonlinearity="relu", batch_first=True)',
        '        nn.init.eye_(self.rnn.weight_hh_l0)\n',
      ),
      'gru',
      [
        '-         self.rnn = nn.RNN(1, hidden, nonlinearity="relu", batch_first=True)',
        '+         self.rnn = nn.GRU(1, hidden, batch_first=True)',
        '-         nn.init.eye_(self.rnn.weight_hh_l0)',
      ],
    ));

  it('offers nothing for gated layers', () => checkNoFix(program('nn.LSTM(1, hidden)'), 'gru'));
});

describe('forget-bias', () => {
  const program = (more = '') => `import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.lstm = nn.LSTM(1, hidden)
        self.out = nn.Linear(hidden, 1)
${more}
    def forward(self, x):
        h, _ = self.lstm(x)
        return self.out(h[-1])
`;

  it('opens the forget gates', () =>
    checkFix(program(), 'forget-bias', [
      '+         for name, bias in self.lstm.named_parameters():',
      '+             if "bias" in name:',
      '+                 nn.init.zeros_(bias)',
      '+             if "bias_ih" in name:',
      '+                 # gates are ordered input, forget, cell, output',
      '+                 bias.data[bias.numel() // 4 : bias.numel() // 2].fill_(3.0)',
    ]));

  it('offers nothing where the biases are set', () =>
    checkNoFix(program('        self.lstm.bias_ih_l0.data[hidden : 2 * hidden].fill_(1)\n'), 'forget-bias'));
});

describe('zero-grad', () => {
  const program = (reset: string) => `import torch


class Trainer:
    def __init__(self, model):
        self.model = model
        self.opt = torch.optim.SGD(model.parameters(), lr=0.1)

    def train_step(self, x, y):
${reset}        loss = (self.model(x) - y).pow(2).mean()
        loss.backward()
        self.opt.step()
        return loss.item()
`;

  it('resets before the backward pass of a step function', () =>
    checkFix(program(''), 'zero-grad', ['+         self.opt.zero_grad()']));

  it('offers nothing where anything resets', () =>
    checkNoFix(program('        self.model.zero_grad()\n'), 'zero-grad'));

  it('lets the clip name the model that the trainer keeps', () =>
    checkFix(program('        self.opt.zero_grad()\n'), 'clip-grad-norm', [
      '+         torch.nn.utils.clip_grad_norm_(self.model.parameters(), max_norm=1.0)',
    ]));
});

describe('weight-decay', () => {
  const program = (optimizer: string) => `import torch

model = torch.nn.Linear(2, 2)
optimizer = torch.optim.${optimizer}
`;

  it('gives an optimizer a usual decay', () =>
    checkFix(program('SGD(model.parameters(), lr=0.1)'), 'weight-decay', [
      '- optimizer = torch.optim.SGD(model.parameters(), lr=0.1)',
      '+ optimizer = torch.optim.SGD(model.parameters(), lr=0.1, weight_decay=1e-4)',
    ]));

  it('leaves one alone that has a decay, by its own or by default, or may have', async () => {
    await checkNoFix(program('SGD(model.parameters(), lr=0.1, weight_decay=0.0)'), 'weight-decay');
    await checkNoFix(program('AdamW(model.parameters())'), 'weight-decay');
    await checkNoFix(program('SGD(model.parameters(), **settings)'), 'weight-decay');
  });
});
