import { encodingOf, Utf16Reader } from '../io/encoding';
import type { FileSource } from '../io/fileSource';
import { LineReader, LONGEST_LINE } from '../io/lineReader';
import { type Steps, Turn } from '../steps';
import type { Detection } from './detect';
import type { BlockParser, LineParser, LogFormat } from './format';
import { KeyTable } from './keyTable';
import { LoggedRun } from './loggedRun';
import { Recorder } from './recorder';
import { sayDiffering, sayRuns, sayWriters } from './runNotes';

export interface ReadOptions {
  /** Stops reading; what was read stays. */
  readonly signal?: AbortSignal;
  /** Bytes read and size of the source, a few times a second at most. */
  onProgress?(bytesRead: number, size: number): void;
  /** Formats that are tried; the registry's when absent. Only {@link readLog} asks: a reader has its own. */
  readonly formats?: readonly LogFormat[];
  /** Awaited between slices of work of about 3 ms, so that an editor stays responsive. */
  breathe?(): Promise<void>;
}

/** Bytes read at a time: fewer where they take long, so that no chunk is more than a few milliseconds of work. */
const CHUNK = 256 * 1024;
const SMALLEST_CHUNK = 32 * 1024;
/** The first ones are read by code that is not compiled yet. */
const FIRST_CHUNK = 8 * 1024;
const CHUNK_MS = 2;
const PROGRESS_MS = 200;
/** Bytes at the start and before the present place that are compared to notice a rewritten file. */
const PRINT = 256;
/** Largest part of one record that a block format may ask to keep. */
const LARGEST_RECORD = 64 * 1024 * 1024;

/** A recognised log and the place up to which it was read. */
export class Reading {
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
    const turn = new Turn(options.breathe);
    let told = performance.now();
    while (options.signal?.aborted !== true) {
      const began = performance.now();
      const count = await this.readChunk(turn);
      this.recorder.flush();
      if (count === 0) {
        break;
      }
      this.run.bytes = this.offset;
      const now = performance.now();
      const taken = now - began;
      this.chunk =
        taken > CHUNK_MS ? Math.max(SMALLEST_CHUNK, this.chunk >> 1) : Math.min(CHUNK, this.chunk * 2);
      if (now - told >= PROGRESS_MS) {
        told = now;
        const { share = 0 } = this.source;
        options.onProgress?.(this.offset, share > 0 ? this.offset / share : Math.max(size, this.offset));
      }
      // The next chunk takes about as long as this one.
      if (turn.endsWithin(taken)) {
        await turn.end();
      }
    }
    const parser = this.lineParser;
    if (parser?.tail !== undefined && options.signal?.aborted !== true) {
      this.lines.offerTail((bytes, start, end, number) => parser.tail?.(bytes, start, end, number) ?? false);
    }
    await turn.spendOn(this.finishing());
  }

  private async readChunk(turn: Turn): Promise<number> {
    const { offset } = this;
    const count = await this.readBytes(turn);
    if (count > 0 && (this.source.parts?.length ?? 1) > 1) {
      this.run.notePart(offset, this.lineBefore + 1);
    }
    return count;
  }

  private async readBytes(turn: Turn): Promise<number> {
    this.lineBefore = this.blockParser?.lines ?? this.lines.lines;
    if (this.lineParser !== null && this.utf16 === null) {
      const target = this.lines.space(this.chunk);
      const count = await this.source.read(this.offset, target);
      this.note(target, count);
      await this.cut(count, this.lineParser, turn);
      return count;
    }
    this.scratch ??= new Uint8Array(CHUNK);
    const raw = this.scratch.subarray(0, this.chunk);
    const count = await this.source.read(this.offset, raw);
    this.note(raw, count);
    const bytes = this.utf16 === null ? raw.subarray(0, count) : this.utf16.utf8(raw.subarray(0, count));
    if (this.lineParser !== null) {
      this.lines.space(bytes.length).set(bytes);
      await this.cut(bytes.length, this.lineParser, turn);
    } else {
      this.feedBlock(bytes);
    }
    return count;
  }

  /** Reads the lines in the bytes that have just come; others work in between where that takes long. */
  private async cut(count: number, parser: LineParser, turn: Turn): Promise<void> {
    const { later } = this.recorder;
    later.awaited = true;
    const halts = () => later.isPending || turn.isOver;
    for (let all = this.lines.accept(count, parser, halts); !all; all = this.lines.goOn(parser, halts)) {
      await turn.spendOn(later.doing());
      if (turn.isOver) {
        this.recorder.flush();
        await turn.end();
      }
    }
    later.awaited = false;
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

  /** Notes what there is to say of all of it. */
  private *finishing(): Steps<void> {
    this.recorder.flush();
    yield;
    this.run.lines = this.blockParser?.lines ?? this.lines.lines;
    this.run.note(
      'skipped-lines',
      this.lines.skippedLines === 0
        ? null
        : `${this.lines.skippedLines} ${this.lines.skippedLines === 1 ? 'line' : 'lines'} longer than ${LONGEST_LINE / 1024 / 1024} MB not read`,
    );
    this.run.note('source', this.source.problem || null);
    this.run.note('ranks', sayDiffering(this.run.series));
    yield;
    this.run.note('writers', sayWriters(this.run));
    yield;
    this.run.note('runs', sayRuns(this.run));
    yield;
    this.run.note(
      'keys',
      this.recorder.keys.refused === 0
        ? null
        : `${this.recorder.keys.refused} numbers have names too long or too many to keep`,
    );
  }
}
