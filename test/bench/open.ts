/**
 * Measures how long a person waits for the first charts of a log, in a real VS Code: from the Enter that opens the file in the chart
 * editor to the first curve that is painted, and to the picture of the whole log.
 *
 *     node --import tsx test/bench/open.ts [--rounds N] [--small] [--write]
 *
 * The first curve is the first stroke on a canvas of the page once points have come, noted by a script that runs before the page's own. A log of twenty
 * lines tells what is left when there is nothing to read. Build first (`npm run build`). Prints Markdown; with --write it
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
const SIZES = process.argv.includes('--small') ? [5 * MB] : [5 * MB, 100 * MB];
const KINDS = ['JSON lines, 225 keys', 'Hugging Face dict lines'];
const TINY_LINES = 20;
const OPEN_LIMIT_MS = 120_000;
const LISTED_LIMIT_MS = 5_000;

/** What the script in every frame keeps. Times are of the wall clock, as frames have different origins. */
interface Noted {
  enter?: number;
  /** The page looks for its root: the first thing its script does. */
  script?: number;
  /** The page is put together, and about to ask. */
  built?: number;
  /** What the extension tells first of series: handed over with the page, or its answer. */
  answer?: number;
  /** Points of a picture are there: without them a stroke is of an axis. */
  points?: number;
  stroke?: number;
}

/** As much of the answers to a snapshot and to a question for points as tells whether they have any. */
interface Told {
  readonly whole?: { readonly series?: readonly unknown[] } | null;
  readonly patch?: unknown;
  readonly ahead?: readonly unknown[];
  readonly series?: readonly { readonly steps?: ArrayBuffer }[];
}

/** An answer, or what the page is told before it asks. */
type MessageData = { readonly result?: Told; readonly data?: Told } | null | undefined;

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
  // Whoever hears a message reads its data: noting it there leaves listeners alone, which VS Code takes away and puts back.
  const { get } = Object.getOwnPropertyDescriptor(MessageEvent.prototype, 'data') ?? {};
  Object.defineProperty(MessageEvent.prototype, 'data', {
    configurable: true,
    get(this: MessageEvent): unknown {
      const data = get?.call(this) as MessageData;
      const { whole, patch, ahead = [], series = [] } = data?.result ?? data?.data ?? {};
      if (ahead.length > 0 || series.some(({ steps }) => (steps?.byteLength ?? 0) > 0)) {
        noted.points ??= Date.now();
      }
      if (noted.answer === undefined && (patch != null || (whole?.series?.length ?? 0) > 0)) {
        noted.answer = Date.now();
      }
      return data;
    },
  });
  const { getElementById } = Document.prototype;
  Document.prototype.getElementById = function (this: Document, id: string) {
    if (id === 'page') {
      noted.script ??= Date.now();
    }
    return getElementById.call(this, id);
  };
  const { replaceChildren } = Element.prototype;
  Element.prototype.replaceChildren = function (this: Element, ...nodes: (Node | string)[]) {
    if (this.id === 'page') {
      noted.built ??= Date.now();
    }
    replaceChildren.apply(this, nodes);
  };
  const { stroke } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.stroke = function (this: CanvasRenderingContext2D, path?: Path2D) {
    if (noted.stroke === undefined && noted.points !== undefined && this.canvas.closest?.('.plot') != null) {
      // Grids are drawn by lines too, but in one go with the curves.
      noted.stroke = Date.now();
    }
    return stroke.apply(this, path === undefined ? ([] as unknown as [Path2D]) : [path]);
  } as typeof stroke;
}

/** Milliseconds from Enter. */
interface Opened {
  /** VS Code has made a web view, and nothing of ours has run in it. */
  readonly view: number;
  /** The page's script begins. Until here a page without a line of ours would have taken as long. */
  readonly script: number;
  /** The page is put together and asks. */
  readonly built: number;
  readonly answer: number;
  /** The first curve, and the charts of the whole log. */
  readonly first: number;
  readonly whole: number;
}

async function open(workbench: Workbench, name: string): Promise<Opened> {
  const { page } = workbench;
  const row = page.locator('.quick-input-widget:visible .monaco-list-row.focused', { hasText: name });
  const isListed = async (): Promise<boolean> => {
    await page.keyboard.press('Control+p');
    await page.locator('.quick-input-widget:visible input.input').fill(name, { timeout: LISTED_LIMIT_MS });
    await row.waitFor({ timeout: LISTED_LIMIT_MS });
    return true;
  };
  // While VS Code starts, the list may close again.
  await workbench.until(`${name} in the list of files`, () => isListed().catch(() => false), OPEN_LIMIT_MS);
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
  const {
    script = Number.NaN,
    built = Number.NaN,
    answer = Number.NaN,
    stroke = Number.NaN,
  } = await noted(frame);
  const view = await frame.evaluate(() => performance.timeOrigin);
  await workbench.until(
    'the charts to be closed',
    async () => {
      await workbench.runCommand('View: Close All Editors');
      return (await page.locator('.tab').count()) === 0;
    },
    OPEN_LIMIT_MS,
  );
  return {
    view: Math.round(view - enter),
    script: script - enter,
    built: built - enter,
    answer: answer - enter,
    first: stroke - enter,
    whole: end - enter,
  };
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
      await workbench.page.waitForSelector('.monaco-workbench .part.statusbar .statusbar-item', {
        timeout: OPEN_LIMIT_MS,
      });
      for (let round = -1; round < rounds; round++) {
        for (const { name } of logs) {
          const opened = await open(workbench, name);
          console.error(name, JSON.stringify(opened));
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
    const all = times.get(name) ?? [];
    const of = (what: keyof Opened) => middle(all.map((opened) => opened[what]));
    const least = Math.min(...all.map(({ first }) => first));
    const what = size === 0 ? `${TINY_LINES} lines` : `${size / MB} MB`;
    return `| ${kind} | ${what} | ${of('view')} | ${of('script')} | ${of('built')} | ${of('answer')} | ${of('first')} | ${least} | ${of('whole')} |`;
  });
  return [
    '# First charts',
    '',
    `Generated by \`npm run bench:open\` in a real VS Code (${host === 'npm' ? 'the npm build, shown by Chromium without a graphics card' : 'desktop'}): from the Enter that opens a log in the chart`,
    'editor until VS Code has made an empty web view, until the first line of our script runs in it, until the page is put together and',
    'asks, until it has the first series (the extension hands them over with the page, or answers), until the first curve is on the screen, and until the charts show',
    'the whole log. What VS Code takes until a script runs in a web view is the floor of any extension; the log is read meanwhile. The',
    'logs of twenty lines tell what a page costs that has next to nothing to read.',
    '',
    `${cpus()[0]?.model.split(' ').slice(0, 2).join(' ')}, ${cpus().length} cores, ${rounds} rounds; load of the machine when this began: ${load.toFixed(1)}.`,
    '',
    'Medians in milliseconds, and the least for the first curve.',
    '',
    '| log | size | web view | our script | page asks | first answer | first curve | (least) | whole log |',
    '|---|---|---:|---:|---:|---:|---:|---:|---:|',
    ...rows,
    '',
  ].join('\n');
}

void main();
