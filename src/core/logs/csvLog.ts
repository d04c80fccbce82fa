import type { LineParser } from './format';
import type { Key } from './keyTable';
import type { Recorder } from './recorder';
import { COMMA, CR, QUOTE, SEMICOLON, SPACE, TAB } from './scan/bytes';
import type { NumberScanner } from './scan/number';

/** A table with a header line. Empty cells are no points; a row that is shorter than the header is cut off. */
export class CsvLog implements LineParser {
  private readonly number: NumberScanner;
  private columns: (Key | null)[] = [];
  private header = false;
  private delimiter = COMMA;

  constructor(private readonly recorder: Recorder) {
    this.number = recorder.number;
  }

  line(bytes: Uint8Array, start: number, end: number, line: number): void {
    if (!this.header) {
      this.readHeader(bytes, start, end);
      return;
    }
    const recorder = this.recorder;
    recorder.begin();
    let at = start;
    let column = 0;
    let odd = 0;
    for (;;) {
      while (
        at < end &&
        (bytes[at] === SPACE || bytes[at] === QUOTE || (bytes[at] === TAB && this.delimiter !== TAB))
      ) {
        at++;
      }
      if (at < end && bytes[at] !== this.delimiter) {
        const key = this.columns[column] ?? null;
        const after = this.number.scan(bytes, at, end);
        let stop = after < 0 ? at : after;
        while (stop < end && (bytes[stop] === SPACE || bytes[stop] === QUOTE || bytes[stop] === CR)) {
          stop++;
        }
        if (after > 0 && (stop === end || bytes[stop] === this.delimiter)) {
          if (key !== null) {
            recorder.take(key);
          }
        } else {
          odd++;
          stop = bytes.indexOf(this.delimiter, at);
          if (stop < 0 || stop > end) {
            stop = end;
          }
        }
        at = stop;
      }
      column++;
      if (at >= end) {
        break;
      }
      at++;
    }
    if (column < this.columns.length - 1 || recorder.size === 0 || odd > recorder.size) {
      // A repeated header, a conflict marker, a row cut in the middle.
      if (recorder.size > 0) {
        recorder.problem(line, `${column} cells where the header has ${this.columns.length}`);
      }
      return;
    }
    recorder.commit(line);
  }

  private readHeader(bytes: Uint8Array, start: number, end: number): void {
    const counts = [COMMA, TAB, SEMICOLON].map((byte) => cellsOf(bytes, start, end, byte));
    const cells = counts.reduce((best, other) => (other.length > best.length ? other : best));
    if (cells.length < 2) {
      return;
    }
    this.delimiter = [COMMA, TAB, SEMICOLON][counts.indexOf(cells)] ?? COMMA;
    this.header = true;
    this.columns = cells.map(([from, to]) => (to > from ? this.recorder.keys.find(bytes, from, to) : null));
  }
}

/** Cell ranges of a line, without blanks and quotes around them. */
function cellsOf(bytes: Uint8Array, start: number, end: number, delimiter: number): [number, number][] {
  const cells: [number, number][] = [];
  let from = start;
  for (let at = start; at <= end; at++) {
    if (at === end || bytes[at] === delimiter) {
      let first = from;
      let last = at;
      while (first < last && isPadding(bytes[first]!)) {
        first++;
      }
      while (last > first && isPadding(bytes[last - 1]!)) {
        last--;
      }
      cells.push([first, last]);
      from = at + 1;
    }
  }
  return cells;
}

function isPadding(byte: number): boolean {
  return byte === SPACE || byte === QUOTE || byte === CR || byte === TAB;
}
