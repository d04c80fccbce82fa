/**
 * Reads one log as the product does, judges it where asked, and prints what it took. A process of its own for each log, so
 * that its memory is its own. Arguments: a file, or `endless:MEGABYTES`; `--rounds N` (the best counts); `--judge`.
 */
import { readFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { FileSource } from '../../src/core/io/fileSource';
import { LogReader } from '../../src/core/logs/logReader';
import { diagnoseRun } from '../../src/core/rules/engine';
import { EndlessLog } from './madeLogs';

/** What {@link measure} found. */
export interface OneReading {
  /** Processor seconds of the best round. */
  readonly seconds: number;
  readonly bytes: number;
  readonly points: number;
  /** Bytes the columns take, from what the process holds more after reading than before. */
  readonly held: number;
  /** Largest resident memory of the process, bytes. */
  readonly resident: number;
  /** Longest stretch of the main thread's processor time between two turns of the event loop, milliseconds. */
  readonly longestTurn: number;
}

class DiskSource implements FileSource {
  private handle: Promise<FileHandle> | null = null;
  /** @param loop is told where the main thread goes back to the event loop, as it does whenever it waits for the disk */
  constructor(
    readonly path: string,
    private readonly loop: EventLoop,
  ) {}
  private opened(): Promise<FileHandle> {
    this.handle ??= open(this.path);
    return this.handle;
  }
  async size(): Promise<number> {
    return (await (await this.opened()).stat()).size;
  }
  async read(offset: number, target: Uint8Array): Promise<number> {
    const handle = await this.opened();
    this.loop.left();
    const { bytesRead } = await handle.read(target, 0, target.length, offset);
    this.loop.entered();
    return bytesRead;
  }
  async close(): Promise<void> {
    await (await this.handle)?.close();
    this.handle = null;
  }
}

function processorSeconds(since?: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e6;
}

/** Milliseconds of processor time of this thread; of all threads where the system does not tell. */
function threadMilliseconds(): number {
  try {
    // The system adds to a thread's time when it ticks, or when somebody asks for the process's: so that is asked for first.
    process.cpuUsage();
    return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return processorSeconds() * 1000;
  }
}

/** Measures turns of the event loop: stretches in which the main thread does nothing but our work. */
class EventLoop {
  longest = 0;
  private turn = threadMilliseconds();

  /** The thread is free for others. */
  left(): void {
    this.longest = Math.max(this.longest, threadMilliseconds() - this.turn);
  }

  /** Our work goes on. */
  entered(): void {
    this.turn = threadMilliseconds();
  }
}

/** A log made while it is read; whoever reads a disk waits, and so does this. */
class MadeSource extends EndlessLog {
  constructor(
    bytes: number,
    private readonly loop: EventLoop,
  ) {
    super(bytes);
  }
  override async read(offset: number, target: Uint8Array): Promise<number> {
    this.loop.left();
    await new Promise((resolve) => setImmediate(resolve));
    const count = await super.read(offset, target);
    this.loop.entered();
    return count;
  }
}

function heldBytes(): number {
  globalThis.gc?.();
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return arrayBuffers + heapUsed;
}

async function measure(name: string, rounds: number, judge: boolean): Promise<OneReading> {
  let seconds = Number.POSITIVE_INFINITY;
  let bytes = 0;
  let points = 0;
  let held = 0;
  const loop = new EventLoop();
  for (let round = 0; round < rounds; round++) {
    const endless = /^endless:(\d+)$/.exec(name);
    const source =
      endless === null ? new DiskSource(name, loop) : new MadeSource(Number(endless[1]) * 1e6, loop);
    const before = heldBytes();
    const start = process.cpuUsage();
    const reader = new LogReader(source);
    loop.entered();
    const breathe = async () => {
      loop.left();
      await new Promise((resolve) => setImmediate(resolve));
      loop.entered();
    };
    await reader.readMore({ breathe });
    loop.left();
    const { run } = reader;
    if (run !== null && judge) {
      diagnoseRun(run);
    }
    seconds = Math.min(seconds, processorSeconds(start));
    bytes = await source.size();
    await source.close();
    // Later rounds may still hold the run of the one before.
    held = round === 0 ? heldBytes() - before : held;
    // Asked for last, so that the run is still there when it is weighed.
    points = reader.run?.series.reduce((sum, series) => sum + series.points.length, 0) ?? 0;
  }
  return {
    seconds,
    bytes,
    points,
    held,
    resident: process.resourceUsage().maxRSS * 1024,
    longestTurn: loop.longest,
  };
}

async function main(): Promise<void> {
  const rounds = process.argv.indexOf('--rounds');
  const reading = await measure(
    process.argv[2] ?? '',
    rounds < 0 ? 1 : Number(process.argv[rounds + 1]),
    process.argv.includes('--judge'),
  );
  console.log(JSON.stringify(reading));
}

void main();
