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

async function clipOf(text: string, others: Readonly<Record<string, string>> = {}, log = LOG) {
  const analyzer = await pythonAnalyzer();
  const texts: Readonly<Record<string, string>> = { '/runs/train.py': text, ...others };
  const analyses = Object.entries(texts).map(([path, code]) => {
    const analysis = analyzer.analyze(path, code);
    assert.ok(analysis !== null);
    return analysis;
  });
  const { clip } = joinRunWithSources(await runOf('/runs/run.jsonl', log), [], analyses);
  return clip === undefined ? null : [clip.value, texts[clip.source]?.split('\n')[clip.line - 1]?.trim()];
}

/** What the Trainer of Transformers prints. */
const TRAINER_LOG = Array.from(
  { length: 30 },
  (_, step) =>
    `{'loss': ${1 / (1 + step)}, 'grad_norm': ${1 + (step % 5)}, 'learning_rate': 5e-05, 'epoch': ${step / 10}}`,
).join('\n');

const FINE_TUNING = `from datasets import load_dataset
from transformers import AutoModelForCausalLM, Trainer, TrainingArguments

args = TrainingArguments(
    output_dir="out",
    max_grad_norm=0.7,
)
trainer = Trainer(model=AutoModelForCausalLM.from_pretrained("gpt2"), args=args, train_dataset=load_dataset("x"))
trainer.train()
`;

const LIGHTNING = `import lightning as L
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
    assert.deepEqual(await clipOf(LIGHTNING), [0.3, 'gradient_clip_val=0.3,']);
  });

  it('is read where a file has neither loop nor optimizer of its own', async () => {
    assert.deepEqual(await clipOf(FINE_TUNING, {}, TRAINER_LOG), [0.7, 'max_grad_norm=0.7,']);
    const byTrl = FINE_TUNING.replace('Trainer, TrainingArguments', 'AutoTokenizer')
      .replace('args = TrainingArguments(', 'from trl import SFTConfig, SFTTrainer\nargs = SFTConfig(')
      .replace('trainer = Trainer(', 'trainer = SFTTrainer(');
    assert.deepEqual(await clipOf(byTrl, {}, TRAINER_LOG), [0.7, 'max_grad_norm=0.7,']);
  });

  it('is left open where two such files may have written the log, or none builds a trainer', async () => {
    const other = { '/runs/other.py': FINE_TUNING.replace('0.7', '0.2') };
    assert.equal(await clipOf(FINE_TUNING, other, TRAINER_LOG), null);
    assert.equal(await clipOf(FINE_TUNING.split('trainer =')[0] ?? '', {}, TRAINER_LOG), null);
  });

  it('is read from the file that starts the training of a module in another one', async () => {
    const launch = {
      '/runs/main.py': `import lightning as L
from train import Net

trainer = L.Trainer(gradient_clip_val=0.4)
trainer.fit(Net())
`,
    };
    const module = LIGHTNING.slice(0, LIGHTNING.indexOf('trainer ='));
    assert.deepEqual(await clipOf(module, launch), [0.4, 'trainer = L.Trainer(gradient_clip_val=0.4)']);
  });
});
