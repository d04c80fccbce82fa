/**
 * Measures how long a person waits for the first charts of a log, in a real VS Code: from the Enter that opens the file in the chart
 * editor to the first curve that is painted, and to the picture of the whole log.
 *
 *     node --import tsx test/bench/open.ts [--rounds N] [--write]
 *
 * The first curve is the first stroke on a canvas of the page, noted by a script that runs before the page's own. A log of twenty
 * lines tells how much of it is VS Code's own start of a web view. Build first (`npm run build`). Prints Markdown; with --write it
 * replaces test/bench/open.md.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { findHost } from '../../scripts/vscode/host';
import { openWorkbench, type Workbench } from '../support/workbench';
import { MADE_LOGS, writeLog } from './madeLogs';

const MB = 1_000_000;
const SIZES = [5 * MB, 100 * MB];
const KINDS = ['JSON lines, 225 keys', 'Hugging Face dict lines'];
const TINY_LINES = 20;
const OPEN_LIMIT_MS = 120_000;

/** What the script in every frame keeps. Times are of the wall clock, as frames have different origins. */
interface Noted {
  enter?: number;
  stroke?: number;
}

/** Runs in every frame before its own scripts. */
function noteTimes(): void {
  const noted: Noted = {};
  Object.assign(globalThis, { noted });
  addEventListener(
    'keydown',
    ({ key }) => {
      if (key === 'Enter') {
        noted.enter = Date.now();
      }
    },
    true,
  );
  const { stroke } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.stroke = function (this: CanvasRenderingContext2D, path?: Path2D) {
    if (noted.stroke === undefined && this.canvas.closest?.('.plot') != null) {
      // Grids are drawn by lines too, but in one go with the curves.
      noted.stroke = Date.now();
    }
    return stroke.apply(this, path === undefined ? ([] as unknown as [Path2D]) : [path]);
  } as typeof stroke;
}

interface Opened {
  /** Milliseconds from Enter to the first curve, and to the whole log. */
  readonly first: number;
  readonly whole: number;
}

async function open(workbench: Workbench, name: string): Promise<Opened> {
  const { page } = workbench;
  await page.keyboard.press('Control+p');
  const input = page.locator('.quick-input-widget:visible input.input');
  await input.fill(name);
  await page.locator('.quick-input-widget:visible .monaco-list-row.focused', { hasText: name }).waitFor();
  await page.keyboard.press('Enter');
  const frame = await workbench.webview('#page .plot canvas');
  await workbench.until(
    'the first curve',
    async () => (await noted(frame)).stroke !== undefined,
    OPEN_LIMIT_MS,
  );
  await frame
    .getByText(/Reading \d+ %/)
    .first()
    .waitFor({ state: 'hidden', timeout: OPEN_LIMIT_MS });
  const end = Date.now();
  const { enter = Number.NaN } = await page.evaluate(() => (globalThis as unknown as { noted: Noted }).noted);
  const { stroke = Number.NaN } = await noted(frame);
  await workbench.runCommand('View: Close All Editors');
  await page.locator('.tab').first().waitFor({ state: 'detached' });
  return { first: stroke - enter, whole: end - enter };
}

function noted(frame: Frame): Promise<Noted> {
  return frame.evaluate(() => (globalThis as unknown as { noted: Noted }).noted);
}

interface Made {
  readonly kind: string;
  readonly size: number;
  readonly name: string;
}

function makeLogs(folder: string): readonly Made[] {
  return KINDS.flatMap((kind, at) => {
    const log = MADE_LOGS.find(({ name }) => name === kind);
    if (log === undefined) {
      throw new Error(`There is no made log "${kind}".`);
    }
    return [0, ...SIZES].map((size): Made => {
      const name = `run${at}-${size / MB}.log`;
      if (size === 0) {
        writeFileSync(
          join(folder, name),
          Array.from({ length: TINY_LINES }, (_, index) => `${log.line(index)}\n`).join(''),
        );
      } else {
        writeLog(join(folder, name), log, size);
      }
      return { kind, size, name };
    });
  });
}

function middle(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

async function main(): Promise<void> {
  const flag = process.argv.indexOf('--rounds');
  const rounds = flag < 0 ? 5 : Number(process.argv[flag + 1]);
  const folder = mkdtempSync(join(tmpdir(), 'gradient-inspector-open-'));
  const load = loadavg()[0] ?? Number.NaN;
  try {
    const logs = makeLogs(folder);
    const host = await findHost();
    const workbench = await openWorkbench({
      folder,
      settings: { 'workbench.editorAssociations': { '*.log': 'gradientInspector.charts' } },
    });
    const times = new Map<string, Opened[]>();
    try {
      await workbench.page.context().addInitScript(noteTimes);
      await workbench.page.reload();
      await workbench.page.waitForSelector('.monaco-workbench .part.statusbar .statusbar-item');
      for (let round = -1; round < rounds; round++) {
        for (const { name } of logs) {
          const opened = await open(workbench, name);
          console.error(`${name}: first ${opened.first} ms, whole ${opened.whole} ms`);
          // The first time everything is cold: the extension is loaded, pages are fetched.
          if (round >= 0) {
            times.set(name, [...(times.get(name) ?? []), opened]);
          }
        }
      }
    } finally {
      await workbench.close();
    }
    const table = tableOf(logs, times, rounds, host.kind, load);
    console.log(table);
    if (process.argv.includes('--write')) {
      writeFileSync(join(__dirname, 'open.md'), table);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function tableOf(
  logs: readonly Made[],
  times: ReadonlyMap<string, readonly Opened[]>,
  rounds: number,
  host: string,
  load: number,
): string {
  const rows = logs.map(({ kind, size, name }) => {
    const firsts = (times.get(name) ?? []).map(({ first }) => first);
    const wholes = (times.get(name) ?? []).map(({ whole }) => whole);
    const what = size === 0 ? `${TINY_LINES} lines` : `${size / MB} MB`;
    return `| ${kind} | ${what} | ${Math.min(...firsts)} | ${middle(firsts)} | ${middle(wholes)} |`;
  });
  return [
    '# First charts',
    '',
    `Generated by \`npm run bench:open\` in a real VS Code (${host === 'npm' ? 'the npm build, shown by Chromium without a graphics card' : 'desktop'}): from the Enter that opens a log in the chart`,
    'editor to the first curve on the screen, and to the charts of the whole log. Most of the first is what VS Code takes to start any web',
    'view, as the logs of twenty lines show.',
    '',
    `${cpus()[0]?.model.split(' ').slice(0, 2).join(' ')}, ${cpus().length} cores, ${rounds} rounds; load of the machine when this began: ${load.toFixed(1)}.`,
    '',
    '| log | size | first curve, ms (least) | (median) | whole log, ms (median) |',
    '|---|---|---:|---:|---:|',
    ...rows,
    '',
  ].join('\n');
}

void main();
