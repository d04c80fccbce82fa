import assert from 'node:assert/strict';
import { joinRunWithSources } from '../../../src/core/link/join';
import { pythonAnalyzer } from '../python/analyzer';
import { runOf } from './runOf';

const LOG = Array.from({ length: 30 }, (_, step) =>
  JSON.stringify({ step, loss: 1 / (1 + step), grad_norm: 1 + (step % 5) }),
).join('\n');

const loop = (clip: string, before = '') => `import json
import torch
from torch import nn

${before}
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for step, (x, y) in enumerate(loader):
    optimizer.zero_grad()
    loss = ((model(x) - y) ** 2).mean()
    loss.backward()
    ${clip}
    optimizer.step()
    print(json.dumps({"step": step, "loss": loss.item(), "grad_norm": 0}))
`;

async function clipOf(text: string) {
  const analysis = (await pythonAnalyzer()).analyze('/runs/train.py', text);
  assert.ok(analysis !== null);
  const { clip } = joinRunWithSources(await runOf('/runs/run.jsonl', LOG), [], [analysis]);
  return clip === undefined ? null : [clip.value, text.split('\n')[clip.line - 1]?.trim()];
}

describe('the clip value that the code states', () => {
  it('is read from the call, also through a name', async () => {
    const call = 'torch.nn.utils.clip_grad_norm_(model.parameters(), 0.5)';
    assert.deepEqual(await clipOf(loop(call)), [0.5, call]);
    const named = 'torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm=MAX)';
    assert.deepEqual(await clipOf(loop(named, 'MAX = 2.0')), [2, named]);
  });

  it('is unknown where nothing, or nothing certain, is clipped at', async () => {
    for (const clip of [
      'pass',
      'torch.nn.utils.clip_grad_norm_(model.parameters(), bound)',
      'torch.nn.utils.clip_grad_norm_(model.parameters(), float("inf"))',
      'torch.nn.utils.clip_grad_value_(model.parameters(), 0.5)',
      'torch.nn.utils.clip_grad_norm_(a.parameters(), 0.5); torch.nn.utils.clip_grad_norm_(b.parameters(), 1.0)',
    ]) {
      assert.equal(await clipOf(loop(clip)), null, clip);
    }
  });

  it('is none where the clip changes nothing: after the step, or before the gradients are there', async () => {
    const clip = 'torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)';
    const after = loop('pass').replace('    optimizer.step()', `    optimizer.step()\n    ${clip}`);
    const before = loop('pass').replace('    loss.backward()', `    ${clip}\n    loss.backward()`);
    assert.ok(after.includes(clip) && before.includes(clip));
    assert.equal(await clipOf(after), null);
    assert.equal(await clipOf(before), null);
  });

  it("is read from a trainer's settings", async () => {
    const text = `import lightning as L
import torch
from torch import nn


class Net(L.LightningModule):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 1)

    def training_step(self, batch, at):
        x, y = batch
        return ((self.fc(x) - y) ** 2).mean()

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=1e-3)


trainer = L.Trainer(
    max_epochs=3,
    gradient_clip_val=0.3,
)
trainer.fit(Net(), loader)
`;
    assert.deepEqual(await clipOf(text), [0.3, 'gradient_clip_val=0.3,']);
  });
});
