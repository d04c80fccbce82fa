import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seriousFindings } from '../support/accessibility';
import { drawnCharts } from '../support/chartPage';
import { useWorkbench } from '../support/useWorkbench';

/** Long enough for its reading to be seen, on any machine. Bytes. */
const LONG_LOG = 400_000_000;

for (const theme of ['dark', 'light'] as const) {
  describe(`pages in place of charts, ${theme}`, () => {
    const ui = useWorkbench({ theme, width: 1200, height: 760 });

    /** Opens the charts of a file with this text; returns the frame of its page. */
    async function chartsOf(name: string, text: string) {
      const { workbench, folder } = ui;
      writeFileSync(join(folder, name), text);
      await workbench.openFile(name);
      await workbench.runCommand('Gradient Inspector: Open Gradient Charts');
      return workbench.webview('.empty, .hint-bar');
    }

    async function closeAll(): Promise<void> {
      await ui.workbench.runCommand('View: Close All Editors');
    }

    it('of no training log says what was looked for, and offers to log gradients', async () => {
      const frame = await chartsOf('notes.log', 'Meeting on Monday.\nBring the slides.\n'.repeat(20));
      await frame.getByRole('heading', { name: 'No training log was recognised here' }).waitFor();
      await frame.getByText('JSON lines').waitFor();
      await frame.getByRole('button', { name: 'Insert Gradient Logging' }).waitFor();
      assert.deepEqual(await seriousFindings(frame), []);
      await ui.workbench.screenshot(`page-no-log-${theme}`);
      await closeAll();
    });

    it('of a run without gradients shows its loss, and offers to log gradients', async () => {
      const { workbench } = ui;
      const rows = Array.from({ length: 30 }, (_, step) => `epoch ${step} loss ${2 / (step + 1)}\n`);
      const frame = await chartsOf('loss-only.log', rows.join(''));
      await frame.getByText('This log holds no gradient norms').waitFor();
      await drawnCharts(workbench);
      assert.deepEqual(await seriousFindings(frame), []);
      await workbench.screenshot(`page-no-gradients-${theme}`);
      await frame.getByRole('button', { name: 'Insert Gradient Logging' }).click();
      const pick = workbench.page.locator('.quick-input-widget:visible');
      await pick.getByText('exploding-rnn/train.py').first().waitFor();
      await workbench.screenshot(`page-insert-${theme}`);
      await pick.locator('input.input').press('Escape');
      await workbench.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
      await closeAll();
    });

    // The rest looks the same but for its colours.
    if (theme === 'light') {
      return;
    }

    it('of an empty file fills itself when the run begins', async () => {
      const { workbench, folder } = ui;
      const frame = await chartsOf('new.log', '');
      await frame.getByRole('heading', { name: 'No training log was recognised here' }).waitFor();
      await workbench.screenshot(`page-empty-${theme}`);
      const rows = Array.from(
        { length: 30 },
        (_, step) => `step ${step} loss ${2 / (step + 1)} grad_norm ${1 + (step % 3)}\n`,
      );
      appendFileSync(join(folder, 'new.log'), rows.join(''));
      await drawnCharts(workbench);
      await closeAll();
    });

    it('of a damaged event file says what was looked for', async () => {
      const { workbench, folder } = ui;
      const path = join(folder, 'events.out.tfevents.7');
      writeFileSync(path, 'no record at all, but long enough to have the head of one');
      await workbench.openListed('events.out.tfevents.7');
      const frame = await workbench.webview('.empty');
      await frame.getByText('TensorBoard').waitFor();
      assert.deepEqual(await seriousFindings(frame), []);
      await workbench.screenshot(`page-unreadable-${theme}`);
      await closeAll();
    });

    it('of a long log shows how far it is read', async () => {
      const { workbench, folder } = ui;
      const row = (step: number) =>
        `${JSON.stringify({ step, loss: 2 / (1 + step / 50), grad_norm: 1 + (step % 7) / 10 })}\n`;
      const block = Array.from({ length: 20_000 }, (_, step) => row(step)).join('');
      const path = join(folder, 'long.jsonl');
      writeFileSync(path, block);
      for (let size = block.length; size < LONG_LOG; size += block.length) {
        appendFileSync(path, block);
      }
      await workbench.openListed('long.jsonl');
      const frame = await workbench.webview('#page');
      await frame
        .getByText(/Reading/)
        .first()
        .waitFor();
      await workbench.screenshot(`page-reading-${theme}`);
      assert.deepEqual(await seriousFindings(frame), []);
      await frame
        .getByText(/Reading/)
        .first()
        .waitFor({ state: 'hidden', timeout: 60_000 });
      await drawnCharts(workbench);
      await workbench.screenshot(`page-read-${theme}`);
      await closeAll();
    });
  });
}
