/**
 * What it costs the host to follow growing logs. `tsx test/bench/live.ts [seconds] [--write]` bundles the session as the
 * extension has it, lets another process write ten logs of 100 lines a second each, and prints a Markdown table.
 * The watcher is a look at the size ten times a second; the editor's own costs less and tells sooner.
 */
import { fork } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Uri } from 'vscode';
import type { FORMATS as Formats } from '../../src/core/logs/registry';
import type { NodeFileSource as Source } from '../../src/host/nodeFileSource';
import type { FollowingSession as Session } from '../../src/host/sessions/followingSession';

const LOGS = 10;
const LINES_A_SECOND = 100;
const WRITES_A_SECOND = 20;
const LOOK_MS = 100;
/** Lines a log has before it is followed. */
const LONG = 20_000;

interface Product {
  readonly FollowingSession: typeof Session;
  readonly NodeFileSource: typeof Source;
  readonly FORMATS: typeof Formats;
}

function lineOf(step: number): string {
  const noise = Math.abs(Math.sin(step * 12.9898));
  return `step ${step} | loss ${(2 / (1 + step / 5000) + 0.1 * noise).toFixed(4)} | grad_norm ${(1 + noise).toFixed(4)} | lr 1e-4\n`;
}

/** The other process: writes until it is told to stop, or nobody is there to tell it. */
function write(paths: readonly string[]): void {
  process.on('disconnect', () => process.exit());
  let step = LONG;
  const perWrite = LINES_A_SECOND / WRITES_A_SECOND;
  setInterval(() => {
    const text = Array.from({ length: perWrite }, (_, index) => lineOf(step + index)).join('');
    step += perWrite;
    for (const path of paths) {
      appendFileSync(path, text);
    }
  }, 1000 / WRITES_A_SECOND);
}

async function bundled(folder: string): Promise<Product> {
  const outfile = join(folder, 'session.cjs');
  await build({
    stdin: {
      contents:
        "export { FollowingSession } from './src/host/sessions/followingSession'; export { NodeFileSource } from './src/host/nodeFileSource'; export { FORMATS } from './src/core/logs/registry';",
      resolveDir: join(__dirname, '../..'),
      loader: 'ts',
    },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['vscode'],
    outfile,
  });
  return require(outfile) as Product;
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

const quiet = { debug() {}, info() {}, warn() {}, error() {}, show() {} };

async function main(): Promise<void> {
  const seconds = Number(process.argv.slice(2).find((word) => /^\d+$/.test(word)) ?? 30);
  const folder = mkdtempSync(join(tmpdir(), 'gradient-inspector-live-'));
  const { FollowingSession, NodeFileSource, FORMATS } = await bundled(folder);
  const paths = Array.from({ length: LOGS }, (_, index) => join(folder, `run${index}.log`));
  const start = Array.from({ length: LONG }, (_, step) => lineOf(step)).join('');
  for (const path of paths) {
    writeFileSync(path, start);
  }
  const sessions = paths.map(
    (path) =>
      new FollowingSession({
        uri: { toString: () => path } as Uri,
        source: new NodeFileSource(path),
        watch(onMayHaveChanged) {
          let last = -1;
          const timer = setInterval(() => {
            const { size } = statSync(path);
            if (size !== last) {
              last = size;
              onMayHaveChanged();
            }
          }, LOOK_MS);
          return { dispose: () => clearInterval(timer) };
        },
        select: (findings) => findings,
        join: async (_run, findings) => ({ links: [], findings }),
        formats: FORMATS,
        company: () => LOGS,
        log: quiet,
      }),
  );
  const delays: number[] = [];
  /** When the file was first seen to be longer than what was read; NaN while all is read. */
  const since = paths.map(() => Number.NaN);
  while (sessions.some(({ state }) => state === 'reading')) {
    await sleep(50);
  }
  const writer = fork(__filename, ['--writer', ...paths], { execArgv: ['--import', 'tsx'] });
  await sleep(5000);
  const before = process.cpuUsage();
  /** Microseconds that looking whether lines were read has taken: no part of the product. */
  let measuring = 0;
  const from = performance.now();
  while (performance.now() - from < seconds * 1000) {
    await sleep(LOOK_MS / 2);
    const start = process.cpuUsage();
    sessions.forEach(({ run }, index) => {
      const behind = statSync(paths[index]!).size - (run?.bytes ?? 0);
      if (!Number.isNaN(since[index]!) && (run?.bytes ?? 0) >= sizeThen[index]!) {
        delays.push(performance.now() - since[index]!);
        since[index] = Number.NaN;
      }
      if (Number.isNaN(since[index]!) && behind > 0) {
        since[index] = performance.now();
        sizeThen[index] = statSync(paths[index]!).size;
      }
    });
    measuring += total(process.cpuUsage(start));
  }
  const share = (total(process.cpuUsage(before)) - measuring) / 1e6 / ((performance.now() - from) / 1000);
  writer.kill();
  delays.sort((one, other) => one - other);
  const table = [
    '# Following logs that grow',
    '',
    `Generated by \`npm run bench:live\`: ${LOGS} logs of ${LONG.toLocaleString('en-US')} lines, each growing by ${LINES_A_SECOND} lines a second, for ${seconds} s.`,
    'A line counts as read when its numbers stand in the run. The share is of one core, all threads, the watcher included; measuring is left out.',
    '',
    '| lines read | of a core | a line is read after, ms (median) | 95 % | longest |',
    '|---:|---:|---:|---:|---:|',
    `| ${sessions.reduce((sum, { run }) => sum + (run?.lines ?? 0) - LONG, 0).toLocaleString('en-US')} | ${(share * 100).toFixed(1)} % | ${at(delays, 0.5)} | ${at(delays, 0.95)} | ${at(delays, 1)} |`,
  ];
  console.log(table.join('\n'));
  if (process.argv.includes('--write')) {
    writeFileSync(join(__dirname, 'live.md'), `${table.join('\n')}\n`);
  }
  for (const session of sessions) {
    session.dispose();
  }
  rmSync(folder, { recursive: true, force: true });
}

const sizeThen = new Float64Array(LOGS);

function total({ user, system }: NodeJS.CpuUsage): number {
  return user + system;
}

function at(sorted: readonly number[], share: number): string {
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN).toFixed(0);
}

if (process.argv[2] === '--writer') {
  write(process.argv.slice(3));
} else {
  void main();
}
