import assert from 'node:assert/strict';
import { drawnCharts } from '../support/chartPage';
import { useWorkbench } from '../support/useWorkbench';

for (const theme of ['dark', 'light'] as const)
  describe(`the forecast of gradient flow, ${theme}`, () => {
    const ui = useWorkbench({ theme });

    it('stands above the class, and opens its hover', async () => {
      const { workbench } = ui;
      const { page } = workbench;
      await workbench.openFile('vanishing-sigmoid/train.py');
      await page.keyboard.press('Control+b');
      const lens = page.locator('.codelens-decoration a', {
        hasText: /gradient flow: vanishes ×\de-1\d over 20 layers/,
      });
      await lens.waitFor();
      await lens.click();
      const hover = page.locator('.monaco-hover:visible', { hasText: /Forecast from the code/ });
      await hover.waitFor();
      const text = (await hover.allInnerTexts()).join('\n');
      assert.match(text, /per layer ×0\.\d+; confidence: high; 100 % of the trainable entries covered/);
      assert.match(text, /inlet\.weight +15 +-1\d\.\d\d +█+│/);
      assert.match(text, /7 of 20 weights are shown/);
      assert.match(text, /assumed: input x: unit variance/);
      await workbench.screenshot(`flow-class-${theme}`);
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');
    });

    it('tells each layer its share, and why', async () => {
      const { workbench } = ui;
      const { page } = workbench;
      const hover = await workbench.hover('self.inlet = nn');
      await workbench.until('the share of the layer', async () =>
        /inlet\.weight: expected gradient ×\de-1\d of outlet\.weight's; per layer ×0\.\d+; default initialisation is U\(±1\/√fan_in\)/.test(
          (await hover.allInnerTexts()).join('\n').replaceAll('\u00a0', ' '),
        ),
      );
      await workbench.screenshot(`flow-layer-${theme}`);
      await page.keyboard.press('Escape');
    });

    it('says of each fix what it would do, before it is applied', async () => {
      const { workbench } = ui;
      const { page } = workbench;
      await page.locator('.squiggly-warning').first().waitFor();
      await workbench.goToLine(await workbench.lineOf('torch.sigmoid(self.inlet'));
      const titles = await workbench.openQuickFixes();
      await workbench.screenshot(`flow-fixes-${theme}`);
      const told = titles.filter(
        (title) => /first layer ×\S+ → ×\S+/.test(title) && !title.startsWith('Preview'),
      );
      assert.ok(told.length > 0, `no fix tells what it would do: ${titles.join(' | ')}`);
      await page.keyboard.press('Escape');
    });

    it('says it in the log too', async () => {
      const { workbench } = ui;
      await workbench.openFile('vanishing-sigmoid/train.log');
      await workbench.page.locator('.squiggly-error').first().waitFor();
      await workbench.goToLine(2);
      const titles = await workbench.openQuickFixes();
      await workbench.screenshot(`flow-log-fixes-${theme}`);
      assert.match(titles[0] ?? '', /forecast: first layer ×\de-1\d → ×\S+\)/);
      await workbench.page.keyboard.press('Escape');
    });

    it('lies as a curve beside the measured profile', async () => {
      const { workbench } = ui;
      await workbench.openFile('vanishing-sigmoid/train.log');
      await workbench.runCommand('Gradient Inspector: Open Gradient Charts');
      const frame = await drawnCharts(workbench);
      await frame.getByRole('tab', { name: 'Depth profile' }).click();
      await frame
        .locator('.depth-key .key', { hasText: 'forecast at initialisation, from the code' })
        .waitFor();
      await frame
        .locator('.sentence', { hasText: /Expected at initialisation, from the code: ×0\.\d+ a layer/ })
        .first()
        .waitFor();
      await drawnCharts(workbench);
      await workbench.screenshot(`flow-depth-${theme}`);
    });
  });
