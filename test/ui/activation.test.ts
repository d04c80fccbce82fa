import assert from 'node:assert/strict';
import { cpus, loadavg } from 'node:os';
import { useWorkbench } from '../support/useWorkbench';

/** Milliseconds for loading the code and running `activate`, together, on a machine with a core to spare. */
const ACTIVATION_LIMIT = 50;

describe('activation, as "Show Running Extensions" gives it', () => {
  const ui = useWorkbench();

  it(`takes less than ${ACTIVATION_LIMIT} ms`, async () => {
    const { workbench } = ui;
    await workbench.openFile('vanishing-relu/train.log');
    await workbench.page.locator('.codelens-decoration', { hasText: '21 steps' }).waitFor();
    await workbench.runCommand('Developer: Show Running Extensions');
    const row = workbench.page.locator('.runtime-extensions-editor .extension', {
      hasText: 'gradient-inspector',
    });
    await row.waitFor();
    const text = (await row.textContent()) ?? '';
    const time = Number(/Activation: (\d+)ms/.exec(text)?.[1]);
    // It is wall-clock time: with more at work than there are cores, everything takes longer by as much.
    const share = Math.max(1, (loadavg()[0] ?? 0) / cpus().length);
    console.log(`      activation: ${time} ms at a load of ${share.toFixed(1)} a core`);
    assert.ok(time < ACTIVATION_LIMIT * share, text);
  });
});
