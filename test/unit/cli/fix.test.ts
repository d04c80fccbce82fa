import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
          const { report } = await check({
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
            onFailed: assert.fail,
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

  it('goes on with the other files where one is gone or cannot be written', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fix-'));
    const paths = ['a.py', 'b.py', 'c.py', 'd.py'].map((name) => join(folder, name));
    const [gone, blocked, good, latin] = paths as [string, string, string, string];
    const judged = new Map<string, string>();
    const failed: string[] = [];
    try {
      for (const path of paths) {
        writeFileSync(path, PROGRAM);
      }
      writeFileSync(latin, Buffer.concat([Buffer.from('# \xe9\n', 'latin1'), Buffer.from(PROGRAM)]));
      const { report } = await check({
        paths,
        evidence: [],
        python: pythonAnalyzer,
        onUnreadable: assert.fail,
        onNote: () => undefined,
        onProgress: () => undefined,
        onSource: (file, text) => judged.set(file, text),
      });
      rmSync(gone);
      mkdirSync(`${blocked}.gradient-inspector.tmp`);
      const applied = await applyFixes(report, {
        unsafe: false,
        remedy: null,
        judged,
        onChanged: assert.fail,
        onFailed: (path) => failed.push(path),
      });
      assert.deepEqual(failed, [gone, blocked, latin]);
      assert.deepEqual(
        applied.map(({ path }) => path),
        [good],
      );
      assert.equal(readFileSync(blocked, 'utf8'), PROGRAM);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
