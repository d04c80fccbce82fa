import { strictEqual } from 'node:assert';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NodeFileSource } from '../../src/host/nodeFileSource';

describe('a file of the local disk', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gradient-inspector-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('that grows while it is read is read to its end, now or at the next look', async () => {
    const path = join(folder, 'train.log');
    writeFileSync(path, 'one\n');
    const source = new NodeFileSource(path);
    const target = new Uint8Array(16);
    try {
      strictEqual(await source.size(), 4);
      // Longer than its size said: it is not over where the size ends.
      appendFileSync(path, 'two\n');
      strictEqual(await source.read(0, target.subarray(0, 4)), 4);
      strictEqual(await source.read(4, target), 4);
      strictEqual(await source.read(8, target), 0);
      appendFileSync(path, 'three\n');
      strictEqual(await source.size(), 14);
      strictEqual(await source.read(8, target), 6);
      strictEqual(await source.read(14, target), 0);
      appendFileSync(path, 'four\n');
      strictEqual(await source.size(), 19);
      strictEqual(await source.read(14, target), 5);
    } finally {
      await source.close();
    }
  });
});
