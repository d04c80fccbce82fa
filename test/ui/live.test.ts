import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawnCharts } from '../support/chartPage';
import { useWorkbench } from '../support/useWorkbench';
import { screenshotFolder } from '../support/workbench';

/** The first bytes of every PNG file. */
const PNG = '89504e470d0a1a0a';

/** On a busy machine the editor takes its time. */
const RELOAD_LIMIT_MS = 200_000;

describe('charts of a log that lives', () => {
  const ui = useWorkbench({ width: 1440, height: 860 });
  const log = () => join(ui.folder, 'exploding-rnn/metrics.jsonl');
  const records = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, at) => {
      const step = from + at;
      const norm = 1 + 0.4 * Math.sin(step * 1.7) + 0.2 * Math.sin(step * 0.31);
      return `${JSON.stringify({ step, loss: 2 / (1 + step / 50), grad_norm: norm, grads: { head: norm / 2 } })}\n`;
    }).join('');

  /** The sentence under the page's title comes to say this. */
  async function says(text: RegExp): Promise<void> {
    const frame = await ui.workbench.webview('.run-sentence');
    await frame.locator('.run-sentence', { hasText: text }).waitFor();
  }

  it('keeps its zoom while the log grows, and moves along where it showed the end', async () => {
    const { workbench } = ui;
    writeFileSync(log(), records(1, 200));
    await workbench.openFile('exploding-rnn/metrics.jsonl');
    await workbench.runCommand('Gradient Inspector: Open Gradient Charts');
    const frame = await drawnCharts(workbench);
    await says(/200 steps/);
    const plot = frame.locator('.pane .plot').first();
    await plot.focus();
    await workbench.page.keyboard.press('+');
    const whole = frame.getByRole('button', { name: 'Whole run' });
    await workbench.until('a zoom', () => whole.isEnabled());
    const named = () => plot.locator('canvas').getAttribute('aria-label');
    await workbench.page.waitForTimeout(500);
    const before = await named();
    const began = Date.now();
    appendFileSync(log(), records(201, 220));
    await says(/220 steps/);
    console.log(`      a write was seen after ${Date.now() - began} ms`);
    assert.equal(await named(), before);
    await whole.click();
    await workbench.until('all of it', async () => !(await whole.isEnabled()));
    appendFileSync(log(), records(221, 260));
    await says(/260 steps/);
    await workbench.screenshot('live-grown');
  });

  it('comes back after the window was loaded again, as it was', async function () {
    this.timeout(1.5 * RELOAD_LIMIT_MS);
    const { workbench } = ui;
    const before = await drawnCharts(workbench);
    await before.getByRole('tab', { name: 'Depth profile' }).click();
    await drawnCharts(workbench);
    await workbench.page.waitForTimeout(1000);
    await workbench.runCommand('Developer: Reload Window');
    await workbench.page.waitForTimeout(2000);
    // Everything starts anew, the extension too.
    const again = async () => {
      const frame = await workbench.webview('#page .plot canvas').catch(() => undefined);
      const tab = frame?.getByRole('tab', { name: 'Depth profile' });
      return (await tab?.getAttribute('aria-selected').catch(() => null)) === 'true';
    };
    await workbench.until('the charts again', again, RELOAD_LIMIT_MS);
    const frame = await drawnCharts(workbench);
    assert.equal(await frame.locator('h1').textContent(), 'metrics.jsonl');
    await says(/260 steps/);
    await workbench.screenshot('restored');
    await frame.getByRole('tab', { name: 'Over steps' }).click();
    await drawnCharts(workbench);
  });

  it('shows the new run after the log was truncated', async () => {
    const { workbench } = ui;
    await drawnCharts(workbench);
    writeFileSync(log(), records(1, 30));
    await says(/^30 steps/);
    appendFileSync(log(), records(31, 40));
    await says(/^40 steps/);
    await workbench.screenshot('live-truncated');
  });

  it('shows both parts after the log was rotated', async () => {
    const { workbench } = ui;
    await drawnCharts(workbench);
    renameSync(log(), `${log()}.1`);
    writeFileSync(log(), records(41, 60));
    await says(/^60 steps/);
    appendFileSync(log(), records(61, 70));
    await says(/^70 steps/);
    await workbench.screenshot('live-rotated');
  });

  it('says so when the log was deleted, keeps what it has, and goes on when it is back', async () => {
    const { workbench } = ui;
    const frame = await drawnCharts(workbench);
    rmSync(`${log()}.1`);
    rmSync(log());
    await frame.getByText('The file was deleted').first().waitFor();
    await workbench.screenshot('live-deleted');
    assert.ok((await frame.locator('.pane .plot canvas').count()) > 0, 'the curves are still there');
    writeFileSync(log(), records(1, 55));
    await says(/^55 steps/);
    await drawnCharts(workbench);
    await frame.getByText('The file was deleted').first().waitFor({ state: 'hidden' });
  });

  it('saves the picture as shown, as PNG and as SVG', async () => {
    const { workbench, folder } = ui;
    const frame = await drawnCharts(workbench);
    const save = async (item: string, ending: string): Promise<Buffer> => {
      await frame.locator('summary', { hasText: 'Export' }).click();
      await frame.getByRole('button', { name: item }).click();
      const dialog = workbench.page.locator('.quick-input-widget:visible input[type="text"]');
      await dialog.waitFor();
      await workbench.until('a name for the file', async () => (await dialog.inputValue()).endsWith(ending));
      const file = join(folder, 'exploding-rnn', (await dialog.inputValue()).replace(/^.*[\\/]/, ''));
      await workbench.page.keyboard.press('Enter');
      await workbench.until('the file', async () => existsSync(file) && readFileSync(file).length > 500);
      return readFileSync(file);
    };
    const png = await save('Picture as shown (PNG)', '.png');
    assert.equal(png.subarray(0, 8).toString('hex'), PNG);
    const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
    assert.ok(width > 400 && height > 300, `${width} x ${height}`);
    writeFileSync(join(screenshotFolder, 'exported.png'), png);
    const svg = (await save('Picture as shown (SVG)', '.svg')).toString();
    writeFileSync(join(screenshotFolder, 'exported.svg'), svg);
    assert.ok(svg.startsWith('<svg ') && svg.trimEnd().endsWith('</svg>'));
    assert.match(svg, /Gradient norm/);
    assert.match(svg, />grad_norm</, 'the names of the lines');
    assert.doesNotMatch(svg, /<script|NaN(?=[ ,"]\d)/);
  });
});
