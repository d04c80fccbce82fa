/**
 * Speed and memory of log reading against readline + JSON.parse, on logs generated in a temporary folder.
 * `node --expose-gc --import tsx test/bench/parse.ts [megabytes]` prints a Markdown table. The reader is bundled first,
 * as it is in the product: constants that cross modules would otherwise be looked up through getters.
 */
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import type { FileSource } from '../../src/core/io/fileSource';
import type { readLog as ReadLog } from '../../src/core/logs/logReader';

/** A small generator of the same numbers in every run. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

type Lines = (index: number) => string;

const random = randomNumbers(7);
const NAMES = Array.from(
  { length: 222 },
  (_, index) => `grad_norm/blocks.${index >> 1}.mlp.${index & 1}.weight`,
);

const LOGS: readonly { name: string; line: Lines; json: boolean }[] = [
  {
    name: 'JSON lines, 225 keys',
    json: true,
    line: (index) =>
      JSON.stringify(
        Object.fromEntries([
          ['step', index],
          ['loss', random() * 3],
          ['lr', 1e-4],
          ...NAMES.map((name): [string, number] => [name, random()]),
        ]),
      ),
  },
  {
    name: 'Hugging Face dict lines',
    json: false,
    line: (index) =>
      `{'loss': ${(random() * 3).toFixed(4)}, 'grad_norm': ${Math.fround(random())}, 'learning_rate': ${random() * 1e-5}, 'epoch': ${(index / 1000).toFixed(2)}}`,
  },
  {
    name: 'per-parameter prints',
    json: false,
    line: (index) =>
      index % 223 === 0
        ? `[step ${index / 223}] loss=${random().toFixed(5)} lr=2.00e-03`
        : `    ${NAMES[(index % 223) - 1]?.slice(10)}: ${random().toExponential(4)}`,
  },
  {
    name: 'Epoch/Step text',
    json: false,
    line: (index) =>
      `Epoch [${Math.floor(index / 600) + 1}/1000], Step [${(index % 600) + 1}/600], Loss: ${random().toFixed(4)}, grad_norm: ${random().toFixed(4)}`,
  },
  {
    name: 'CSV, 225 columns',
    json: false,
    line: (index) =>
      index === 0
        ? ['step', 'loss', 'lr', ...NAMES].join(',')
        : [index, random(), 1e-4, ...NAMES.map(() => random().toFixed(6))].join(','),
  },
];

class DiskSource implements FileSource {
  private handle: FileHandle | null = null;
  constructor(readonly path: string) {}
  private async opened(): Promise<FileHandle> {
    this.handle ??= await open(this.path);
    return this.handle;
  }
  async size(): Promise<number> {
    return (await (await this.opened()).stat()).size;
  }
  async read(offset: number, target: Uint8Array): Promise<number> {
    return (await (await this.opened()).read(target, 0, target.length, offset)).bytesRead;
  }
  async close(): Promise<void> {
    await this.handle?.close();
    this.handle = null;
  }
}

function write(path: string, lines: Lines, bytes: number): void {
  let text = '';
  let index = 0;
  writeFileSync(path, '');
  for (let written = 0; written < bytes; ) {
    text = '';
    while (text.length < 4 * 1024 * 1024 && written + text.length < bytes) {
      text += `${lines(index++)}\n`;
    }
    writeFileSync(path, text, { flag: 'a' });
    written += text.length;
  }
}

/** What a program without a scanner of its own does: every line a string, every JSON line an object. */
async function baseline(path: string, json: boolean): Promise<number> {
  let sum = 0;
  for await (const line of createInterface({
    input: createReadStream(path),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    if (json) {
      for (const value of Object.values(JSON.parse(line) as Record<string, number>)) {
        sum += value;
      }
    } else {
      sum += line.length;
    }
  }
  return sum;
}

/** Processor seconds, so that a busy machine does not distort the ratio. */
async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = process.cpuUsage();
  await work();
  const used = process.cpuUsage(start);
  return (used.user + used.system) / 1e6;
}

async function main(): Promise<void> {
  const megabytes = Number(process.argv[2] ?? 100);
  const folder = mkdtempSync(join(tmpdir(), 'gradient-inspector-bench-'));
  const bundle = join(folder, 'reader.cjs');
  await build({
    entryPoints: [join(__dirname, '../../src/core/logs/logReader.ts')],
    bundle: true,
    platform: 'neutral',
    format: 'cjs',
    outfile: bundle,
  });
  const { readLog } = require(bundle) as { readLog: typeof ReadLog };
  console.log('| log | MB/s | readline MB/s | ratio | points | bytes a point |');
  console.log('|---|---:|---:|---:|---:|---:|');
  try {
    for (const { name, line, json } of LOGS) {
      const path = join(folder, 'train.log');
      write(path, line, megabytes * 1e6);
      const base = await seconds(() => baseline(path, json));
      globalThis.gc?.();
      const before = process.memoryUsage();
      let points = 0;
      let kept: unknown = null;
      const ours = await seconds(async () => {
        const source = new DiskSource(path);
        const run = await readLog(source);
        await source.close();
        kept = run;
        points = run?.series.reduce((sum, series) => sum + series.points.length, 0) ?? 0;
      });
      globalThis.gc?.();
      const after = process.memoryUsage();
      const grown = after.arrayBuffers + after.heapUsed - before.arrayBuffers - before.heapUsed;
      const rate = megabytes / ours;
      console.log(
        `| ${name} | ${rate.toFixed(0)} | ${(megabytes / base).toFixed(0)}${json ? ' (+ JSON.parse)' : ''} | ${(base / ours).toFixed(1)} | ${points} | ${points > 0 ? (grown / points).toFixed(1) : '-'} |`,
      );
      if (kept === null) {
        console.log('  (not recognised)');
      }
    }
    console.log(
      `\nPeak resident memory: ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB (all logs, one process)`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

void main();
