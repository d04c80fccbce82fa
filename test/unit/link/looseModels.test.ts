import assert from 'node:assert/strict';
import { applyEdits } from '../../../src/core/edits';
import { joinRunWithSources } from '../../../src/core/link/join';
import { diagnoseRun } from '../../../src/core/rules/engine';
import { pythonAnalyzer } from '../python/analyzer';
import { gradientLog, runOf } from './runOf';

const SCRIPT = `import torch
from torch import nn

rnn = nn.RNN(4, 32, batch_first=True)
head = nn.Linear(32, 4)
params = list(rnn.parameters()) + list(head.parameters())
opt = torch.optim.Adam(params, lr=1e-3)
loss_fn = nn.CrossEntropyLoss()
for step in range(60):
    x, y = torch.randn(16, 50, 4), torch.randint(0, 4, (16,))
    out, _ = rnn(x)
    loss = loss_fn(head(out[:, -1]), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
`;

/** What `rnn.named_parameters()` and `head.named_parameters("head")` call them. */
const NAMES = {
  weight_ih_l0: () => 1e-9,
  weight_hh_l0: () => 1e-9,
  'head.weight': () => 0.1,
  'head.bias': () => 0.1,
};

async function joined() {
  const analysis = (await pythonAnalyzer()).analyze('/code/train.py', SCRIPT);
  assert.ok(analysis !== null);
  const run = await runOf('/code/run.jsonl', gradientLog(NAMES));
  return joinRunWithSources(run, diagnoseRun(run).findings, [analysis]);
}

describe('Layers in variables', () => {
  it('are found by the names of their parameters, with or without the name of the variable', async () => {
    const { links } = await joined();
    const lines = Object.fromEntries(links.map(({ parameter, line }) => [parameter, line]));
    assert.deepEqual(lines, { weight_ih_l0: 4, weight_hh_l0: 4, 'head.weight': 5, 'head.bias': 5 });
  });

  it('are changed where they are made', async () => {
    const { findings } = await joined();
    const fixes = findings.flatMap((finding) => finding.fixes);
    const texts = fixes.map((fix) => ({ remedy: fix.remedy, text: applyEdits(SCRIPT, fix.edits) ?? '' }));
    assert.ok(
      texts.some(
        ({ remedy, text }) => remedy === 'gru' && text.includes('rnn = nn.GRU(4, 32, batch_first=True)'),
      ),
    );
    assert.ok(
      texts.some(
        ({ remedy, text }) => remedy === 'orthogonal-init' && text.includes('in rnn.named_parameters():'),
      ),
      fixes.map(({ remedy }) => remedy).join(),
    );
  });
});
