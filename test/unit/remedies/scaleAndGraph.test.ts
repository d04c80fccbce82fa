import assert from 'node:assert/strict';
import { lowerLr } from '../../../src/core/remedies/lower-lr';
import { raiseLr } from '../../../src/core/remedies/raise-lr';
import { settingOf, settingsCandidates } from '../../../src/core/remedies/settings';
import { pythonAnalyzer } from '../python/analyzer';
import { applyRemedy, checkFix, checkNoFix } from './checkFix';

const net = (init: string, forward: string) => `import math
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(20, 64)
        self.head = nn.Linear(64, 3)
${init}
    def forward(self, x):
${forward}


model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
`;
const PLAIN = `        return self.head(torch.relu(self.encoder(x)))`;

describe('mean-loss', () => {
  const program = (criterion: string, loss: string) => `import torch
from torch import nn

model = nn.Linear(2, 1)
criterion = ${criterion}
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for x, y in loader:
    optimizer.zero_grad()
    loss = ${loss}
    loss.backward()
    optimizer.step()
`;

  it('averages a reduction and a sum over everything', async () => {
    await checkFix(program("nn.MSELoss(reduction='sum')", 'criterion(model(x), y)'), 'mean-loss', [
      "- criterion = nn.MSELoss(reduction='sum')",
      "+ criterion = nn.MSELoss(reduction='mean')",
    ]);
    await checkFix(program('None', '((model(x) - y) ** 2).sum()'), 'mean-loss', [
      '-     loss = ((model(x) - y) ** 2).sum()',
      '+     loss = ((model(x) - y) ** 2).mean()',
    ]);
  });

  it('leaves sums alone that are divided, or go over one dimension', async () => {
    await checkNoFix(program("nn.MSELoss(reduction='sum')", 'criterion(model(x), y) / len(x)'), 'mean-loss');
    await checkNoFix(program('None', '((model(x) - y) ** 2).sum(1)'), 'mean-loss');
    await checkNoFix(program('None', '((model(x) - y) ** 2).sum(1).mean()'), 'mean-loss');
  });
});

describe('zero-bias', () => {
  it('opens units that start shut', async () => {
    await checkFix(net('        nn.init.constant_(self.encoder.bias, -5.0)\n', PLAIN), 'zero-bias', [
      '-         nn.init.constant_(self.encoder.bias, -5.0)',
      '+         nn.init.zeros_(self.encoder.bias)',
    ]);
    await checkFix(
      net(
        `        for m in self.modules():
            if isinstance(m, nn.Linear):
                nn.init.constant_(m.bias, -math.log((1 - 0.01) / 0.01))
`,
        PLAIN,
      ),
      'zero-bias',
      [
        '-                 nn.init.constant_(m.bias, -math.log((1 - 0.01) / 0.01))',
        '+                 nn.init.zeros_(m.bias)',
      ],
    );
  });

  it('leaves the output to start where the classes are', () =>
    checkNoFix(net('        nn.init.constant_(self.head.bias, -4.6)\n', PLAIN), 'zero-bias'));
});

describe('normalise-input', () => {
  it('puts a norm before the first layer, of a class and of a sequence', async () => {
    await checkFix(net('', PLAIN), 'normalise-input', [
      '+         self.input_norm = nn.BatchNorm1d(20)',
      '-         return self.head(torch.relu(self.encoder(x)))',
      '+         return self.head(torch.relu(self.encoder(self.input_norm(x))))',
    ]);
    await checkFix(
      `from torch import nn
import torch

model = nn.Sequential(
    nn.Conv2d(3, 8, 3),  # first
    nn.ReLU(),
    nn.Flatten(),
    nn.Linear(800, 2),
)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
`,
      'normalise-input',
      ['+     nn.BatchNorm2d(3),'],
    );
  });

  it('leaves sequences and normalised models alone', async () => {
    await checkNoFix(net('        self.norm = nn.LayerNorm(64)\n', PLAIN), 'normalise-input');
    await checkNoFix(net('        self.rnn = nn.GRU(20, 20)\n', PLAIN), 'normalise-input');
  });
});

describe('keep-graph', () => {
  it('takes no_grad and detach off a model that is to be trained', async () => {
    await checkFix(
      net(
        '',
        `        # features
        with torch.no_grad():
            z = self.encoder(x)

            z = torch.relu(z)  # open
        return self.head(z)`,
      ),
      'keep-graph',
      [
        '-         with torch.no_grad():',
        '-             z = self.encoder(x)',
        '+         z = self.encoder(x)',
        '-             z = torch.relu(z)  # open',
        '+         z = torch.relu(z)  # open',
      ],
    );
    await checkFix(net('', '        return self.head(self.encoder(x).detach())'), 'keep-graph', [
      '-         return self.head(self.encoder(x).detach())',
      '+         return self.head(self.encoder(x))',
    ]);
  });

  it('leaves weights from elsewhere frozen', () =>
    checkNoFix(
      `${net('', '        return self.head(self.encoder(x).detach())')}model.load_state_dict(torch.load("a.pt"))\n`,
      'keep-graph',
    ));
});

describe('finite-mask', () => {
  const pooled = (mask: string) =>
    net('', `        s = self.head(self.encoder(x))\n${mask}\n        return torch.softmax(s, dim=1)`);

  it('masks with a finite number', async () => {
    await checkFix(pooled('        s = s.masked_fill(x > 0, float("-inf"))'), 'finite-mask', [
      '-         s = s.masked_fill(x > 0, float("-inf"))',
      '+         s = s.masked_fill(x > 0, torch.finfo(s.dtype).min)',
    ]);
    await checkFix(pooled('        s = torch.where(x > 0, s, -math.inf)'), 'finite-mask', [
      '-         s = torch.where(x > 0, s, -math.inf)',
      '+         s = torch.where(x > 0, s, torch.finfo(s.dtype).min)',
    ]);
  });

  it('leaves causal masks, finite ones and those that no softmax follows', async () => {
    await checkNoFix(pooled('        s = s.masked_fill(x.triu(1) > 0, float("-inf"))'), 'finite-mask');
    await checkNoFix(
      pooled('        m = torch.tril(x) == 0\n        s = s.masked_fill(m, float("-inf"))'),
      'finite-mask',
    );
    await checkNoFix(pooled('        s = s.masked_fill(x > 0, -1e9)'), 'finite-mask');
    await checkNoFix(pooled('        s = s.masked_fill(x > 0, float("inf"))'), 'finite-mask');
    await checkNoFix(
      net('', '        return self.encoder(x).masked_fill(x > 0, float("-inf")).amax(1)'),
      'finite-mask',
    );
  });
});

describe('lower-lr of a schedule that grows', () => {
  it('turns its factor round, not the rate it starts from', async () => {
    const program = `${net('', PLAIN)}scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=1.25)\n`;
    assert.equal(await applyRemedy(program, 'lower-lr'), program.replace('1.25', '0.8'));
  });
});

describe('safe-exp', () => {
  it('uses the built-in softmax where one is written out', async () => {
    await checkFix(
      net(
        '',
        `        e = torch.exp(self.head(self.encoder(x)))
        return e / e.sum(dim=1, keepdim=True)`,
      ),
      'safe-exp',
      [
        '-         e = torch.exp(self.head(self.encoder(x)))',
        '-         return e / e.sum(dim=1, keepdim=True)',
        '+         e = torch.softmax(self.head(self.encoder(x)), dim=1)',
        '+         return e',
      ],
    );
  });

  it('bounds other exponents', () =>
    checkFix(net('', `        s = self.encoder(x)\n        return self.head(x * torch.exp(s))`), 'safe-exp', [
      '-         return self.head(x * torch.exp(s))',
      '+         return self.head(x * torch.exp(s.clamp(max=20.0)))',
    ]));
});

describe('learning rates', () => {
  const titles = async (optimizer: string, more: object = {}) => {
    const program = `import torch\nimport conf\nmodel = torch.nn.Linear(2, 1)\noptimizer = torch.optim.${optimizer}\n`;
    const analysis = (await pythonAnalyzer()).analyze('run/train.py', program);
    assert.ok(analysis !== null);
    const target = { parameters: [], line: null, ...more };
    return [lowerLr, raiseLr].flatMap(
      (remedy) => remedy.fixes?.(analysis.facts, target).map(({ title, path }) => `${path}: ${title}`) ?? [],
    );
  };

  it('change by a factor of ten, and as far as the usual rate where they are far from it', async () => {
    assert.deepEqual(await titles('Adam(model.parameters(), lr=2e-2)'), [
      'run/train.py: Lower the learning rate from 2e-2 to 2e-3',
      'run/train.py: Raise the learning rate from 2e-2 to 2e-1',
    ]);
    assert.match((await titles('Adam(model.parameters(), lr=0.5)'))[0] ?? '', /to 0\.005$/);
    assert.match((await titles('SGD(model.parameters(), lr=1e-5, momentum=0.9)'))[1] ?? '', /to 0\.01$/);
    // A first step of 2e-4 / 0.1 * 1e6 would throw any weight away.
    const large = { firstNorm: 1e6 };
    assert.match(
      (await titles('SGD(model.parameters(), lr=2e-4, momentum=0.9)', large))[0] ?? '',
      /to 5e-7$/,
    );
    // No rate makes up for a norm of 2e12.
    assert.doesNotMatch(
      (await titles('SGD(model.parameters(), lr=0.01)', { firstNorm: 2e12 })).join(),
      /Lower/,
    );
  });

  it('are changed in the settings file that has them', async () => {
    const settings = [
      { path: 'run/conf.py', text: 'class C:\r\n    lr: float = 3e-2  # fast\r\n    other_lr = 1\r\n' },
    ];
    assert.deepEqual(
      (await titles('Adam(model.parameters(), lr=conf.C.lr)', { settings }))[0],
      'run/conf.py: Lower the learning rate from 3e-2 to 3e-3',
    );
    assert.deepEqual(
      await titles('Adam(model.parameters(), lr=conf.C.lr)', { settings: [...settings, ...settings] }),
      [],
    );
  });

  it('are found as Python, YAML, JSON, TOML and options write them', () => {
    const place = (text: string) => {
      const found = settingOf([{ path: 'a', text }], 'lr')?.place;
      return found === undefined ? null : [found.value, found.range.line, found.range.column];
    };
    assert.deepEqual(place('a: 1\ntrain:\n  lr: 0.1\n'), [0.1, 3, 7]);
    assert.deepEqual(place('{"model": 3, "lr": 1e-3}'), [1e-3, 1, 20]);
    assert.deepEqual(place('lr = 0.5'), [0.5, 1, 6]);
    assert.deepEqual(place('cfg = dict(seed=1, lr=0.1, n=2)'), [0.1, 1, 23]);
    assert.deepEqual(place("p.add_argument('--lr', type=float, default=0.2)"), [0.2, 1, 44]);
    assert.equal(place('lr: 0.1\nlr: 0.2\n'), null);
    assert.equal(place('lr: auto\nhead_lr: 3\nlr_decay: 0.1'), null);
    const hostile = `${'lr'.repeat(150)}${' '.repeat(90_000)}`;
    assert.equal(place(hostile), null);
  });

  it('are looked for in modules of the program and in files it names', async () => {
    const program = `import torch
from utils.config import TrainConfig
import yaml
cfg = yaml.safe_load(open("conf/base.yaml"))
other = "../../etc/passwd.json"
`;
    const analysis = (await pythonAnalyzer()).analyze('train.py', program);
    assert.ok(analysis !== null);
    assert.deepEqual(settingsCandidates(analysis.facts), [
      'utils/config/TrainConfig.py',
      'utils/config.py',
      'conf/base.yaml',
    ]);
  });
});
