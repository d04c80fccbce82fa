import { encodingOf, Utf16Reader } from '../io/encoding';
import type { FileSource } from '../io/fileSource';
import { LineReader, LONGEST_LINE } from '../io/lineReader';
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
import type { BlockParser, LineParser, LogFormat } from './format';
import { KeyTable } from './keyTable';
import { LoggedRun } from './loggedRun';
import { Recorder } from './recorder';
import { FORMATS } from './registry';
import { sayDiffering, sayRuns, sayWriters } from './runNotes';
import { LF } from './scan/bytes';

export interface ReadOptions {
  /** Stops reading; what was read stays. */
  readonly signal?: AbortSignal;
  /** Bytes read and size of the source, a few times a second at most. */
  onProgress?(bytesRead: number, size: number): void;
  /** Formats that are tried; the registry's when absent. Only {@link readLog} asks: a reader has its own. */
  readonly formats?: readonly LogFormat[];
  /** Awaited between slices of work of about 4 ms, so that an editor stays responsive. */
  breathe?(): Promise<void>;
}

/** What a call of {@link LogReader.readMore} met. */
export type ReadOutcome =
  /** The bytes so far are no training log. */
  | { readonly kind: 'not-a-log' }
  /** `replaced`: the file was truncated or rewritten, and the run was read anew from its start. */
  | { readonly kind: 'read'; readonly newPoints: number; readonly replaced: boolean };

/** Bytes read at a time: fewer where they take long, so that no chunk is more than a few milliseconds of work. */
const CHUNK = 256 * 1024;
const SMALLEST_CHUNK = 32 * 1024;
/** The first ones are read by code that is not compiled yet. */
const FIRST_CHUNK = 8 * 1024;
const CHUNK_MS = 3;
const SLICE_MS = 4;
const PROGRESS_MS = 200;
/** Bytes at the start and before the present place that are compared to notice a rewritten file. */
const PRINT = 256;
/** Largest part of one record that a block format may ask to keep. */
const LARGEST_RECORD = 64 * 1024 * 1024;

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

/** A recognised log and the place up to which it was read. */
class Reading {
  readonly run: LoggedRun;
  headLength: number;
  private readonly recorder: Recorder;
  private readonly lineParser: LineParser | null = null;
  private readonly blockParser: BlockParser | null = null;
  private readonly lines = new LineReader();
  private readonly utf16: Utf16Reader | null;
  private readonly firstBytes: Uint8Array;
  private lastBytes = new Uint8Array(0);
  private offset: number;
  private block = new Uint8Array(0);
  private blockLength = 0;
  private tooLong = false;
  /** Where bytes arrive that are copied on. */
  private scratch: Uint8Array | null = null;
  private chunk = FIRST_CHUNK;
  /** Lines that were ended before the last bytes read. */
  private lineBefore = 0;

  constructor(
    private readonly source: FileSource,
    readonly detection: Detection,
    head: Uint8Array,
  ) {
    const { encoding, mark } = encodingOf(head);
    this.utf16 = encoding === 'utf-8' ? null : new Utf16Reader(encoding);
    this.offset = mark;
    this.headLength = head.length;
    this.firstBytes = head.slice(0, PRINT);
    this.recorder = new Recorder(new KeyTable(detection.format.meaning), detection.plan);
    this.run = new LoggedRun(source, detection, this.recorder);
    const parser = detection.format.open(this.recorder, source.path);
    if ('lines' in parser) {
      this.lineParser = parser.lines;
    } else {
      this.blockParser = parser.blocks;
    }
  }

  /** False when the file was cut or rewritten: what was read stands there no longer. */
  async stillHolds(size: number): Promise<boolean> {
    if (size < this.offset) {
      return false;
    }
    return (
      (await this.same(0, this.firstBytes)) &&
      (await this.same(this.offset - this.lastBytes.length, this.lastBytes))
    );
  }

  private async same(at: number, expected: Uint8Array): Promise<boolean> {
    const found = new Uint8Array(expected.length);
    let filled = 0;
    while (filled < found.length) {
      const count = await this.source.read(at + filled, found.subarray(filled));
      if (count === 0) {
        return false;
      }
      filled += count;
    }
    return found.every((byte, index) => byte === expected[index]);
  }

  async read(size: number, options: ReadOptions): Promise<void> {
    let breathed = performance.now();
    let told = breathed;
    let before = breathed;
    while (options.signal?.aborted !== true) {
      const count = await this.readChunk();
      this.recorder.flush();
      if (count === 0) {
        break;
      }
      this.run.bytes = this.offset;
      const now = performance.now();
      this.chunk =
        now - before > CHUNK_MS ? Math.max(SMALLEST_CHUNK, this.chunk >> 1) : Math.min(CHUNK, this.chunk * 2);
      before = now;
      if (now - told >= PROGRESS_MS) {
        told = now;
        const { share = 0 } = this.source;
        options.onProgress?.(this.offset, share > 0 ? this.offset / share : Math.max(size, this.offset));
      }
      if (now - breathed >= SLICE_MS && options.breathe !== undefined) {
        await options.breathe();
        breathed = performance.now();
        before = breathed;
      }
    }
    const parser = this.lineParser;
    if (parser?.tail !== undefined && options.signal?.aborted !== true) {
      this.lines.offerTail((bytes, start, end, number) => parser.tail?.(bytes, start, end, number) ?? false);
    }
    this.finish();
  }

  private async readChunk(): Promise<number> {
    const { offset } = this;
    const count = await this.readBytes();
    if (count > 0 && (this.source.parts?.length ?? 1) > 1) {
      this.run.notePart(offset, this.lineBefore + 1);
    }
    return count;
  }

  private async readBytes(): Promise<number> {
    this.lineBefore = this.blockParser?.lines ?? this.lines.lines;
    if (this.lineParser !== null && this.utf16 === null) {
      const target = this.lines.space(this.chunk);
      const count = await this.source.read(this.offset, target);
      this.note(target, count);
      this.lines.accept(count, this.lineParser);
      return count;
    }
    this.scratch ??= new Uint8Array(CHUNK);
    const raw = this.scratch.subarray(0, this.chunk);
    const count = await this.source.read(this.offset, raw);
    this.note(raw, count);
    const bytes = this.utf16 === null ? raw.subarray(0, count) : this.utf16.utf8(raw.subarray(0, count));
    if (this.lineParser !== null) {
      this.lines.space(bytes.length).set(bytes);
      this.lines.accept(bytes.length, this.lineParser);
    } else {
      this.feedBlock(bytes);
    }
    return count;
  }

  private note(target: Uint8Array, count: number): void {
    if (count > 0) {
      this.offset += count;
      this.lastBytes = target.slice(Math.max(0, count - PRINT), count);
    }
  }

  private feedBlock(bytes: Uint8Array): void {
    if (this.blockParser === null || this.tooLong) {
      return;
    }
    if (this.block.length < this.blockLength + bytes.length) {
      const wider = new Uint8Array(Math.max(this.blockLength + bytes.length, this.block.length * 2));
      wider.set(this.block.subarray(0, this.blockLength));
      this.block = wider;
    }
    this.block.set(bytes, this.blockLength);
    this.blockLength += bytes.length;
    const used = this.blockParser.feed(this.block.subarray(0, this.blockLength), 0, this.blockLength);
    if (used > 0) {
      this.block.copyWithin(0, used, this.blockLength);
      this.blockLength -= used;
    }
    if (this.blockLength > LARGEST_RECORD) {
      this.tooLong = true;
      this.block = new Uint8Array(0);
      this.recorder.problem(
        this.blockParser.lines + 1,
        'A record is larger than 64 MB; what follows was not read',
      );
    }
  }

  private finish(): void {
    this.recorder.flush();
    this.run.lines = this.blockParser?.lines ?? this.lines.lines;
    this.run.note(
      'skipped-lines',
      this.lines.skippedLines === 0
        ? null
        : `${this.lines.skippedLines} ${this.lines.skippedLines === 1 ? 'line' : 'lines'} longer than ${LONGEST_LINE / 1024 / 1024} MB not read`,
    );
    this.run.note('source', this.source.problem || null);
    this.run.note('ranks', sayDiffering(this.run.series));
    this.run.note('writers', sayWriters(this.run));
    this.run.note('runs', sayRuns(this.run));
    this.run.note(
      'keys',
      this.recorder.keys.refused === 0
        ? null
        : `${this.recorder.keys.refused} numbers have names too long or too many to keep`,
    );
  }
}

/** Reads a whole log once; null when it is none. */
export async function readLog(source: FileSource, options: ReadOptions = {}): Promise<Run | null> {
  const reader = new LogReader(source, options.formats);
  await reader.readMore(options);
  return reader.run;
}
