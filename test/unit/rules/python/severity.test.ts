import * as assert from 'node:assert';
import { pythonAnalyzer } from '../../python/analyzer';

/** Severities of one rule's findings on a source. */
async function severities(source: string, rule: string): Promise<readonly string[]> {
  const findings = (await pythonAnalyzer()).analyze('train.py', source)?.findings ?? [];
  return findings.filter((one) => one.rule === rule).map(({ severity }) => severity);
}

const net = (lines: string): string => `import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(64, 64)
        self.b = nn.Linear(64, 2)
${lines}
    def forward(self, x):
        return self.b(self.a(x).relu())
`;

describe('severity of findings in Python code', () => {
  it('hints at one layer that starts too large, warns of several', async () => {
    const one = '        nn.init.normal_(self.b.weight, std=1.0)\n';
    assert.deepStrictEqual(await severities(net(one), 'init-std-too-large'), ['hint']);
    const both = one + one.replace('self.b', 'self.a');
    assert.deepStrictEqual(await severities(net(both), 'init-std-too-large'), ['warning', 'warning']);
  });

  it('hints at a growing rate where it grows on purpose', async () => {
    const schedule = 'import torch\ns = torch.optim.lr_scheduler.ExponentialLR(opt, gamma=1.1)\n';
    assert.deepStrictEqual(await severities(schedule, 'growing-rate'), ['warning']);
    assert.deepStrictEqual(await severities(`# lr range test\n${schedule}`, 'growing-rate'), ['hint']);
  });
});
