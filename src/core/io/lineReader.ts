import { cleanLine } from './cleanLine';

/** Takes lines, one at a time, as ranges of bytes that are only valid during the call. */
export interface LineSink {
  /** @param number 1-based, counted as VS Code does: LF, CRLF and a lone CR end a line. */
  line(bytes: Uint8Array, start: number, end: number, number: number): void;
  /**
   * Takes the line at `start` without being told where it ends, if it knows. It never takes a line with control
   * characters but tabs.
   * @returns the offset of its LF or CR LF; -1 when it does not know the line
   */
  expected?(bytes: Uint8Array, start: number, end: number, number: number): number;
}

/** Longest line that is kept. A longer one is skipped to its end and counted in {@link LineReader.skippedLines}. */
export const LONGEST_LINE = 4 * 1024 * 1024;

/** Of shorter lines that were expected nobody needs a rest one by one. */
const LONG_LINE = 16 * 1024;

const LF = 10;
const CR = 13;
const TAB = 9;
const SPACE = 32;
/** Most logs are small, and each is tried with several formats: room is made as it is needed. */
const FIRST_BUFFER = 16 * 1024;

/**
 * Cuts bytes into lines, whatever the pieces they arrive in: an unfinished last line waits for its end. Terminal
 * escapes and backspaces are removed from the lines that have some. Memory: one buffer of at most the longest line.
 */
export class LineReader {
  /** Lines that were ended so far. */
  lines = 0;
  /** Lines longer than {@link LONGEST_LINE}, of which nothing was read. */
  skippedLines = 0;

  private buffer = new Uint8Array(FIRST_BUFFER);
  /** The same bytes, four at a time. */
  private words = new Uint32Array(this.buffer.buffer);
  private kept = 0;
  /** The rest of the present line is to be dropped: too long, or handed out before its end. */
  private dropping = false;
  private afterCr = false;
  /** The present line holds control characters to be cleaned away. */
  private dirty = false;
  private scratch = new Uint8Array(0);
  /** Where cutting was halted, and the end of the bytes that wait there. */
  private haltedAt = 0;
  private haltedEnd = 0;

  /** Room for the next `size` bytes, behind the unfinished line; fill it, then call {@link accept}. */
  space(size: number): Uint8Array {
    if (this.buffer.length - this.kept < size) {
      const wider = new Uint8Array((Math.max(this.kept + size, this.buffer.length * 2) + 3) & ~3);
      wider.set(this.buffer.subarray(0, this.kept));
      this.use(wider);
    }
    return this.buffer.subarray(this.kept, this.kept + size);
  }

  /**
   * Cuts the `count` bytes just written to {@link space} into lines.
   * @param halts is asked after long lines and those that the sink did not expect: true leaves the rest to {@link goOn}
   * @returns false when it was halted
   */
  accept(count: number, sink: LineSink, halts?: () => boolean): boolean {
    const end = this.kept + count;
    const bytes = this.buffer;
    let start = 0;
    let at = this.kept;
    if (at <= count || bytes.subarray(at, end).includes(LF)) {
      // The line that the last bytes cut is looked at once more as a whole; a long one only when it is there.
      at = 0;
      this.dirty = false;
    }
    if (this.afterCr && count > 0) {
      this.afterCr = false;
      if (bytes[0] === LF) {
        start = 1;
        at = 1;
      }
    }
    return this.cut(start, at, end, sink, halts);
  }

  /** Goes on where {@link accept} or this was halted; {@link space} may not be asked for before. @returns as accept does */
  goOn(sink: LineSink, halts?: () => boolean): boolean {
    return this.cut(this.haltedAt, this.haltedAt, this.haltedEnd, sink, halts);
  }

  /** @param start of the present line, of which the bytes up to `at` were looked at */
  private cut(start: number, at: number, end: number, sink: LineSink, halts?: () => boolean): boolean {
    const bytes = this.buffer;
    const words = this.words;
    // Four bytes at a time while none of them is a control character; every line end is one.
    const lastWord = (end >> 2) - 1;
    while (at < end) {
      if (at === start && sink.expected !== undefined && !this.dropping) {
        const stop = sink.expected(bytes, at, end, this.lines + 1);
        if (stop >= 0) {
          const isLong = stop - at > LONG_LINE;
          this.lines++;
          at = stop + (bytes[stop] === CR ? 2 : 1);
          start = at;
          if (isLong && halts?.() === true) {
            this.haltedAt = at;
            this.haltedEnd = end;
            return false;
          }
          continue;
        }
      }
      if ((at & 3) === 0) {
        let word = at >> 2;
        while (word <= lastWord && !hasControl(words[word]!)) {
          word++;
        }
        at = word << 2;
        if (at >= end) {
          break;
        }
      }
      const byte = bytes[at]!;
      if (byte >= SPACE) {
        at++;
        continue;
      }
      if (byte !== LF && byte !== CR) {
        this.dirty ||= byte !== TAB;
        at++;
        continue;
      }
      this.finish(bytes, start, at, sink);
      at++;
      if (byte === CR) {
        if (at >= end) {
          this.afterCr = true;
        } else if (bytes[at] === LF) {
          at++;
        }
      }
      start = at;
      if (halts?.() === true) {
        this.haltedAt = at;
        this.haltedEnd = end;
        return false;
      }
    }
    this.keep(start, end);
    return true;
  }

  /** A line has ended before `stop`. */
  private finish(bytes: Uint8Array, start: number, stop: number, sink: LineSink): void {
    this.lines++;
    if (this.dropping) {
      this.dropping = false;
    } else if (this.dirty) {
      this.handClean(bytes, start, stop, sink);
    } else {
      sink.line(bytes, start, stop, this.lines);
    }
    this.dirty = false;
  }

  /**
   * Hands out the unfinished last line. When `sink` returns true it was complete in itself (a closed JSON object),
   * and what follows on the same line is dropped.
   */
  offerTail(sink: (bytes: Uint8Array, start: number, end: number, number: number) => boolean): void {
    if (this.kept === 0 || this.dropping) {
      return;
    }
    if (this.scratch.length < this.kept) {
      this.scratch = new Uint8Array(this.kept);
    }
    const length = cleanLine(this.buffer, 0, this.kept, this.scratch);
    if (sink(this.scratch, 0, length, this.lines + 1)) {
      this.kept = 0;
      this.dropping = true;
    }
  }

  private handClean(bytes: Uint8Array, start: number, stop: number, sink: LineSink): void {
    if (this.scratch.length < stop - start) {
      this.scratch = new Uint8Array(Math.max(stop - start, 4096));
    }
    const length = cleanLine(bytes, start, stop, this.scratch);
    sink.line(this.scratch, 0, length, this.lines);
  }

  private use(buffer: Uint8Array<ArrayBuffer>): void {
    this.buffer = buffer;
    this.words = new Uint32Array(buffer.buffer);
  }

  private keep(start: number, end: number): void {
    if (this.dropping) {
      this.kept = 0;
      return;
    }
    this.kept = end - start;
    if (this.kept > LONGEST_LINE) {
      this.kept = 0;
      this.dropping = true;
      this.skippedLines++;
      this.dirty = false;
      this.use(new Uint8Array(FIRST_BUFFER));
    } else if (start > 0 && this.kept > 0) {
      this.buffer.copyWithin(0, start, end);
    }
  }
}

/** True when one of the four bytes is below 32 (the classic "has less" of bit tricks; exact for presence). */
function hasControl(word: number): boolean {
  return ((word - 0x20202020) & ~word & 0x80808080) !== 0;
}
