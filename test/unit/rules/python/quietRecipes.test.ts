import assert from 'node:assert/strict';
import { pythonAnalyzer } from '../../python/analyzer';

/** A model, its optimizer, and the lines between it and the loop. */
const training = (optimizer: string, lines = '', step = '', head = 'nn.Linear(8, 4)') => `import torch
import torch.nn as nn
import torch.nn.functional as F

model = nn.Sequential(${head})
optimizer = ${optimizer}
${lines}
def train(batches):
    for x, y in batches:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
${step}
        optimizer.step()
`;

const adam = 'torch.optim.Adam(model.parameters(), lr=1.0)';
const scheduled = (factor: string) => `
def rate(step, size, warmup):
    step = max(step, 1)
    return size ** -0.5 * min(step ** -0.5, step * warmup ** -1.5)

scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: ${factor})
`;
const sgd = (lr: string) => `torch.optim.SGD(model.parameters(), lr=${lr})`;
const clip = (bound: string) => `        nn.utils.clip_grad_norm_(model.parameters(), ${bound})`;
const words = 'nn.Embedding(5000, 64), nn.Flatten(), nn.Linear(640, 5000)';

/** A recurrent classifier: its layer, what starts it, and the lines of the file's head. */
const recurrent = (layer: string, starts = '', head = '', forward = 'out, _ = self.rnn(x)') => `import torch
import torch.nn as nn
${head}

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = ${layer}
        self.out = nn.Linear(64, 5)
${starts}

    def forward(self, x, h=None):
        ${forward}
        return self.out(out[:, -1])
`;
const rnn = 'nn.RNN(8, 64, batch_first=True)';
const lstm = 'nn.LSTM(8, 64, batch_first=True)';

const dividing = (lines: string) => `import torch
import torch.nn as nn

class Pool(nn.Module):
    def forward(self, x, scores):
        ${lines}
        return a @ x
`;

const dropping = (p: string, units: string) => `import torch.nn as nn

head = nn.Sequential(nn.Linear(64, ${units}), nn.ReLU(), nn.Dropout(${p}), nn.Linear(${units}, 5))
`;

async function rulesOf(text: string): Promise<readonly string[]> {
  return (await pythonAnalyzer()).analyze('train.py', text)?.findings.map(({ rule }) => rule) ?? [];
}

describe('recipes that look odd and are right', () => {
  for (const [what, text, rule, fires] of [
    ['a rate of 1 with Adam', training(adam), 'learning-rate-too-large', true],
    [
      'a rate of 1 that a Noam schedule multiplies',
      training(adam, scheduled('rate(step, 512, 4000)')),
      'learning-rate-too-large',
      false,
    ],
    [
      'a rate of 1 that a formula makes small',
      training(adam, scheduled('0.001 * 0.99 ** step')),
      'learning-rate-too-large',
      false,
    ],
    [
      'a rate of 1 that a schedule begins with',
      training(adam, scheduled('0.99 ** step')),
      'learning-rate-too-large',
      true,
    ],
    [
      'a rate of 30 clipped to a quarter, for words',
      training(sgd('30'), '', clip('0.25'), words),
      'learning-rate-too-large',
      false,
    ],
    [
      'a rate of 30 clipped to a quarter, for eight numbers',
      training(sgd('30'), '', clip('0.25')),
      'learning-rate-too-large',
      true,
    ],
    ['a rate of 30 for words', training(sgd('30'), '', '', words), 'learning-rate-too-large', true],
    [
      'a rate of 60 for tables alone',
      training(sgd('60'), '', '', 'nn.Embedding(5000, 16)'),
      'learning-rate-too-large',
      false,
    ],
    ['a rate of 3 for SGD', training(sgd('3.2')), 'learning-rate-too-large', true],
    [
      'a rate of 3 for SGD with a warm-up',
      training(
        sgd('3.2'),
        'scheduler = torch.optim.lr_scheduler.LinearLR(optimizer, start_factor=1e-3, total_iters=500)\n',
        '',
        'nn.Linear(8, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 4)',
      ),
      'learning-rate-too-large',
      false,
    ],
    [
      'a larger rate for one number of a model',
      training(
        'torch.optim.Adam([{"params": model[0].weight, "lr": 1e-3}, {"params": model[0].bias, "lr": 2e-2}])',
      ),
      'learning-rate-too-large',
      false,
    ],
    [
      'a rate of 0.045 with RMSprop',
      training('torch.optim.RMSprop(model.parameters(), lr=0.045, eps=1e-8)'),
      'learning-rate-too-large',
      true,
    ],
    [
      'a rate of 0.045 with RMSprop and a large epsilon',
      training('torch.optim.RMSprop(model.parameters(), lr=0.045, eps=1.0)'),
      'learning-rate-too-large',
      false,
    ],
    [
      'a rate of 0.1 for the few numbers of a kernel',
      training('torch.optim.Adam(model.parameters(), lr=0.1)', 'import gpytorch\n'),
      'learning-rate-too-large',
      false,
    ],
    ['a rate of 3e-4 with SGD', training(sgd('3e-4')), 'learning-rate-too-small', true],
    [
      'a rate of 3e-4 with SGD where gradients have norms of hundreds',
      training(sgd('3e-4'), '', clip('400')),
      'learning-rate-too-small',
      false,
    ],
    [
      'a tiny rate from scratch',
      training('torch.optim.AdamW(model.parameters(), lr=1e-6)'),
      'learning-rate-too-small',
      true,
    ],
    [
      'a tiny rate beside what is frozen',
      training('torch.optim.AdamW(model.parameters(), lr=1e-6)', 'model[0].requires_grad_(False)\n'),
      'learning-rate-too-small',
      false,
    ],
    ['a recurrence without gates', recurrent(rnn), 'vanilla-rnn', true],
    [
      'a recurrence that starts as the identity',
      recurrent(rnn, '        nn.init.eye_(self.rnn.weight_hh_l0)'),
      'vanilla-rnn',
      false,
    ],
    ['a recurrence over a few steps', recurrent(rnn, '', 'SEQ_LEN = 12'), 'vanilla-rnn', false],
    ['a recurrence over many steps', recurrent(rnn, '', 'SEQ_LEN = 100'), 'vanilla-rnn', true],
    ['an LSTM over many steps', recurrent(lstm, '', 'SEQ_LEN = 100'), 'closed-forget-gate', true],
    [
      'an LSTM over stretches of a stream',
      recurrent(
        lstm,
        '',
        'BPTT = 70',
        'h = None if h is None else tuple(h.detach() for h in h)\n        out, h = self.rnn(x, h)',
      ),
      'closed-forget-gate',
      false,
    ],
    [
      'weights of one sum',
      dividing('a = scores\n        a = a / a.sum(-1, keepdim=True)'),
      'unguarded-divisor',
      true,
    ],
    [
      'weights of one sum that were exponentials',
      dividing('a = scores.softmax(1) + 1e-8\n        a = a / a.sum(-1, keepdim=True)'),
      'unguarded-divisor',
      false,
    ],
    ['a layer that drops nearly all', dropping('0.9', '256'), 'dropout-too-high', true],
    ['a wide layer that drops most', dropping('0.8', '1024'), 'dropout-too-high', false],
    ['a wide layer that drops all but ten', dropping('0.99', '1024'), 'dropout-too-high', true],
  ] as const) {
    it(`${fires ? 'sees' : 'leaves alone'} ${what}`, async () => {
      assert.equal((await rulesOf(text)).includes(rule), fires);
    });
  }
});
