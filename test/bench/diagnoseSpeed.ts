/**
 * What a diagnosis costs: of a long run at once, beside reading it, and of 1,000 rows more.
 * `node --max-old-space-size=6000 --import tsx test/bench/diagnoseSpeed.ts [rows] [--write]` prints the tables, `--write`
 * stores them as test/bench/diagnose-speed.md. Code is bundled first, as it is in the product.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { FileSource } from '../../src/core/io/fileSource';
import type { LogReader as Reader } from '../../src/core/logs/logReader';
import type {
  createDiagnosis as CreateDiagnosis,
  diagnoseRun as DiagnoseRun,
} from '../../src/core/rules/engine';

const HERE = dirname(fileURLToPath(import.meta.url));
const TARGET = join(HERE, 'diagnose-speed.md');
const SERIES = 50;
const ADDED = 1000;
const LAYERS = Array.from(
  { length: SERIES - 3 },
  (_, i) => `layers.${i >> 1}.${i % 2 === 0 ? 'weight' : 'bias'}`,
);
const HEADER = `${['step', 'loss', 'lr', 'grad_norm', ...LAYERS].join(',')}\n`;

/**
 * A CSV of any length that is made when it is read. Rows have one width, so that a row's text follows from its place;
 * their numbers come from a ring of ready-made rows, the loss falls.
 */
class MadeCsv implements FileSource {
  readonly path = 'run.csv';
  private readonly ring: readonly string[];
  private readonly head = new TextEncoder().encode(HEADER);
  private readonly width: number;
  private readonly encoder = new TextEncoder();

  constructor(public rows: number) {
    let state = 7;
    const random = (): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
    this.ring = Array.from(
      { length: 997 },
      () =>
        `0.000300,${(0.8 + random()).toFixed(6)},${LAYERS.map((_, i) => (0.05 + 0.01 * i + 0.1 * random()).toFixed(6)).join(',')}\n`,
    );
    this.width = this.rowText(0).length;
  }

  size(): Promise<number> {
    return Promise.resolve(this.head.length + this.rows * this.width);
  }

  read(offset: number, target: Uint8Array): Promise<number> {
    const end = Math.min(offset + target.length, this.head.length + this.rows * this.width);
    let at = offset;
    if (at < this.head.length) {
      const part = this.head.subarray(at, Math.min(end, this.head.length));
      target.set(part);
      at += part.length;
    }
    while (at < end) {
      const row = Math.floor((at - this.head.length) / this.width);
      const skip = at - this.head.length - row * this.width;
      if (skip === 0 && end - at >= this.width) {
        at += this.encoder.encodeInto(this.rowText(row), target.subarray(at - offset)).written;
      } else {
        const part = this.encoder.encode(this.rowText(row)).subarray(skip, skip + end - at);
        target.set(part, at - offset);
        at += part.length;
      }
    }
    return Promise.resolve(end - offset);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private rowText(row: number): string {
    const loss = 0.3 + 2 / (1 + row / 2000) + 0.05 * Math.sin(row * 12.9898);
    return `${String(row).padStart(9, '0')},${loss.toFixed(6)},${this.ring[row % this.ring.length]}`;
  }
}

interface Product {
  readonly LogReader: typeof Reader;
  readonly createDiagnosis: typeof CreateDiagnosis;
  readonly diagnoseRun: typeof DiagnoseRun;
}

async function bundled(folder: string): Promise<Product> {
  const outfile = join(folder, 'core.mjs');
  await build({
    stdin: {
      contents:
        "export { LogReader } from './src/core/logs/logReader'; export { createDiagnosis, diagnoseRun } from './src/core/rules/engine';",
      resolveDir: join(HERE, '../..'),
      loader: 'ts',
    },
    bundle: true,
    format: 'esm',
    platform: 'node',
    outfile,
  });
  return (await import(pathToFileURL(outfile).href)) as Product;
}

/** Milliseconds of the fastest of some tries: what the work costs when nothing else disturbs it. */
async function fastest(tries: number, work: () => unknown): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < tries; i++) {
    const start = performance.now();
    await work();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

async function main(): Promise<void> {
  const longest = Number(process.argv.find((argument) => /^\d+$/.test(argument)) ?? 1_000_000);
  const folder = mkdtempSync(join(tmpdir(), 'diagnose-speed-'));
  const { LogReader, createDiagnosis, diagnoseRun } = await bundled(folder);
  const lines: string[] = [];
  const growth: string[] = [];
  let first = Number.NaN;
  for (const rows of [10_000, 100_000, 1_000_000].filter((one) => one <= longest)) {
    const source = new MadeCsv(rows);
    const reader = new LogReader(source);
    const made = await fastest(1, async () => {
      const target = new Uint8Array(256 * 1024);
      for (let at = 0, count = 1; count > 0; at += count) {
        count = await source.read(at, target);
      }
    });
    const read = (await fastest(1, () => reader.readMore())) - made;
    const { run } = reader;
    if (run === null) {
      throw new Error('the made log was not recognised');
    }
    const once = await fastest(rows > 500_000 ? 2 : 5, () => diagnoseRun(run));
    lines.push(
      `| ${rows.toLocaleString('en')} | ${read.toFixed(0)} | ${once.toFixed(0)} | ${(once / read).toFixed(2)} |`,
    );
    const diagnosis = createDiagnosis(run);
    diagnosis.update();
    const costs: number[] = [];
    const reads: number[] = [];
    for (let i = 0; i < 12; i++) {
      source.rows += ADDED;
      reads.push(await fastest(1, () => reader.readMore()));
      costs.push(await fastest(1, () => diagnosis.update()));
    }
    const middle = (values: number[]): number =>
      values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
    const cost = middle(costs);
    first = Number.isNaN(first) ? cost : first;
    growth.push(
      `| ${rows.toLocaleString('en')} | ${Math.min(...reads).toFixed(1)} | ${cost.toFixed(1)} | ${(cost / first).toFixed(2)} | ${once.toFixed(0)} |`,
    );
  }
  rmSync(folder, { recursive: true });
  const text = `# Cost of a diagnosis

Regenerate with \`node --max-old-space-size=6000 --import tsx test/bench/diagnoseSpeed.ts --write\`. A CSV of ${SERIES} series,
made in memory while it is read (the time to make it is taken off), ${cpus()[0]?.model.trim() ?? 'unknown processor'}, Node ${process.version}.

## A run at once

| rows | reading, ms | diagnosis, ms | diagnosis / reading |
| --- | --- | --- | --- |
${lines.join('\n')}

## ${ADDED.toLocaleString('en')} rows more

The fastest of 12 times ${ADDED.toLocaleString('en')} rows added to a run that is followed. The last column is what a diagnosis of the whole run would cost instead.

| rows before | reading them, ms | diagnosis, ms | beside the shortest run | diagnosis from scratch, ms |
| --- | --- | --- | --- | --- |
${growth.join('\n')}
`;
  console.log(text);
  if (process.argv.includes('--write')) {
    writeFileSync(TARGET, text);
  }
}

void main();
