import assert from 'node:assert/strict';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { repository } from '../../scripts/vscode/host';
import { openWorkbench } from '../support/workbench';

/** Milliseconds for loading the code and running `activate`, together, on a machine with a core to spare. */
const ACTIVATION_LIMIT = 50;

/** Other extensions start in the same thread: the least of several windows is the extension's own time. */
const WINDOWS = 3;

describe('activation, as "Show Running Extensions" gives it', () => {
  it(`takes less than ${ACTIVATION_LIMIT} ms`, async function () {
    this.timeout(240_000);
    // It is wall-clock time: with more at work than there are cores, everything takes longer by as much.
    const share = Math.max(1, (loadavg()[0] ?? 0) / cpus().length);
    const times: number[] = [];
    while (times.length < WINDOWS && !times.some((time) => time < ACTIVATION_LIMIT)) {
      times.push(await activationTime());
    }
    console.log(`      activation: ${times.join(', ')} ms at a load of ${share.toFixed(1)} a core`);
    assert.ok(Math.min(...times) < ACTIVATION_LIMIT * share);
  });
});

/** Milliseconds in a fresh window, in which a log is opened once everything else is at rest. */
async function activationTime(): Promise<number> {
  const workbench = await openWorkbench({ folder: join(repository, 'samples') });
  try {
    const { page } = workbench;
    await page
      .locator('.statusbar-item', { hasText: 'Activating Extensions' })
      .waitFor({ state: 'detached' });
    await workbench.openFile('vanishing-relu/train.log');
    await page.locator('.codelens-decoration', { hasText: '21 steps' }).waitFor();
    await workbench.runCommand('Developer: Show Running Extensions');
    const row = page.locator('.runtime-extensions-editor .extension', { hasText: 'gradient-inspector' });
    await row.waitFor();
    const text = (await row.textContent()) ?? '';
    const time = /Activation: (\d+)ms/.exec(text)?.[1];
    assert.ok(time, `no activation time in: ${text}`);
    return Number(time);
  } finally {
    await workbench.close();
  }
}
