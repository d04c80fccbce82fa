import { useWorkbench } from '../support/useWorkbench';

describe('the Training Runs view, dark', () => {
  const ui = useWorkbench();

  it('is filled by Analyze Workspace, and a click on a finding goes to its line', async () => {
    const { workbench } = ui;
    const { page } = workbench;
    await workbench.runCommand('Gradient Inspector: Analyze Workspace');
    const rows = page.locator('.pane-body .monaco-list-row[role="treeitem"]');
    await workbench.until('all runs', async () => {
      const labels = await rows.allTextContents();
      return ['exploding-rnn/metrics.jsonl', 'healthy-residual/metrics.csv', 'nan-distance/train.log'].every(
        (path) => labels.some((label) => label.includes(path.split('/')[0] as string)),
      );
    });
    // Rows move until the last file is judged; a click meanwhile would meet another one.
    const shown = async () => (await rows.allTextContents()).join('\n');
    await workbench.until('the code as well, and rows at rest', async () => {
      const before = await shown();
      await page.waitForTimeout(1000);
      return before.includes('nan-distance/train.py') && before === (await shown());
    });
    const bar = await page.locator('.part.sidebar').boundingBox();
    await workbench.drag({ x: (bar?.x ?? 0) + (bar?.width ?? 0) + 2, y: 400 }, 380, 0);
    const finding = rows.filter({ hasText: /finite .*epoch 1\.2/i }).filter({ hasText: 'line 60' });
    await finding.click();
    await page.locator('.statusbar-item', { hasText: 'Ln 60,' }).waitFor();
    await page.locator('.tab.active[data-resource-name="train.log"]').waitFor();
    await page.locator('.squiggly-error').first().waitFor();
    await page.locator('.notification-toast').first().waitFor({ state: 'hidden' });
    await workbench.screenshot('runs-dark');
    await workbench.drag({ x: (bar?.x ?? 0) + (bar?.width ?? 0) + 382, y: 400 }, -380, 0);
  });
});
