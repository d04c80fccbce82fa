/**
 * Measures how long a person waits for a line of a log that grows, in a real VS Code: from the write to the last stroke of the curves
 * that show it, while the charts are open.
 *
 *     node --import tsx test/bench/seen.ts [--lines N] [--write]
 *
 * The line counts as seen when the page's sentence tells of its step and the last canvas has been drawn after it: the curves are
 * asked for once the page knows that there is more, so the last stroke is the latest that can be held against us. Lines come at
 * uneven times, as the watcher's own beat would else be met always at the same place. Build first (`npm run build`). Prints
 * Markdown; with --write it replaces test/bench/seen.md.
 */
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { findHost } from '../../scripts/vscode/host';
import { openWorkbench, type Workbench } from '../support/workbench';

/** Records before the first that is waited for: a page with hardly anything to draw, and a run of an evening. */
const LENGTHS = [100, 20_000];
const LAYERS = 40;
const START_LIMIT_MS = 120_000;
const SEEN_LIMIT_MS = 60_000;
/** After the last stroke nothing may come for so long. */
const QUIET_MS = 600;
/** The pause before a write: at least so long, and up to twice that. No multiple of a watcher's beat. */
const PAUSE_MS = 770;

/** What the script in every frame keeps. Times are of the wall clock, as frames have different origins. */
interface Noted {
  stroke: number;
}

/** Runs in every frame before its own scripts. */
function noteStrokes(): void {
  const noted: Noted = { stroke: 0 };
  Object.assign(globalThis, { noted });
  const { stroke } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.stroke = function (this: CanvasRenderingContext2D, path?: Path2D) {
    if (this.canvas.closest?.('.plot') != null) {
      noted.stroke = Date.now();
    }
    return stroke.apply(this, path === undefined ? ([] as unknown as [Path2D]) : [path]);
  } as typeof stroke;
}

function record(step: number): string {
  const norm = 1 + 0.4 * Math.sin(step * 1.7) + 0.2 * Math.sin(step * 0.31);
  const layers = Array.from({ length: LAYERS }, (_, layer) => [`blocks.${layer}.weight`, norm / (layer + 2)]);
  return `${JSON.stringify({ step, loss: 2 / (1 + step / 50), grad_norm: norm, grads: Object.fromEntries(layers) })}\n`;
}

/** Milliseconds from the write of one line to the last stroke of the curves. */
async function waitFor(workbench: Workbench, frame: Frame, log: string, step: number): Promise<number> {
  await workbench.page.waitForTimeout(PAUSE_MS * (1 + Math.random()));
  const written = Date.now();
  appendFileSync(log, record(step));
  const count = step.toLocaleString('en-US');
  await workbench.until(
    `${count} steps in the charts`,
    async () => ((await frame.locator('.run-sentence').textContent()) ?? '').includes(`${count} steps`),
    SEEN_LIMIT_MS,
  );
  let last = 0;
  await workbench.until(
    'the end of the drawing',
    async () => {
      last = await frame.evaluate(() => (globalThis as unknown as { noted: Noted }).noted.stroke);
      return last > written && Date.now() - last > QUIET_MS;
    },
    SEEN_LIMIT_MS,
  );
  return last - written;
}

async function main(): Promise<void> {
  const flag = process.argv.indexOf('--lines');
  const lines = flag < 0 ? 20 : Number(process.argv[flag + 1]);
  const folder = mkdtempSync(join(tmpdir(), 'gradient-inspector-seen-'));
  const load = loadavg()[0] ?? Number.NaN;
  try {
    const names = LENGTHS.map((length) => `run-${length}.log`);
    LENGTHS.forEach((length, at) => {
      const text = Array.from({ length }, (_, step) => record(step + 1)).join('');
      writeFileSync(join(folder, names[at] as string), text);
    });
    const workbench = await openWorkbench({
      folder,
      settings: { 'workbench.editorAssociations': { '*.log': 'gradientInspector.charts' } },
    });
    const rows: string[] = [];
    try {
      await workbench.page.context().addInitScript(noteStrokes);
      await workbench.page.reload();
      await workbench.page.waitForSelector('.monaco-workbench .part.statusbar .statusbar-item', {
        timeout: START_LIMIT_MS,
      });
      for (const [at, length] of LENGTHS.entries()) {
        const name = names[at] as string;
        const frame = await openCharts(workbench, name);
        const times: number[] = [];
        for (let line = 1; line <= lines; line++) {
          times.push(await waitFor(workbench, frame, join(folder, name), length + line));
          console.error(name, times.at(-1));
        }
        times.sort((one, other) => one - other);
        const share = (part: number) => times[Math.min(times.length - 1, Math.floor(part * times.length))];
        rows.push(`| ${length.toLocaleString('en-US')} | ${share(0.5)} | ${share(0.95)} | ${times.at(-1)} |`);
        await workbench.runCommand('View: Close All Editors');
      }
    } finally {
      await workbench.close();
    }
    const table = [
      '# A line that is written, on the screen',
      '',
      'Generated by `npm run bench:seen` in a real VS Code (shown by Chromium without a graphics card), the charts open: from the write of one',
      `line to the last stroke of the curves that show it. ${LAYERS} layers a record; ${lines} lines at uneven times.`,
      '',
      `${cpus()[0]?.model.split(' ').slice(0, 2).join(' ')}, ${cpus().length} cores; load of the machine when this began: ${load.toFixed(1)}.`,
      '',
      '| records before | median, ms | 95 % | longest |',
      '|---:|---:|---:|---:|',
      ...rows,
      '',
    ].join('\n');
    console.log(table);
    if (process.argv.includes('--write')) {
      writeFileSync(join(__dirname, 'seen.md'), table);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Opens a log in the chart editor. While VS Code starts, a list may close again. */
async function openCharts(workbench: Workbench, name: string): Promise<Frame> {
  const { page } = workbench;
  const row = page.locator('.quick-input-widget:visible .monaco-list-row.focused', { hasText: name });
  const isListed = async (): Promise<boolean> => {
    await page.keyboard.press('Control+p');
    await page.locator('.quick-input-widget:visible input.input').fill(name, { timeout: 5000 });
    await row.waitFor({ timeout: 5000 });
    return true;
  };
  await workbench.until(`${name} in the list of files`, () => isListed().catch(() => false), START_LIMIT_MS);
  await page.keyboard.press('Enter');
  const frame = await workbench.webview('#page .plot canvas');
  await frame.locator('.run-sentence', { hasText: /steps/ }).first().waitFor({ timeout: START_LIMIT_MS });
  return frame;
}

void main();
