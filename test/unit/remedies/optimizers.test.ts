import { checkFix, checkNoFix } from './checkFix';

const NET = `import torch
import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(16, 64)
        self.head = nn.Linear(64, 4)

    def forward(self, x):
        return self.head(self.body(x).relu())

net = Net()
`;

const loop = (before: string, inside = '', after = ''): string => `${NET}${before}
for step in range(1000):
${inside}    opt.zero_grad()
    nn.functional.cross_entropy(net(x), y).backward()
    opt.step()
${after}`;

describe('Remedies for optimizers', () => {
  it('gives the optimizer all parameters', async () => {
    await checkFix(`${NET}opt = torch.optim.Adam(net.head.parameters(), lr=1e-3)\n`, 'all-parameters', [
      '- opt = torch.optim.Adam(net.head.parameters(), lr=1e-3)',
      '+ opt = torch.optim.Adam(net.parameters(), lr=1e-3)',
    ]);
  });

  it('leaves a part alone whose other layers are frozen, or have an optimizer of their own', async () => {
    await checkNoFix(
      `${NET}net.body.requires_grad_(False)\nopt = torch.optim.Adam(net.head.parameters(), lr=1e-3)\n`,
      'all-parameters',
    );
    await checkNoFix(
      `${NET}a = torch.optim.Adam(net.head.parameters(), lr=1e-3)\nb = torch.optim.SGD(net.body.parameters(), lr=0.1)\n`,
      'all-parameters',
    );
  });

  it('makes an optimizer once, before the loop', async () => {
    const made = 'opt = torch.optim.Adam(net.parameters(), lr=1e-3)';
    await checkFix(loop('', `    ${made}\n`), 'build-once', [`+ ${made}`, `-     ${made}`]);
  });

  it('gives constants of the optimizer their usual values', async () => {
    await checkFix(
      `${NET}opt = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.999)\n`,
      'usual-constants',
      [
        '- opt = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.999)',
        '+ opt = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)',
      ],
    );
  });

  it('spreads a schedule over the run', async () => {
    const made = 'opt = torch.optim.Adam(net.parameters(), lr=1e-3)\n';
    const schedule = (gamma: string): string =>
      `sched = torch.optim.lr_scheduler.ExponentialLR(opt, gamma=${gamma})`;
    await checkFix(loop(made + schedule('0.9'), '', '    sched.step()\n'), 'slower-decay', [
      `- ${schedule('0.9')}`,
      `+ ${schedule('0.9977')}`,
    ]);
    await checkNoFix(loop(made + schedule('0.995'), '', '    sched.step()\n'), 'slower-decay');
  });

  it('takes away a factor on the weights, with the loop that holds nothing else', async () => {
    await checkFix(
      `${NET}for p in net.parameters():\n    p.data *= 10\nopt = torch.optim.Adam(net.parameters())\n`,
      'scaled-init',
      ['- for p in net.parameters():', '-     p.data *= 10'],
    );
  });

  it('takes a factor away with a new initialisation', async () => {
    const init = (fill: string): string => `${NET}for m in net.modules():
    if isinstance(m, nn.Linear):
        ${fill}
        m.weight.data *= 4.0
`;
    await checkFix(init('nn.init.normal_(m.weight, std=0.2)'), 'xavier-init', [
      '-         nn.init.normal_(m.weight, std=0.2)',
      '-         m.weight.data *= 4.0',
      '+         nn.init.xavier_uniform_(m.weight, gain=nn.init.calculate_gain("relu"))',
    ]);
  });
});
