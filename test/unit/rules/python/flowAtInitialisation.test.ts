import assert from 'node:assert/strict';
import type { Finding } from '../../../../src/core/rules/finding';
import { pythonAnalyzer } from '../../python/analyzer';

/** A stack of tanh layers whose gain a layer is set by the initial deviation. */
function stack(depth: number, options: { gain?: number; extra?: string; body?: string } = {}): string {
  const { gain = 1 / 3, extra = '', body = 'x = torch.tanh(layer(x))' } = options;
  return `import torch
import torch.nn as nn
${extra}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.ModuleList([nn.Linear(100, 100) for _ in range(${depth})])
        self.out = nn.Linear(100, 10)
        for m in self.modules():
            if isinstance(m, nn.Linear):
                nn.init.normal_(m.weight, std=${Math.sqrt(gain / 100)})
                nn.init.zeros_(m.bias)

    def forward(self, x):
        for layer in self.hidden:
            ${body}
        return self.out(x)

model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
`;
}

async function found(program: string): Promise<Finding | undefined> {
  const analysis = (await pythonAnalyzer()).analyze('train.py', program);
  return analysis?.findings.find(({ rule }) => rule === 'flow-at-initialisation');
}

describe('A forecast becomes a diagnostic', () => {
  it('where it is below 1e-4, with the fixes that bring it back first', async () => {
    const finding = await found(stack(24));
    assert.ok(finding);
    assert.equal(finding.code, 'GI208');
    const short = finding.fixes[0]?.forecastShort ?? '';
    assert.match(short, /^first layer ×\de-\d → ×(0?\.\d+|[1-9])/, short);
  });

  it('not where it is within the border', async () => {
    assert.equal(await found(stack(8)), undefined);
    assert.equal(await found(stack(24, { gain: 1 })), undefined);
  });

  it('not where a part on the way is not known, however far it is', async () => {
    const program = stack(24, {
      extra: 'from secret import mystery',
      body: 'x = torch.tanh(mystery(layer(x)))',
    });
    assert.equal(await found(program), undefined);
  });
});
