import assert from 'node:assert/strict';
import { joinRunWithSources } from '../../../src/core/link/join';
import { diagnoseRun } from '../../../src/core/rules/engine';
import type { LogFinding } from '../../../src/core/rules/finding';
import { pythonAnalyzer } from '../python/analyzer';
import { runOf } from './runOf';

/** An encoder and a head; `forward` may keep the gradient from the encoder. */
const program = (forward: string, after = ''): string => `import torch
from torch import nn
import torch.nn.functional as F

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Linear(8, 32)
        self.rnn = nn.GRU(32, 32, batch_first=True)
        self.head = nn.Linear(32, 4)

    def forward(self, x):
${forward}

net = Net()
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
${after}
for step, (x, y) in enumerate(batches()):
    loss = F.cross_entropy(net(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    print(step, loss.item(), *(f"{n}: {p.grad.norm().item()}" for n, p in net.named_parameters()))
`;
const DETACHED = '        h = torch.relu(self.enc(x)).detach()\n        return self.head(h)';
const PLAIN = '        return self.head(torch.relu(self.enc(x)))';

/** The encoder at zero throughout; the head as asked. */
function logOf(loss: (row: number) => number, head = 0.31): string {
  return Array.from({ length: 40 }, (_, row) => {
    const scatter = 1 + 0.05 * (((row * 7) % 5) - 2);
    return JSON.stringify({
      step: row,
      loss: loss(row) * (1 + 0.004 * (((row * 3) % 5) - 2)),
      'grad/enc.weight': 0,
      'grad/enc.bias': 0,
      'grad/head.weight': head * scatter * 1.01234567,
      'grad/head.bias': 0.2 * scatter * 1.01234567,
    });
  }).join('\n');
}
const stuck = (row: number): number => 1.38 - 0.0005 * row;
const learns = (row: number): number => 0.2 + 1.2 * 0.9 ** row;

async function found(log: string, text: string): Promise<readonly LogFinding[]> {
  const run = await runOf('train.log', log);
  const code = (await pythonAnalyzer()).analyze('train.py', text);
  assert.ok(code !== null);
  return joinRunWithSources(run, diagnoseRun(run).findings, [code]).findings;
}

const dead = (findings: readonly LogFinding[]): LogFinding | undefined =>
  findings.find(({ rule }) => rule === 'dead-layer');

describe('layers that are cut off from the gradient', () => {
  it('names the layers, the line that cuts, and no rate', async () => {
    const finding = dead(await found(logOf(stuck), program(DETACHED)));
    assert.equal(finding?.severity, 'warning');
    assert.deepEqual(finding.parameters, ['enc.weight', 'enc.bias']);
    assert.match(finding.message, /cut off or unused.*in line 13 detach\(\)/);
    assert.deepEqual(
      finding.fixes.map(({ remedy }) => remedy),
      ['keep-graph'],
    );
  });

  it('has a word only where the rest learns without them, or where nothing in the code cuts', async () => {
    assert.equal(dead(await found(logOf(learns), program(DETACHED)))?.severity, 'info');
    assert.equal(
      dead(
        await found(
          logOf((row) => 1.4 - 0.008 * row),
          program(PLAIN),
        ),
      )?.severity,
      'info',
    );
  });

  for (const [what, log, text] of [
    ['layers that are frozen', logOf(stuck), program(DETACHED, 'net.enc.requires_grad_(False)')],
    ['weights from elsewhere', logOf(stuck), program(DETACHED, 'net.load_state_dict(torch.load("a.pt"))')],
    [
      'an optimizer of the head alone',
      logOf(stuck),
      program(DETACHED).replace('net.parameters()', 'net.head.parameters()'),
    ],
    ['dead units, whose weight behind reads zeros', logOf(stuck, 0), program(PLAIN)],
  ] as const) {
    it(`is silent about ${what}`, async () => {
      const findings = await found(log, text);
      assert.ok(findings.every(({ message }) => !message.includes('cut off')));
    });
  }
});

describe('cuts in forward', () => {
  const hints = async (forward: string): Promise<readonly number[]> => {
    const code = (await pythonAnalyzer()).analyze('train.py', program(forward));
    return (code?.findings ?? [])
      .filter(({ rule }) => rule === 'detached-layers')
      .map(({ range }) => range.line);
  };

  it('sees .data, wrapped outputs and outputs of a tuple', async () => {
    const tuple =
      '        out, h = self.rnn(self.enc(x))\n        c = h[-1].data\n        return self.head(c)';
    assert.deepEqual(await hints(tuple), [14]);
    assert.deepEqual(await hints(DETACHED), [13]);
    assert.deepEqual(await hints('        return self.head(self.enc(x).mean(1).data)'), [13]);
  });

  it('leaves states that are carried on, copies kept aside and straight-through estimators alone', async () => {
    for (const forward of [
      '        out, h = self.rnn(self.enc(x), self.h)\n        self.h = h.detach()\n        return self.head(out)',
      '        z = self.enc(x)\n        self.kept = z.detach()\n        return self.head(z)',
      '        z = self.enc(x)\n        return self.head(z + (z.round() - z).detach())',
      '        z = self.enc(x)\n        return self.head(z), z.data',
    ]) {
      assert.deepEqual(await hints(forward), [], forward);
    }
  });
});
