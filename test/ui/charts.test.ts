import assert from 'node:assert/strict';
import { drawnCharts } from '../support/chartPage';
import { useWorkbench } from '../support/useWorkbench';

describe('charts, dark', () => {
  const ui = useWorkbench({ width: 1440, height: 860 });

  it('open beside the log by a click on the lens', async () => {
    const { workbench } = ui;
    const { page } = workbench;
    await workbench.openFile('exploding-rnn/metrics.jsonl');
    await page.keyboard.press('Control+b');
    await page.locator('.codelens-decoration a', { hasText: 'Open charts' }).click();
    const frame = await drawnCharts(workbench);
    assert.equal(await frame.locator('h1').textContent(), 'metrics.jsonl');
    await frame.locator('.findings .card', { hasText: 'Log line' }).first().waitFor();
    await page.mouse.move(20, 600);
    await workbench.screenshot('charts-dark');
  });

  it('pointing at a curve shows values, and a click goes to the line of the log', async () => {
    const { workbench } = ui;
    const frame = await drawnCharts(workbench);
    const plot = frame.locator('.pane .plot').first();
    const box = await plot.boundingBox();
    assert.ok(box);
    const x = box.x + box.width * 0.3;
    await workbench.page.mouse.move(x, box.y + box.height * 0.6, { steps: 3 });
    const tooltip = frame.locator('.tooltip:visible').first();
    await tooltip.waitFor();
    const step = Number(
      /step\s+([\d,]+)/i.exec((await tooltip.textContent()) ?? '')?.[1]?.replaceAll(',', ''),
    );
    assert.ok(step > 1, `the tooltip names no step: ${await tooltip.textContent()}`);
    await workbench.page.mouse.click(x, box.y + box.height * 0.6);
    // One record a line, so the step is the line.
    await workbench.page.locator('.statusbar-item', { hasText: `Ln ${step},` }).waitFor();
  });

  it('the legend is searched', async () => {
    const frame = await drawnCharts(ui.workbench);
    const search = frame.getByLabel('Search parameters');
    await search.fill('head');
    await ui.workbench.until('only the two parameters of the head in the legend', async () => {
      const names = await frame.locator('.legend-list .legend-name .name').allTextContents();
      const parameters = names.filter((name) => /weight|bias/.test(name));
      return parameters.length === 2 && parameters.every((name) => /^(head\.)?(weight|bias)$/.test(name));
    });
    await search.fill('');
  });

  it('the other views draw as well', async () => {
    const { workbench } = ui;
    const frame = await drawnCharts(workbench);
    for (const [tab, name] of [
      ['Layers × steps', 'layers-dark'],
      ['Depth profile', 'depth-dark'],
    ] as const) {
      await frame.getByRole('tab', { name: tab }).click();
      await drawnCharts(workbench);
      await workbench.screenshot(name);
    }
  });
});

for (const theme of ['light', 'high-contrast'] as const) {
  describe(`charts, ${theme}`, () => {
    const ui = useWorkbench({ theme, width: 1440, height: 860 });

    it('open by the command, in the colours of the theme', async () => {
      const { workbench } = ui;
      await workbench.openFile('exploding-rnn/metrics.jsonl');
      await workbench.page.keyboard.press('Control+b');
      await workbench.runCommand('Gradient Inspector: Open Gradient Charts');
      const frame = await drawnCharts(workbench);
      const background = await frame.evaluate(() => getComputedStyle(document.body).backgroundColor);
      assert.equal(background, { light: 'rgb(255, 255, 255)', 'high-contrast': 'rgb(0, 0, 0)' }[theme]);
      await workbench.screenshot(`charts-${theme}`);
    });
  });
}
