import assert from 'node:assert/strict';
import { useWorkbench } from '../support/useWorkbench';

describe('Python code, dark', () => {
  const ui = useWorkbench();

  it('a clip after the step is marked, and its hover says why', async () => {
    const { workbench } = ui;
    await workbench.openFile('exploding-rnn/train.py');
    await workbench.page.keyboard.press('Control+b');
    await workbench.goToLine(43);
    await workbench.page.locator('.squiggly-error').first().waitFor();
    const hover = await workbench.hover('clip_grad_norm_');
    assert.match((await hover.allInnerTexts()).join('\n'), /GI104/);
    await workbench.screenshot('python-dark');
    await workbench.page.keyboard.press('Escape');
  });

  it('typing a defect brings the mark, taking it back removes it', async () => {
    const { workbench } = ui;
    const { page } = workbench;
    await workbench.openFile('healthy-residual/train.py');
    await workbench.until('no mark', async () => (await page.locator('.squiggly-error').count()) === 0);
    await workbench.goToLine(70);
    const lines = await workbench.visibleLines();
    assert.ok(
      lines.some((line) => line.includes('optimizer.zero_grad()')),
      'the sample changed',
    );
    const line = await workbench.lineOf('optimizer.zero_grad()');
    await workbench.goToLine(line);
    await page.keyboard.press('Control+/');
    await page.locator('.squiggly-error, .squiggly-warning').first().waitFor();
    await page.keyboard.press('Control+/');
    await page.locator('.squiggly-error, .squiggly-warning').first().waitFor({ state: 'detached' });
  });
});

describe('a fix in Python code, light', () => {
  const ui = useWorkbench({ theme: 'light' });

  it('Ctrl+. moves the clip above the step', async () => {
    const { workbench } = ui;
    await workbench.openFile('exploding-rnn/train.py');
    await workbench.page.keyboard.press('Control+b');
    await workbench.goToLine(43);
    await workbench.page.locator('.squiggly-error').first().waitFor();
    const titles = await workbench.openQuickFixes();
    await workbench.screenshot('quick-fix-light');
    const move = titles.find((title) => /^Move the clip/.test(title));
    assert.ok(move, `not among: ${titles.join(' | ')}`);
    await workbench.chooseQuickFix(move);
    await workbench.until('the clip above the step', async () => {
      const text = (await workbench.visibleLines()).join('\n');
      return (
        text.indexOf('clip_grad_norm_') > 0 &&
        text.indexOf('clip_grad_norm_') < text.indexOf('optimizer.step()')
      );
    });
    await workbench.page.locator('.squiggly-error').first().waitFor({ state: 'detached' });
    // The count of problems on the tab follows a moment later.
    const label = workbench.page.locator('.tab.active .monaco-icon-label').first();
    await workbench.until('no count of problems on the tab', () =>
      label.evaluate((element) => !/\d/.test(getComputedStyle(element, '::after').content)),
    );
    await workbench.screenshot('fix-applied-light');
  });
});
