/**
 * Measures the chart page in a real browser: time to the first picture, own work a frame, memory of the view; beside
 * it plain Chart.js on the same data.  npx tsx test/bench/charts/run.ts
 */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import * as esbuild from 'esbuild';
import type { Browser, CDPSession } from 'playwright-core';
import { reducePoints } from '../../../src/core/run/reduce';
import { PointColumns } from '../../../src/core/run/series';
import { launchBrowser } from '../../webview-page/open';

const HERE = import.meta.dirname;
const MEGABYTE = 2 ** 20;
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.html': 'text/html',
};

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
      console.log(
        'view                        first    own work a frame (median, 95 %)   memory of the view',
      );
      await measureOurs(browser, base, '1,000,000 points, 300 series', 300, 3334);
      await measureOurs(browser, base, '10,000,000 points, 3 series', 0, 3_333_334);
      await measurePlain(browser, base, '1,000,000 points, Chart.js', 300, 3334);
      console.log(
        `lost of 100 spikes and 100 NaN: ours ${ourLosses()}, Chart.js ${await plainLosses(browser, base)}`,
      );
    } finally {
      await browser.close();
    }
  } finally {
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function build(folder: string): Promise<void> {
  const common = {
    bundle: true,
    minify: true,
    target: 'es2022',
    logLevel: 'warning',
    format: 'iife',
  } as const;
  const root = join(HERE, '../../..');
  const entries = [
    ['page.js', join(HERE, 'page.ts')],
    ['host.js', join(HERE, 'host.ts')],
    ['plain.js', join(HERE, 'plain.ts')],
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
    join(folder, 'plain.html'),
    `${head}<body><canvas width="900" height="500"></canvas><script src="plain.js"></script></body>`,
  );
}

async function measureOurs(
  browser: Browser,
  base: string,
  name: string,
  layers: number,
  steps: number,
): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  await page.goto(`${base}/ours.html`);
  await page.evaluate(([a, b]) => window.prepare(a ?? 0, b ?? 0), [layers, steps]);
  const session = await page.context().newCDPSession(page);
  // Processor time of the page's thread: a busy machine stretches the clock, not this.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const before = await scriptSeconds(session);
  const { first, frames } = await page.evaluate(() => window.measure());
  const script = ((await scriptSeconds(session)) - before) * 1000;
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  print(name, first, frames, `${(usedSize / MEGABYTE).toFixed(1)} MB`);
  console.log(`  processor time of our script: ${(script / frames.length).toFixed(1)} ms a frame`);
  await page.close();
}

async function scriptSeconds(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? Number.NaN;
}

async function measurePlain(
  browser: Browser,
  base: string,
  name: string,
  layers: number,
  steps: number,
): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  await page.goto(`${base}/plain.html`);
  const { first, frames } = await page.evaluate(
    ([a, b]) => window.measurePlain(a ?? 0, b ?? 0),
    [layers, steps],
  );
  print(name, first, frames, '');
  await page.close();
}

async function plainLosses(browser: Browser, base: string): Promise<string> {
  const page = await browser.newPage();
  await page.goto(`${base}/plain.html`);
  const { spikes, nan } = await page.evaluate(() => window.lossesPlain());
  await page.close();
  return `${spikes} and ${nan}`;
}

/** The same 100,000 points that plain Chart.js gets. */
function ourLosses(): string {
  const points = new PointColumns();
  for (let x = 0; x < 100_000; x++) {
    points.push(x, x % 1000 === 500 ? Number.NaN : x % 1000 === 510 ? 1000 : 1 + (x % 7) / 10, x + 1);
  }
  const { values } = reducePoints(points, { from: 0, to: 100_000, columns: 900 });
  const spikes = 100 - values.filter((value) => value === 1000).length;
  return `${spikes} and ${100 - values.filter(Number.isNaN).length}`;
}

function print(name: string, first: number, frames: readonly number[], memory: string): void {
  const sorted = [...frames].sort((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN).toFixed(1);
  console.log(
    `${name.padEnd(28)}${`${first.toFixed(0)} ms`.padStart(7)}   ${`${at(0.5)} ms, ${at(0.95)} ms`.padStart(20)}${memory.padStart(26)}`,
  );
}

void main();
