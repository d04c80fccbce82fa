import type { FileSource } from '../io/fileSource';
import type { Run } from '../run/run';
import { inSlices } from '../steps';
import {
  type Detection,
  detecting,
  HEAD_BYTES,
  LONGEST_HEAD_BYTES,
  readingHead,
  sameDetection,
} from './detect';
import type { LogFormat } from './format';
import { Reading, type ReadOptions } from './reading';
import { FORMATS } from './registry';
import { LF } from './scan/bytes';

export type { ReadOptions } from './reading';

/** What a call of {@link LogReader.readMore} met. */
export type ReadOutcome =
  /** The bytes so far are no training log. */
  | { readonly kind: 'not-a-log' }
  /** `replaced`: the file was truncated or rewritten, and the run was read anew from its start. */
  | { readonly kind: 'read'; readonly newPoints: number; readonly replaced: boolean };

/** Below this size every growth may change what the log is taken for; above it, growth by a quarter. */
const SMALL = 4096;
const REDETECT_GROWTH = 1.25;

/** Reads one log, and goes on where it stopped when the file has grown. */
export class LogReader {
  private state: Reading | null = null;
  /** Size up to which the content was looked at and was no log. */
  private refusedSize = -1;

  /** @param formats tried in order of how sure they are; a person's own go before the registry's. */
  constructor(
    readonly source: FileSource,
    private readonly formats: readonly LogFormat[] = FORMATS,
  ) {}

  /** Null until the content was recognised as a training log. The same object grows with later reads. */
  get run(): Run | null {
    return this.state?.run ?? null;
  }

  /** Reads everything that is new since the last call. Rejects only when the source does. */
  async readMore(options: ReadOptions = {}): Promise<ReadOutcome> {
    const size = await this.source.size();
    let replaced = false;
    if (this.state !== null && !(await this.state.stillHolds(size))) {
      this.state = null;
      this.refusedSize = -1;
      replaced = true;
    }
    const state = this.state ?? (await this.recognise(size, options));
    if (state === null) {
      return { kind: 'not-a-log' };
    }
    this.state = state;
    const before = state.run.points;
    await state.read(size, options);
    if (await this.betterKnown(state, size, options)) {
      replaced = true;
      return { kind: 'read', newPoints: this.state.run.points, replaced };
    }
    return { kind: 'read', newPoints: state.run.points - before, replaced };
  }

  private async recognise(size: number, options: ReadOptions): Promise<Reading | null> {
    if (size === this.refusedSize || (this.refusedSize >= HEAD_BYTES && size >= this.refusedSize)) {
      return null;
    }
    const raw = await this.readHead(size);
    const found = await this.detected(raw, size, options);
    this.refusedSize = found === null ? size : -1;
    return found === null ? null : new Reading(this.source, found, raw);
  }

  /** A log that was short when it was recognised may turn out to have another axis: then it is read again. */
  private async betterKnown(state: Reading, size: number, options: ReadOptions): Promise<boolean> {
    const grown = size >= state.headLength * REDETECT_GROWTH;
    const decided =
      state.headLength >= HEAD_BYTES || (state.headLength >= SMALL && !grown) || size <= state.headLength;
    if (decided || options.signal?.aborted === true) {
      return false;
    }
    const raw = await this.readHead(size);
    const found = await this.detected(raw, size, options);
    state.headLength = raw.length;
    if (found === null || sameDetection(found, state.detection)) {
      return false;
    }
    this.state = new Reading(this.source, found, raw);
    await this.state.read(size, options);
    return true;
  }

  private async detected(raw: Uint8Array, size: number, options: ReadOptions): Promise<Detection | null> {
    const head = await inSlices(readingHead(raw, raw.length >= size), options.breathe);
    await options.breathe?.();
    const found = await inSlices(detecting(head, this.formats, this.source.path), options.breathe);
    await options.breathe?.();
    return found;
  }

  /** The first bytes; more of them where they are the names of a table of tens of thousands of columns, and no row yet. */
  private async readHead(size: number): Promise<Uint8Array> {
    const head = await this.readStart(Math.min(size, HEAD_BYTES));
    return head.length < HEAD_BYTES || head.includes(LF)
      ? head
      : this.readStart(Math.min(size, LONGEST_HEAD_BYTES));
  }

  private async readStart(length: number): Promise<Uint8Array> {
    const head = new Uint8Array(length);
    let filled = 0;
    while (filled < head.length) {
      const count = await this.source.read(filled, head.subarray(filled));
      if (count === 0) {
        break;
      }
      filled += count;
    }
    return head.subarray(0, filled);
  }
}

/** Reads a whole log once; null when it is none. */
export async function readLog(source: FileSource, options: ReadOptions = {}): Promise<Run | null> {
  const reader = new LogReader(source, options.formats);
  await reader.readMore(options);
  return reader.run;
}
