import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dialog } from 'playwright-core';
import { drawnCharts } from '../support/chartPage';
import { useWorkbench } from '../support/useWorkbench';

const NAME =
  'a<img src=x onerror=alert(1)>[go](command:workbench.action.quit)<script>alert(2)</script>.weight';

describe('HTML, Markdown and command links inside a log', () => {
  const ui = useWorkbench();

  before(() => {
    const lines = Array.from({ length: 60 }, (_, i) =>
      JSON.stringify({
        step: i + 1,
        loss: 2 - i / 100,
        [`grad_norm/${NAME}`]: i < 40 ? 1 + (i % 3) / 10 : 'NaN',
      }),
    );
    writeFileSync(join(ui.folder, 'hostile.jsonl'), `${lines.join('\n')}\n`);
  });

  it('stay text in the hover', async () => {
    const { workbench } = ui;
    await workbench.openFile('hostile.jsonl');
    await workbench.page.locator('.codelens-decoration', { hasText: '60 steps' }).waitFor();
    await workbench.goToLine(41);
    await workbench.page.locator('.squiggly-error').first().waitFor();
    const hover = await workbench.hover('"step":41');
    assert.match((await hover.allInnerTexts()).join('\n'), /GI001/);
    // VS Code shows the mark's own words first and the rest when it is there.
    await hover.locator('img').first().waitFor();
    const sources = await hover
      .locator('img')
      .evaluateAll((images) => images.map((image) => image.getAttribute('src')));
    assert.ok(
      sources.every((source) => source?.startsWith('data:image/svg+xml')),
      String(sources),
    );
    const links = await hover
      .locator('a')
      .evaluateAll((all) => all.map((a) => a.getAttribute('data-href') ?? a.getAttribute('href') ?? ''));
    for (const link of links.filter((href) => href.startsWith('command:'))) {
      assert.match(link, /^command:gradientInspector\./);
    }
    assert.equal(await hover.locator('script').count(), 0);
    await workbench.page.keyboard.press('Escape');
  });

  it('stay text in the charts', async () => {
    const { workbench } = ui;
    let alerts = 0;
    const count = (dialog: Dialog) => {
      alerts += 1;
      void dialog.dismiss();
    };
    workbench.page.on('dialog', count);
    await workbench.runCommand('Gradient Inspector: Open Gradient Charts');
    const frame = await drawnCharts(workbench);
    await frame.getByText(NAME.slice(0, 20), { exact: false }).first().waitFor();
    assert.equal(await frame.locator('img').count(), 0);
    assert.equal(await frame.locator('#page script').count(), 0);
    assert.equal(alerts, 0);
    workbench.page.off('dialog', count);
  });
});
