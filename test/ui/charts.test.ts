import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seriousFindings } from '../support/accessibility';
import { drawnCharts } from '../support/chartPage';
import { useWorkbench } from '../support/useWorkbench';

/** What a person does in each view, on the run that is open. */
function driveEveryView(ui: ReturnType<typeof useWorkbench>, theme: string): void {
  it('a finding shows its evidence and its fixes, and a preview changes nothing by itself', async () => {
    const { workbench, folder } = ui;
    const { page } = workbench;
    const frame = await drawnCharts(workbench);
    const code = join(folder, 'exploding-rnn/train.py');
    const before = readFileSync(code, 'utf8');
    const card = frame.locator('.findings .card').first();
    await card.locator('.card-head').click();
    await card.locator('.evidence dt', { hasText: 'began' }).waitFor();
    await card.locator('.remedies li').first().waitFor();
    assert.deepEqual(await seriousFindings(frame), []);
    await workbench.screenshot(`card-${theme}`);
    await card
      .getByRole('button', { name: /^Preview/ })
      .first()
      .click();
    await page.getByText('Refactor Preview').first().waitFor();
    assert.equal(readFileSync(code, 'utf8'), before);
    await page.getByRole('button', { name: 'Discard', exact: true }).click();
    await card.locator('.card-head').click();
  });

  it('the heat map answers to pointer and keys', async () => {
    const { workbench } = ui;
    const frame = await drawnCharts(workbench);
    await frame.getByRole('tab', { name: 'Layers × steps' }).click();
    await drawnCharts(workbench);
    const plot = frame.locator('.plot.heat');
    await plot.hover({ position: { x: 320, y: 40 } });
    const tooltip = frame.locator('.layers .tooltip:visible');
    await tooltip.waitFor();
    const before = await tooltip.textContent();
    await plot.focus();
    await workbench.page.keyboard.press('ArrowDown');
    await workbench.until('another layer', async () => (await tooltip.textContent()) !== before);
    const levels = await frame.getByLabel('Rows', { exact: true }).locator('option').count();
    await frame.getByLabel('Rows', { exact: true }).selectOption({ index: levels - 1 });
    await frame.locator('.layers .sentence', { hasText: /layers in \d+ rows/ }).waitFor();
    await frame.locator('.layers').getByRole('button', { name: 'table' }).click();
    await frame
      .locator('.layers .data-table th', { hasText: /\(\d+\)/ })
      .first()
      .waitFor();
    assert.deepEqual(await seriousFindings(frame), []);
    await workbench.screenshot(`layers-folded-${theme}`);
    await frame.locator('.layers').getByRole('button', { name: 'table' }).click();
    await frame.getByLabel('Rows', { exact: true }).selectOption('every');
    await frame.getByLabel('Colour shows').selectOption('relative');
    await frame.locator('.color-bar', { hasText: '×' }).waitFor();
    assert.deepEqual(await seriousFindings(frame), []);
    await workbench.screenshot(`layers-${theme}`);
    const cell = { position: { x: 320, y: 40 } };
    await plot.click(cell);
    const line = /line (\d+)/i.exec((await tooltip.textContent()) ?? '')?.[1];
    await workbench.page.locator('.statusbar-item', { hasText: `Ln ${line},` }).waitFor();
    await workbench.page.waitForTimeout(500);
    await plot.dblclick(cell);
    await workbench.page.locator('.tab.active[data-resource-name="train.py"]').waitFor();
    const code = workbench.page.locator('.statusbar-item', { hasText: /^Ln \d+/ });
    await workbench.until('the line of the recurrent layer', async () => {
      const at = Number(/Ln (\d+)/.exec((await code.textContent()) ?? '')?.[1]);
      return /self\.rnn = /.test(
        readFileSync(join(ui.folder, 'exploding-rnn/train.py'), 'utf8').split('\n')[at - 1] ?? '',
      );
    });
  });

  it('the depth profile goes over the steps, keeps one beside another, and averages', async () => {
    const { workbench } = ui;
    const frame = await drawnCharts(workbench);
    await frame.getByRole('tab', { name: 'Depth profile' }).click();
    await drawnCharts(workbench);
    const step = frame.locator('.scrubber output');
    await frame.getByLabel('Step', { exact: true }).focus();
    await workbench.page.keyboard.press('Home');
    await workbench.until('the first step', async () => (await step.textContent()) === 'Step 1');
    await frame.getByRole('button', { name: 'Keep this step beside' }).click();
    await frame.getByRole('button', { name: 'Play' }).click();
    await workbench.until('movement', async () => (await step.textContent()) !== 'Step 1');
    await frame.getByRole('button', { name: 'Pause' }).click();
    await frame.locator('.depth-key .key').nth(1).waitFor();
    await frame.getByLabel('Average').selectOption('0.1');
    assert.deepEqual(await seriousFindings(frame), []);
    await workbench.screenshot(`depth-${theme}`);
  });

  it('other runs are chosen and compared', async () => {
    const { workbench } = ui;
    const { page } = workbench;
    const frame = await drawnCharts(workbench);
    await frame.getByRole('tab', { name: 'Compare' }).click();
    await frame.getByRole('button', { name: 'Choose runs…' }).first().click();
    const pick = page.locator('.quick-input-widget:visible');
    await pick.locator('input[type="text"]').fill('healthy-residual/metrics');
    await pick.locator('.monaco-list-row', { hasText: 'metrics.csv' }).first().click();
    await pick.getByRole('button', { name: 'OK' }).click();
    await frame
      .locator('.compare-tables tbody tr', { hasText: 'healthy-residual/metrics.csv' })
      .first()
      .waitFor();
    await drawnCharts(workbench);
    assert.equal(await frame.locator('.compare-tables table').first().locator('tbody tr').count(), 2);
    assert.deepEqual(await seriousFindings(frame), []);
    await workbench.screenshot(`compare-${theme}`);
  });

  it('the depth profile of another run lies over that of this one', async () => {
    const { workbench, folder } = ui;
    const frame = await drawnCharts(workbench);
    await frame.getByRole('tab', { name: 'Depth profile' }).click();
    await drawnCharts(workbench);
    const keys = frame.locator('.depth-key .key');
    const beside = frame.getByLabel('Run beside it');
    await beside.selectOption({ index: 1 });
    // The other network has other layers, and the page says so.
    await keys.filter({ hasText: /healthy-residual\/metrics\.csv: \d of 6 layers/ }).waitFor();
    // The same network within DistributedDataParallel, in another run.
    const other = readFileSync(join(folder, 'exploding-rnn/metrics.jsonl'), 'utf8').replaceAll(
      /"((?:rnn|head)\.[^"]+)": ([^,}]+)/g,
      (_, name: string, norm: string) => `"module.${name}": ${10 * Number(norm)}`,
    );
    writeFileSync(join(folder, 'exploding-rnn/wrapped.jsonl'), other);
    await beside.selectOption('Choose another run…');
    const pick = workbench.page.locator('.quick-input-widget:visible');
    await pick.locator('input[type="text"]').fill('wrapped');
    await pick.locator('.monaco-list-row', { hasText: 'wrapped.jsonl' }).first().click();
    await pick.getByRole('button', { name: 'OK' }).click();
    await keys.filter({ hasText: /wrapped\.jsonl$/ }).waitFor();
    await frame.locator('.depth').getByRole('button', { name: 'table' }).click();
    const row = frame.locator('.depth .data-table tbody tr').first();
    await workbench.until('ten times the norm', async () => {
      const [own, there] = (await row.locator('td').allTextContents()).map(Number);
      return Math.abs((there ?? 0) / (own ?? 1) - 10) < 0.1;
    });
    await drawnCharts(workbench);
    assert.deepEqual(await seriousFindings(frame), []);
    await workbench.screenshot(`depth-two-runs-${theme}`);
    await beside.selectOption({ index: 0 });
    await keys.filter({ hasText: /wrapped\.jsonl$/ }).waitFor({ state: 'hidden' });
  });

  it('a report is saved with pictures of every view', async () => {
    const { workbench, folder } = ui;
    const { page } = workbench;
    const frame = await drawnCharts(workbench);
    await frame.locator('summary', { hasText: 'Export' }).click();
    await frame.getByRole('button', { name: 'Report of the run (HTML)' }).click();
    const dialog = page.locator('.quick-input-widget:visible input[type="text"]');
    await dialog.waitFor();
    await workbench.until('a name for the file', async () =>
      (await dialog.inputValue()).endsWith('metrics-gradients.html'),
    );
    await page.keyboard.press('Enter');
    const file = join(folder, 'exploding-rnn/metrics-gradients.html');
    await workbench.until(
      'the file',
      async () => existsSync(file) && readFileSync(file, 'utf8').endsWith('</html>\n'),
    );
    const report = readFileSync(file, 'utf8');
    assert.equal(report.match(/<svg /g)?.length, 4, 'steps, layers, depth, comparison');
    // Whatever was on the page before: a picture that was never shown is as wide as the others.
    const widths = [...report.matchAll(/<svg [^>]*?\bwidth="(\d+)/g)].map(([, width]) => Number(width));
    assert.ok(widths.length === 4 && widths.every((width) => width > 500), `widths ${widths}`);
    assert.match(report, /NaN or infinite gradient or loss/);
    assert.doesNotMatch(report, /<script/);
    await frame.getByRole('tab', { name: 'Over steps' }).click();
    await drawnCharts(workbench);
  });

  it('the clip simulator says what a bound would do', async () => {
    const frame = await drawnCharts(ui.workbench);
    await frame.getByRole('button', { name: 'Clip simulator' }).click();
    const sentence = frame.locator('.clip p');
    await ui.workbench.until('a share of the steps', async () =>
      /\d+ % of 149 logged steps/.test((await sentence.textContent()) ?? ''),
    );
    assert.deepEqual(await seriousFindings(frame), []);
    const bound = /^([\d.]+):/.exec((await sentence.textContent()) ?? '')?.[1];
    assert.ok(bound);
    await frame.getByRole('button', { name: 'Clip in my code' }).click();
    const { workbench } = ui;
    await workbench.page.locator('.tab.active[data-resource-name="train.py"]').waitFor();
    await workbench.until(`a clip at ${bound} in the training script`, async () =>
      (await workbench.visibleLines()).some(
        (line) => line.includes('clip_grad_norm_') && line.includes(bound),
      ),
    );
    await workbench.page.keyboard.press('Control+z');
    await frame.getByRole('button', { name: 'Clip simulator' }).click();
  });

  it('a log that grows is followed, and can be held', async () => {
    const { workbench, folder } = ui;
    const frame = await drawnCharts(workbench);
    const log = join(folder, 'exploding-rnn/metrics.jsonl');
    const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
    const first = lines[0] ?? '';
    const record = (step: number) => `${first.replace(/"step": ?\d+/, `"step": ${step}`)}\n`;
    appendFileSync(log, record(301));
    const status = frame.locator('.status');
    await workbench.until('a live log', async () => (await status.textContent()) === 'Live');
    await frame.locator('.run-sentence', { hasText: '301 steps' }).waitFor();
    await status.click();
    await workbench.until('a pause', async () => (await status.textContent()) === 'Paused');
    appendFileSync(log, record(302));
    await workbench.page.waitForTimeout(1500);
    assert.match((await frame.locator('.run-sentence').textContent()) ?? '', /301 steps/);
    await status.click();
    await frame.locator('.run-sentence', { hasText: '302 steps' }).waitFor();
  });
}

/** Every view with its menus and tables, for a theme that changes nothing but the looks. */
function lookAtEveryView(ui: ReturnType<typeof useWorkbench>, theme: string): void {
  for (const tab of ['Over steps', 'Layers × steps', 'Depth profile', 'Compare']) {
    it(`"${tab}" can be read by everybody`, async () => {
      const { workbench } = ui;
      const frame = await workbench.webview('.tabs');
      await frame.getByRole('tab', { name: tab }).click();
      // Nothing is compared yet.
      if (tab !== 'Compare') {
        await drawnCharts(workbench);
        await frame.getByRole('button', { name: 'table' }).locator('visible=true').first().click();
        await frame.locator('.data-table:visible').first().waitFor();
      }
      await frame.locator('summary', { hasText: 'Export' }).click();
      assert.deepEqual(await seriousFindings(frame), []);
      await workbench.screenshot(`${tab.toLowerCase().replace(/\W+/g, '-')}-${theme}`);
      await frame.locator('summary', { hasText: 'Export' }).click();
    });
  }

  it('nothing moves by itself where motion is not wanted', async () => {
    const { workbench } = ui;
    const frame = await workbench.webview('.tabs');
    await workbench.page.emulateMedia({ reducedMotion: 'reduce' });
    for (const tab of ['Over steps', 'Layers × steps', 'Depth profile']) {
      await frame.getByRole('tab', { name: tab }).click();
      await drawnCharts(workbench);
      const plot = frame.locator('.plot:visible').first();
      await plot.hover();
      const moving = await frame.evaluate(() =>
        [...document.querySelectorAll('*')].flatMap((element) => {
          const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(element);
          const moves =
            /[1-9]/.test(transitionDuration) || animationName !== 'none' || scrollBehavior === 'smooth';
          return moves ? [`${element.tagName}.${element.className}`] : [];
        }),
      );
      assert.deepEqual(moving, [], tab);
      assert.equal(await frame.evaluate(() => document.getAnimations().length), 0);
    }
    await workbench.page.emulateMedia({ reducedMotion: null });
  });
}

describe('charts, dark', () => {
  const ui = useWorkbench({ width: 1440, height: 860 });

  it('open beside the log by a click on the lens', async () => {
    const { workbench } = ui;
    const { page } = workbench;
    await workbench.openFile('exploding-rnn/metrics.jsonl');
    await page.keyboard.press('Control+b');
    // The lens is set anew while the log is judged: a click may fall into that.
    const lens = page.locator('.codelens-decoration a', { hasText: 'Open charts' });
    await workbench.until('the charts', async () => {
      await lens.click();
      const panel = page.locator('.tab', { hasText: 'Gradients: metrics.jsonl' });
      return panel.waitFor({ timeout: 3000 }).then(
        () => true,
        () => false,
      );
    });
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

  driveEveryView(ui, 'dark');

  for (const width of [400, 900, 1600]) {
    it(`nothing leaves the page at ${width} pixels`, async () => {
      const { workbench } = ui;
      const { page } = workbench;
      const frame = await drawnCharts(workbench);
      // The text of the log stands beside the charts.
      await page.setViewportSize({ width: 2 * width + AROUND_EDITORS, height: 900 });
      await workbench.until('a page of that width', async () => {
        const now = await frame.evaluate(() => innerWidth);
        return Math.abs(now - width) < 0.1 * width;
      });
      for (const tab of ['Over steps', 'Layers × steps', 'Depth profile', 'Compare']) {
        await frame.getByRole('tab', { name: tab }).click();
        await drawnCharts(workbench);
        await frame.locator('summary', { hasText: 'Export' }).click();
        // An open menu is moved inside once the browser has told the page of it.
        let outside: readonly string[] = [];
        await workbench
          .until('everything inside', async () => {
            outside = await frame.evaluate(outsideOfPage);
            return outside.length === 0;
          })
          .catch(() => assert.deepEqual(outside, [], `${tab} at ${width}`));
        await frame.locator('summary', { hasText: 'Export' }).click();
        assert.deepEqual(await seriousFindings(frame), []);
        await workbench.screenshot(`${tab.toLowerCase().replace(/\W+/g, '-')}-${width}`);
      }
    });
  }
});

/** What VS Code has beside the editors: the activity bar. Pixels. */
const AROUND_EDITORS = 48;

/** Visible words and controls that reach beyond the page's edges. Runs in the page. */
function outsideOfPage(): readonly string[] {
  const elements = [...document.querySelectorAll('button, select, input, summary, h1, h2, label, canvas')];
  return elements.flatMap((element) => {
    const { left, right, width } = element.getBoundingClientRect();
    const isScrolled = element.closest('.table-scroll, .compare-tables') !== null;
    const isOut = left < -1 || right > document.documentElement.clientWidth + 1;
    return width > 0 && element.checkVisibility() && isOut && !isScrolled
      ? [`${element.tagName} ${(element.textContent ?? '').slice(0, 40)}`]
      : [];
  });
}

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

    if (theme === 'light') {
      driveEveryView(ui, theme);
    } else {
      lookAtEveryView(ui, theme);
    }
  });
}
