import assert from 'node:assert/strict';
import { useWorkbench } from '../support/useWorkbench';

describe('a log in the editor, dark', () => {
  const ui = useWorkbench();

  it('shows a lens, a squiggle and a button for the charts', async () => {
    const { page } = ui.workbench;
    await ui.workbench.openFile('vanishing-relu/train.log');
    await page.locator('.codelens-decoration', { hasText: /21 steps · 36 parameters · vanishing/ }).waitFor();
    await page.locator('.squiggly-error').first().waitFor();
    await page.locator('.editor-actions [aria-label^="Open Gradient Charts"]').waitFor();
    await page.locator('.tab.active.error, .tab.active', { hasText: 'train.log' }).waitFor();
  });

  it('a hover tells what was seen, with a picture, why, and what helps', async () => {
    const { workbench } = ui;
    const { page } = workbench;
    await page.keyboard.press('Control+b');
    const hover = await workbench.hover('blocks.0.weight');
    // VS Code shows the mark's own words first and the rest when it is there.
    for (const part of [/GI003/, /Why it matters/, /What helps, best first/]) {
      await workbench.until(`${part} in the hover`, async () =>
        part.test((await hover.allInnerTexts()).join('\n')),
      );
    }
    const picture = hover.locator('img').first();
    await workbench.until('the picture of the curve', () =>
      picture.evaluate((image) => image instanceof HTMLImageElement && image.naturalWidth > 50),
    );
    // VS Code opens a hover at a third of the editor's height; a person drags its corner.
    const box = await hover.boundingBox();
    assert.ok(box);
    await workbench.drag({ x: box.x + box.width - 2, y: box.y + box.height - 2 }, 0, 330);
    await workbench.until(
      'the larger hover',
      async () => ((await hover.boundingBox())?.height ?? 0) > box.height + 100,
    );
    await workbench.screenshot('hover-dark');
    await page.keyboard.press('Escape');
  });

  it('Ctrl+. offers remedies, and He initialisation is put into the code and undone', async () => {
    const { workbench } = ui;
    await workbench.openFile('vanishing-relu/train.log');
    await workbench.goToLine(4);
    const titles = await workbench.openQuickFixes();
    await workbench.screenshot('quick-fix-dark');
    const he = titles.find((title) => /He init/i.test(title) && !title.startsWith('Preview'));
    assert.ok(he, `He initialisation is not among: ${titles.join(' | ')}`);
    await workbench.chooseQuickFix(he);
    await workbench.openFile('vanishing-relu/train.py');
    await workbench.until('the initialisation in the code', async () =>
      (await workbench.visibleLines()).some((line) => line.includes('kaiming_')),
    );
    await workbench.screenshot('fix-applied-dark');
    await workbench.page.keyboard.press('Control+z');
    await workbench.until('the code as it was', async () =>
      (await workbench.visibleLines()).every((line) => !line.includes('kaiming_')),
    );
  });
});
