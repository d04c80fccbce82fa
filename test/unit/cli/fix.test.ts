import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check } from '../../../src/cli/check';
import { applyFixes } from '../../../src/cli/fix';
import { pythonAnalyzer } from '../python/analyzer';

const PROGRAM = `import torch
from torch import nn

net = nn.Linear(3, 1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
for x, y in [(torch.ones(2, 3), torch.ones(2, 1))] * 5:
    loss = nn.functional.mse_loss(net(x), y)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    optimizer.step()
`;

describe('check --fix', () => {
  for (const meanwhile of ['', '# a note\n']) {
    it(
      meanwhile === '' ? 'fixes what is as it was read' : 'leaves a file that changed since it was read',
      async () => {
        const folder = mkdtempSync(join(tmpdir(), 'fix-'));
        const path = join(folder, 'train.py');
        const judged = new Map<string, string>();
        const changed: string[] = [];
        try {
          writeFileSync(path, PROGRAM);
          const report = await check({
            paths: [path],
            evidence: [],
            python: pythonAnalyzer,
            onUnreadable: assert.fail,
            onNote: () => undefined,
            onProgress: () => undefined,
            onSource: (file, text) => judged.set(file, text),
          });
          writeFileSync(path, meanwhile + PROGRAM);
          const options = {
            unsafe: false,
            remedy: null,
            judged,
            onChanged: (file: string) => changed.push(file),
          };
          const applied = await applyFixes(report, options);
          assert.equal(applied.length, meanwhile === '' ? 1 : 0);
          assert.deepEqual(changed, meanwhile === '' ? [] : [path]);
          assert.equal(readFileSync(path, 'utf8') === meanwhile + PROGRAM, meanwhile !== '');
        } finally {
          rmSync(folder, { recursive: true });
        }
      },
    );
  }
});
