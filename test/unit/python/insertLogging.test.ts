import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyEdits } from '../../../src/core/edits';
import { insertGradientLogging } from '../../../src/core/python/insertLogging';
import { LOGGING_FILE } from '../../../src/core/python/logging/edit';
import { runOf } from '../link/runOf';
import { assertParses } from '../remedies/checkFix';
import { pythonAnalyzer } from './analyzer';

async function insert(program: string): Promise<{ readonly text: string } | { readonly why: string }> {
  const analysis = (await pythonAnalyzer()).analyze('train.py', program);
  assert.ok(analysis !== null);
  const result = insertGradientLogging(analysis.facts);
  if ('why' in result) {
    return result;
  }
  const text = applyEdits(program, result.edits);
  assert.ok(text !== null);
  assertParses(text);
  return { text };
}

/** The lines that call the logger, with what stands around them. */
async function callIn(program: string): Promise<string> {
  const result = await insert(program);
  assert.ok('text' in result, 'why' in result ? result.why : '');
  const lines = result.text.split(/\r?\n/);
  const at = lines.findIndex(
    (line) => /^\s+log_gradients\(|sync_gradients/.test(line) && !line.startsWith('def'),
  );
  return lines.slice(at - 1, at + 2).join('\n');
}

const program = (loop: string) => `import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
data = [(torch.randn(4, 2), torch.randn(4, 1)) for _ in range(40)]
${loop}`;

const PLAIN = program(`for epoch in range(2):
    for x, y in data:
        loss = nn.functional.mse_loss(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1e-3)
        optimizer.step()
`);

describe('insertGradientLogging', () => {
  it('measures between backward and clipping', async () => {
    assert.equal(
      await callIn(PLAIN),
      `        loss.backward()
        log_gradients(model, loss=loss)  # gradient-inspector: gradient logging
        nn.utils.clip_grad_norm_(model.parameters(), 1e-3)`,
    );
  });

  it('uses the step counter that is there', async () => {
    const counted = program(`step = 0
for epoch in range(2):
    for x, y in data:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
        step += 1
`);
    assert.match(await callIn(counted), /log_gradients\(model, step=step\) {2}#/);
    const ranged = program(`for it in range(40):
    loss = nn.functional.mse_loss(model(data[it][0]), data[it][1])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
`);
    assert.match(await callIn(ranged), /log_gradients\(model, step=it, loss=loss\)/);
  });

  it('divides by the loss scale, or waits until it is gone', async () => {
    const scaled = program(`scaler = torch.cuda.amp.GradScaler()
for x, y in data:
    loss = nn.functional.mse_loss(model(x), y)
    optimizer.zero_grad()
    scaler.scale(loss).backward()
    scaler.step(optimizer)
    scaler.update()
`);
    assert.match(await callIn(scaled), /scale=scaler\.get_scale\(\)/);
    const unscaled = scaled.replace('    scaler.step', '    scaler.unscale_(optimizer)\n    scaler.step');
    assert.match(await callIn(unscaled), /unscale_\(optimizer\)\n {4}log_gradients\(model, loss=loss\)/);
  });

  it('is not inserted twice, and says why it cannot be', async () => {
    const once = await insert(PLAIN);
    assert.ok('text' in once);
    assert.deepEqual(await insert(once.text), { why: 'Gradient logging is already in this file.' });
    assert.ok('why' in (await insert('import torch\nmodel = torch.nn.Linear(1, 1)\n')));
  });

  it('keeps CRLF', async () => {
    const result = await insert(PLAIN.replace(/\n/g, '\r\n'));
    assert.ok('text' in result);
    assert.doesNotMatch(result.text, /[^\r]\n/);
  });

  it("uses Lightning's hook", async () => {
    const result = await insert(`import torch
import lightning as L


class Net(L.LightningModule):
    def __init__(self):
        super().__init__()
        self.fc = torch.nn.Linear(2, 2)

    def training_step(self, batch, batch_idx):
        return self.fc(batch).sum()

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters())


trainer = L.Trainer()
`);
    assert.ok('text' in result);
    assert.match(result.text, /import lightning as L\nfrom lightning\.pytorch\.utilities import grad_norm\n/);
    assert.match(
      result.text,
      /self\.parameters\(\)\)\n\n {4}def on_before_optimizer_step\(self, optimizer\): .*\n {8}self\.log_dict\(grad_norm\(self, norm_type=2\)\)\n\n\ntrainer/,
    );
  });

  it("adds a callback to transformers' Trainer", async () => {
    const result = await insert(`import torch
from transformers import Trainer

trainer = Trainer(model=model, args=args, train_dataset=data)
trainer.train()
`);
    assert.ok('text' in result);
    assert.match(result.text, /class GradientLogger\(TrainerCallback\)/);
    assert.match(
      result.text,
      /train_dataset=data\)\ntrainer\.add_callback\(GradientLogger\(\)\)\ntrainer\.train/,
    );
  });

  it('writes a log that is read back, with real PyTorch', async function () {
    const python = '/usr/bin/python3';
    if (spawnSync(python, ['-c', 'import torch']).status !== 0) {
      console.log('      (skipped: no python3 with torch)');
      this.skip();
    }
    this.timeout(60_000);
    const result = await insert(PLAIN);
    assert.ok('text' in result);
    const folder = mkdtempSync(join(tmpdir(), 'logging-'));
    try {
      writeFileSync(join(folder, 'train.py'), result.text);
      const done = spawnSync(python, ['train.py'], {
        cwd: folder,
        encoding: 'utf8',
        env: { ...process.env, OMP_NUM_THREADS: '1' },
      });
      assert.equal(done.status, 0, done.stderr);
      const run = await runOf(LOGGING_FILE, readFileSync(join(folder, LOGGING_FILE), 'utf8'));
      const norms = run.series.filter((series) => series.kind === 'grad-norm');
      assert.equal(run.steps, 8);
      assert.deepEqual(
        norms.map((series) => series.parameter),
        [null, '0.weight', '0.bias', '2.weight', '2.bias'],
      );
      assert.ok(run.series.some((series) => series.kind === 'loss'));
      const total = norms[0]?.points.value(0) ?? 0;
      const parts = norms.slice(1).map((series) => series.points.value(0) ** 2);
      assert.ok(Math.abs(total - Math.sqrt(parts.reduce((sum, one) => sum + one, 0))) < 1e-6 * total);
      assert.ok(total > 1e-2, 'measured after clipping');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
