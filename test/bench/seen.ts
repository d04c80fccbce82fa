/**
 * Measures how long a person waits for a line of a log that grows, in a real VS Code: from the write to the stroke of the curve that
 * shows it, while the charts are open.
 *
 *     node --import tsx test/bench/seen.ts [--lines N] [--write]
 *
 * The page first hears that there is more and shows the new count of steps, then asks for the columns of its curves, then draws them:
 * the line counts as seen at the first stroke after the columns that came after the count. Lines come at uneven times, as the
 * watcher's own beat would else be met always at the same place. Build first (`npm run build`). Prints Markdown; with --write it
 * replaces test/bench/seen.md.
 */
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { openWorkbench, type Workbench } from '../support/workbench';

/** Records before the first that is waited for: a page with hardly anything to draw, and a run of an evening. */
const LENGTHS = [100, 20_000];
const LAYERS = 40;
const START_LIMIT_MS = 120_000;
const SEEN_LIMIT_MS = 60_000;
/** The pause before a write: at least so long, and up to twice that. No multiple of a watcher's beat. */
const PAUSE_MS = 770;

/** What the script in every frame keeps. Times are of the wall clock, as frames have different origins. */
interface Noted {
  counted: number;
  columns: number;
  stroke: number;
}

/** As much of an answer as tells whether it has the columns of curves. */
type MessageData = { readonly result?: { readonly series?: readonly unknown[] } } | null | undefined;

/** Runs in every frame before its own scripts. */
function noteStrokes(): void {
  const noted: Noted = { counted: 0, columns: 0, stroke: 0 };
  Object.assign(globalThis, { noted });
  const { get } = Object.getOwnPropertyDescriptor(MessageEvent.prototype, 'data') ?? {};
  Object.defineProperty(MessageEvent.prototype, 'data', {
    configurable: true,
    get(this: MessageEvent): unknown {
      const data = get?.call(this) as MessageData;
      if (noted.counted > 0 && noted.columns === 0 && data?.result?.series !== undefined) {
        noted.columns = Date.now();
      }
      return data;
    },
  });
  const { stroke } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.stroke = function (this: CanvasRenderingContext2D, path?: Path2D) {
    if (noted.columns > 0 && noted.stroke === 0 && this.canvas.closest?.('.plot') != null) {
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

/** Notes when the page's sentence comes to say `wanted`. Runs in the page, whose document VS Code has written by then. */
function expect(wanted: string): void {
  const { noted } = globalThis as unknown as { noted: Noted };
  Object.assign(noted, { counted: 0, columns: 0, stroke: 0 });
  const observer = new MutationObserver(() => {
    if (document.querySelector('.run-sentence')?.textContent?.includes(wanted)) {
      noted.counted = Date.now();
      observer.disconnect();
    }
  });
  observer.observe(document, { subtree: true, childList: true, characterData: true });
}

/** Milliseconds from the write of one line to the stroke of the curve that shows it. */
async function waitFor(workbench: Workbench, frame: Frame, log: string, step: number): Promise<number> {
  await workbench.page.waitForTimeout(PAUSE_MS * (1 + Math.random()));
  await frame.evaluate(expect, `${step.toLocaleString('en-US')} steps`);
  const written = Date.now();
  appendFileSync(log, record(step));
  let seen: Noted | undefined;
  await workbench.until(
    `step ${step} in the charts`,
    async () => {
      seen = await frame.evaluate(() => (globalThis as unknown as { noted: Noted }).noted);
      return seen.stroke > 0;
    },
    SEEN_LIMIT_MS,
  );
  console.error(step, 'counted', (seen?.counted ?? 0) - written, 'drawn', (seen?.stroke ?? 0) - written);
  return (seen?.stroke ?? Number.NaN) - written;
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
      `line to the first stroke of the curves that show it. ${LAYERS} layers a record; ${lines} lines at uneven times.`,
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

/** Opens a log in the chart editor. */
async function openCharts(workbench: Workbench, name: string): Promise<Frame> {
  await workbench.openListed(name);
  const frame = await workbench.webview('#page .plot canvas');
  await frame.locator('.run-sentence', { hasText: /steps/ }).first().waitFor({ timeout: START_LIMIT_MS });
  return frame;
}

void main();
