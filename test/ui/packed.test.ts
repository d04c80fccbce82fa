import assert from 'node:assert/strict';
import { createWriteStream, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { drawnCharts } from '../support/chartPage';
import { useWorkbench } from '../support/useWorkbench';

const NAME = 'packed.gz';
/** So much that it takes seconds to unpack, whatever the machine. */
const UNPACKED_MB = 1200;
const MB = 1024 * 1024;

/** A megabyte of a log; the notes make it long, not its numbers. */
function piece(): Buffer {
  const lines = Array.from(
    { length: 2048 },
    (_, step) =>
      `step ${step} loss ${(3 - step / 1000).toFixed(3)} grad_norm 1.${step % 10} note ${'x'.repeat(470)}`,
  );
  return Buffer.from(`${lines.join('\n')}\n`).subarray(0, MB);
}

describe('a packed log of more than a gigabyte', () => {
  const ui = useWorkbench();

  before(async function () {
    this.timeout(120_000);
    const one = piece();
    const pieces = function* () {
      for (let index = 0; index < UNPACKED_MB; index++) {
        yield one;
      }
    };
    const path = join(ui.folder, NAME);
    await pipeline(Readable.from(pieces()), createGzip({ level: 1 }), createWriteStream(path));
    assert.ok(statSync(path).size < 100 * MB);
  });

  it('is read with progress, and as far as a person lets it', async () => {
    const { workbench } = ui;
    await workbench.openListed(NAME);
    const frame = await drawnCharts(workbench);
    const reading = frame.getByText(/^Reading [1-9]\d? %$/);
    await reading.waitFor();
    await frame.getByRole('button', { name: 'Stop' }).click();
    await frame.getByText('Reading was cancelled: this is the first part of the log.').waitFor();
    await reading.waitFor({ state: 'hidden' });
    await workbench.screenshot('packed-cancelled-dark');
  });
});
