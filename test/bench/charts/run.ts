/**
 * Measures the chart page in a real browser: time to the first picture, own work a frame while zooming and panning, memory
 * of the view; beside it Chart.js and uPlot on the same data.  npm run bench:charts  (writes test/bench/charts.md)
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { cpus, tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import * as esbuild from 'esbuild';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { reducePoints } from '../../../src/core/run/reduce';
import { PointColumns } from '../../../src/core/run/series';
import { launchBrowser } from '../../webview-page/open';
import { hostTime } from './hostTime';
import { lossData } from './losses';
import type { RivalName } from './rivals';

const HERE = import.meta.dirname;
const TABLE = join(HERE, '../charts.md');
const MEGABYTE = 2 ** 20;
const TURNS = 160;
/** The rivals take long over one; a percentile needs no more. */
const RIVAL_TURNS = 20;
/** Everything is measured so often, and the round that took least counts: others use the machine too. */
const ROUNDS = 3;
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.html': 'text/html',
};

const WORKLOADS = [
  { name: '1,000,000 points in 300 series', layers: 300, steps: 3334 },
  { name: '10,000,000 points in one series', layers: 0, steps: 10_000_000 },
] as const;

/** Each frame in milliseconds. */
interface Frames {
  /** Own work, of processor time. */
  readonly frames: number[];
  /** The same by the clock. */
  readonly clockFrames: number[];
  /** Processor time of the page's thread with the browser's layout and painting. */
  readonly painted: number[];
}

interface Measured extends Frames {
  readonly who: string;
  /** Milliseconds: by the clock, and of the page's processor time. */
  readonly first: number;
  readonly firstProcessor: number;
  /** The same of the host that answers it; 0: there is none. */
  readonly host: number;
  readonly bytes: number;
}

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'charts-'));
  const server = createServer(async (request, response) => {
    const file = (request.url ?? '/').slice(1).replaceAll('..', '');
    const body = await readFile(join(folder, file)).catch(() => null);
    response.writeHead(body === null ? 404 : 200, { 'content-type': TYPES[extname(file)] ?? 'text/plain' });
    response.end(body);
  });
  try {
    await build(folder);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    const browser = await launchBrowser();
    try {
      const table = await measureAll(browser, base);
      console.log(table);
      if (process.argv.includes('--write')) {
        await writeFile(TABLE, table);
      }
    } finally {
      await browser.close();
    }
  } finally {
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measureAll(browser: Browser, base: string): Promise<string> {
  const rows: string[] = [];
  for (const { name, layers, steps } of WORKLOADS) {
    const all = [
      await leastDisturbed(() => measureOurs(browser, base, layers, steps)),
      await leastDisturbed(() => measureRival(browser, base, 'uPlot', layers, steps)),
      await leastDisturbed(() => measureRival(browser, base, 'Chart.js', layers, steps)),
    ];
    rows.push(...all.map((measured) => row(name, measured)));
  }
  const [uplot, chartJs] = [
    await lossesOf(browser, base, 'uPlot'),
    await lossesOf(browser, base, 'Chart.js'),
  ];
  return `# Charts: time, frames, memory, and what is lost

\`npm run bench:charts\`, in Chromium on ${cpus().length} cores. The page asks a worker for what it draws, as it asks the extension in VS Code.
Parsing is done before the clock starts. A frame is one turn of the wheel (zooming in, moving, zooming out, moving) with all that
follows from it in the page: the old columns drawn in their new place, the question for new ones, and the new ones drawn. Times are
milliseconds of processor time, which a busy machine stretches less than the clock, and by the clock in brackets; of ${ROUNDS} rounds
the one with the least median frame is shown. The first picture is the page's work and the host's together. "With painting" adds the browser's layout and
painting on the same thread, without a graphics card. Memory is the view's heap with its buffers after a collection. uPlot and Chart.js (with its min-max decimation) get
all points at once in the page, each in its fastest documented form.

| data | drawn by | first picture | frame, median | frame, 95th percentile | the same with painting | memory of the view, MB |
| --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

| of 100 spikes and 100 NaN in 100,000 points | spikes lost | NaN lost |
| --- | --- | --- |
| Gradient Inspector | ${ourLosses().spikes} | ${ourLosses().nan} |
| uPlot | ${uplot.spikes} | ${uplot.nan} |
| Chart.js | ${chartJs.spikes} | ${chartJs.nan} |
`;
}

/** The round whose frames took least processor time. */
async function leastDisturbed(measure: () => Promise<Measured>): Promise<Measured> {
  let least = await measure();
  for (let round = 1; round < ROUNDS; round++) {
    const next = await measure();
    least = percentile(next.frames, 0.5) < percentile(least.frames, 0.5) ? next : least;
  }
  return least;
}

async function build(folder: string): Promise<void> {
  const common = {
    bundle: true,
    minify: true,
    target: 'es2022',
    logLevel: 'warning',
    format: 'iife',
    loader: { '.ttf': 'file' },
    assetNames: '[name]',
  } as const;
  const root = join(HERE, '../../..');
  const entries = [
    ['page.js', join(HERE, 'page.ts')],
    ['host.js', join(HERE, 'host.ts')],
    ['rivals.js', join(HERE, 'rivals.ts')],
    ['webview.js', join(root, 'webview/main.ts')],
    ['webview.css', join(root, 'webview/styles.css')],
  ] as const;
  await Promise.all(
    entries.map(([out, entry]) =>
      esbuild.build({ ...common, entryPoints: [entry], outfile: join(folder, out) }),
    ),
  );
  const head = '<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="webview.css">';
  await writeFile(
    join(folder, 'ours.html'),
    `${head}<body class="vscode-dark"><main id="page"></main><script src="page.js"></script></body>`,
  );
  await writeFile(
    join(folder, 'rivals.html'),
    `${head}<body><canvas class="chart" width="1000" height="500"></canvas><script src="rivals.js"></script></body>`,
  );
}

async function openPage(browser: Browser, address: string): Promise<{ page: Page; session: CDPSession }> {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  await page.goto(address);
  const session = await page.context().newCDPSession(page);
  // Processor time of the page's thread: a busy machine stretches the clock, not this.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return { page, session };
}

async function measureOurs(browser: Browser, base: string, layers: number, steps: number): Promise<Measured> {
  const { page, session } = await openPage(browser, `${base}/ours.html`);
  await page.evaluate(([a, b]) => window.prepare(a ?? 0, b ?? 0), [layers, steps]);
  const before = await seconds(session);
  const first = await page.evaluate(() => window.openCharts());
  const firstProcessor = ((await seconds(session)).script - before.script) * 1000;
  const frames: Frames = { frames: [], clockFrames: [], painted: [] };
  for (let at = 0; at < TURNS; at++) {
    await measureFrame(page, session, frames, () => page.evaluate((turn) => window.turn(turn), at));
  }
  const bytes = await memory(session);
  await page.close();
  const host = hostTime(layers, steps);
  return { who: '**Gradient Inspector**', first, firstProcessor, host, ...frames, bytes };
}

async function measureRival(
  browser: Browser,
  base: string,
  name: RivalName,
  layers: number,
  steps: number,
): Promise<Measured> {
  const { page, session } = await openPage(browser, `${base}/rivals.html`);
  page.setDefaultTimeout(0);
  await page.evaluate(([a, b]) => window.prepareRival(a ?? 0, b ?? 0), [layers, steps]);
  const before = await seconds(session);
  const first = await page.evaluate((rival) => window.startRival(rival), name);
  const firstProcessor = ((await seconds(session)).script - before.script) * 1000;
  const frames: Frames = { frames: [], clockFrames: [], painted: [] };
  for (let at = 1; at <= RIVAL_TURNS; at++) {
    await measureFrame(page, session, frames, () =>
      page.evaluate((share) => window.moveRival(share, 1 - share), at * 0.01),
    );
  }
  const bytes = await memory(session);
  await page.close();
  return { who: name, first, firstProcessor, host: 0, ...frames, bytes };
}

/** Measures one frame, with the browser's own painting of it, which follows. */
async function measureFrame(
  page: Page,
  session: CDPSession,
  into: Frames,
  act: () => Promise<number>,
): Promise<void> {
  const before = await seconds(session);
  into.clockFrames.push(await act());
  const scripts = await seconds(session);
  await page.evaluate(
    () => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted))),
  );
  const all = await seconds(session);
  into.frames.push((scripts.script - before.script) * 1000);
  into.painted.push((all.task - before.task) * 1000);
}

/** Processor time that the page's thread has spent so far: in scripts, and in all that it does. */
async function seconds(session: CDPSession): Promise<{ readonly script: number; readonly task: number }> {
  const { metrics } = await session.send('Performance.getMetrics');
  const secondsOf = (wanted: string) => metrics.find(({ name }) => name === wanted)?.value ?? Number.NaN;
  return { script: secondsOf('ScriptDuration'), task: secondsOf('TaskDuration') };
}

async function memory(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  const usage: { usedSize: number; backingStorageSize?: number } = await session.send('Runtime.getHeapUsage');
  return usage.usedSize + (usage.backingStorageSize ?? 0);
}

async function lossesOf(
  browser: Browser,
  base: string,
  name: RivalName,
): Promise<{ spikes: number; nan: number }> {
  const { page } = await openPage(browser, `${base}/rivals.html`);
  const losses = await page.evaluate((rival) => window.lossesOf(rival), name);
  await page.close();
  return losses;
}

/** The same points, reduced for as many pixels as the libraries have. */
function ourLosses(): { readonly spikes: number; readonly nan: number } {
  const { x, y, spike, spikes, nan } = lossData();
  const points = new PointColumns();
  x.forEach((step, at) => {
    points.push(step, y[at] ?? Number.NaN, at + 1);
  });
  const { values } = reducePoints(points, { from: 0, to: x.length, columns: 1000 });
  return {
    spikes: spikes - values.filter((value) => value === spike).length,
    nan: nan - values.filter(Number.isNaN).length,
  };
}

function row(
  name: string,
  { who, first, firstProcessor, host, frames, clockFrames, painted, bytes }: Measured,
): string {
  const both = (share: number) =>
    `${percentile(frames, share).toFixed(1)} (${percentile(clockFrames, share).toFixed(1)})`;
  return `| ${name} | ${who} | ${(firstProcessor + host).toFixed(0)} (${first.toFixed(0)}) | ${both(0.5)} | ${both(0.95)} | ${percentile(painted, 0.95).toFixed(0)} | ${(bytes / MEGABYTE).toFixed(1)} |`;
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
}

void main();
