import { cleanLine } from './cleanLine';

/** Takes lines, one at a time, as ranges of bytes that are only valid during the call. */
export interface LineSink {
  /** @param number 1-based, counted as VS Code does: LF, CRLF and a lone CR end a line. */
  line(bytes: Uint8Array, start: number, end: number, number: number): void;
}

/** Longest line that is kept. A longer one is skipped to its end and counted in {@link LineReader.skippedLines}. */
export const LONGEST_LINE = 4 * 1024 * 1024;

const LF = 10;
const CR = 13;
const ESCAPE = 27;
const BACKSPACE = 8;
const NOWHERE = Number.MAX_SAFE_INTEGER;
const FIRST_BUFFER = 320 * 1024;

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
  private kept = 0;
  /** The rest of the present line is to be dropped: too long, or handed out before its end. */
  private dropping = false;
  private afterCr = false;
  private scratch = new Uint8Array(0);

  /** Room for the next `size` bytes, behind the unfinished line; fill it, then call {@link accept}. */
  space(size: number): Uint8Array {
    if (this.buffer.length - this.kept < size) {
      const wider = new Uint8Array(Math.max(this.kept + size, this.buffer.length * 2));
      wider.set(this.buffer.subarray(0, this.kept));
      this.buffer = wider;
    }
    return this.buffer.subarray(this.kept, this.kept + size);
  }

  /** Cuts the `count` bytes just written to {@link space} into lines. */
  accept(count: number, sink: LineSink): void {
    const end = this.kept + count;
    const bytes = this.buffer.subarray(0, end);
    let start = 0;
    let searchFrom = this.kept;
    if (this.afterCr && count > 0) {
      this.afterCr = false;
      if (bytes[0] === LF) {
        start = 1;
        searchFrom = 1;
      }
    }
    // The next place of each byte is searched for once and kept until it is passed: the work stays linear.
    let nextCr = placeOf(bytes, CR, searchFrom);
    let nextEscape = placeOf(bytes, ESCAPE, start);
    let nextBackspace = placeOf(bytes, BACKSPACE, start);
    let nextNul = placeOf(bytes, 0, start);
    while (start < end) {
      let stop = placeOf(bytes, LF, searchFrom);
      let next = stop + 1;
      if (nextCr < stop) {
        stop = nextCr;
        next = stop + 1;
        if (next < end) {
          if (bytes[next] === LF) {
            next++;
          }
        } else {
          this.afterCr = true;
        }
        nextCr = placeOf(bytes, CR, next);
      } else if (stop === NOWHERE) {
        break;
      }
      this.lines++;
      if (this.dropping) {
        this.dropping = false;
      } else if (nextEscape < stop || nextBackspace < stop || nextNul < stop) {
        this.handClean(bytes, start, stop, sink);
      } else {
        sink.line(bytes, start, stop, this.lines);
      }
      if (nextEscape < next) {
        nextEscape = placeOf(bytes, ESCAPE, next);
      }
      if (nextBackspace < next) {
        nextBackspace = placeOf(bytes, BACKSPACE, next);
      }
      if (nextNul < next) {
        nextNul = placeOf(bytes, 0, next);
      }
      start = next;
      searchFrom = next;
    }
    this.keep(start, end);
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
      this.buffer = new Uint8Array(FIRST_BUFFER);
    } else if (start > 0 && this.kept > 0) {
      this.buffer.copyWithin(0, start, end);
    }
  }
}

function placeOf(bytes: Uint8Array, wanted: number, from: number): number {
  const at = bytes.indexOf(wanted, from);
  return at < 0 ? NOWHERE : at;
}
