import type { LineParser } from './format';
import { meaningOf } from './keys';
import { type Key, saysEval } from './keyTable';
import { LineShapes } from './lineShapes';
import type { Recorder } from './recorder';
import {
  COMMA,
  CR,
  DOT,
  HASH,
  indexOfByte,
  QUOTE,
  SEMICOLON,
  SPACE,
  skipSpaces,
  TAB,
  textOf,
} from './scan/bytes';
import type { NumberScanner } from './scan/number';
import { afterParen, tensorNumber } from './scan/textMarks';

/** A table with a header line. Empty cells are no points; a row that is shorter than the header is cut off. */
export class CsvLog implements LineParser {
  private readonly number: NumberScanner;
  private columns: (Key | null)[] = [];
  private header = false;
  /** Column of a long table that names what its row is about; -1 in a wide table. */
  private named = -1;
  /** The value column of a long table is the named thing itself, not a measure of it. */
  private valueColumn = -1;
  private readonly scratch = new Uint8Array(64);
  private delimiter = COMMA;
  private readonly shapes: LineShapes;

  /** @param subject what a lone column "Value" shows. */
  constructor(
    private readonly recorder: Recorder,
    private readonly subject = '',
  ) {
    this.number = recorder.number;
    this.shapes = new LineShapes(recorder, false);
  }

  expected(bytes: Uint8Array, start: number, end: number, line: number): number {
    const shape = this.shapes.foresee(bytes, start, end);
    if (shape === null) {
      return -1;
    }
    this.recorder.commitLike(shape.meaning, line);
    return this.shapes.stop;
  }

  line(bytes: Uint8Array, start: number, end: number, line: number): void {
    if (!this.header) {
      // A remark, or a header that is commented out, as numpy.savetxt writes it.
      const remark = bytes[start] === HASH;
      if (!remark || isHeaderRemark(textOf(bytes, start, Math.min(end, start + LONGEST_REMARK)))) {
        this.readHeader(bytes, remark ? skipSpaces(bytes, start + 1, end) : start, end);
      }
      return;
    }
    const recorder = this.recorder;
    recorder.begin();
    let at = start;
    let column = 0;
    let odd = 0;
    const owner = this.named < 0 ? null : this.ownerOf(bytes, start, end);
    for (;;) {
      while (
        at < end &&
        (bytes[at] === SPACE || bytes[at] === QUOTE || (bytes[at] === TAB && this.delimiter !== TAB))
      ) {
        at++;
      }
      if (at < end && bytes[at] !== this.delimiter) {
        const key = owner === null ? (this.columns[column] ?? null) : this.keyOf(owner, column);
        const from = tensorNumber(bytes, at, end);
        let after = this.number.scan(bytes, from, end);
        if (after > 0 && bytes[after] === COMMA && this.delimiter !== COMMA && from === at) {
          after = this.decimalComma(bytes, at, after, end);
        }
        let stop = after < 0 ? at : from > at ? afterParen(bytes, after, end) : after;
        while (stop < end && (bytes[stop] === SPACE || bytes[stop] === QUOTE || bytes[stop] === CR)) {
          stop++;
        }
        if (after > 0 && (stop === end || bytes[stop] === this.delimiter)) {
          if (key === null) {
            recorder.pass(this.number.from, this.number.to);
          } else {
            recorder.take(key);
          }
        } else {
          stop = this.endOfCell(bytes, at, end, bytes[at - 1] === QUOTE && at > start);
          const split = key !== null && key.says === 'split';
          odd += column === this.named || split ? 0 : 1;
          if (
            split &&
            saysEval(textOf(bytes, at, Math.min(stop, at + LONGEST_SPLIT)).replace(/["\s]+$/, ''))
          ) {
            recorder.setEval();
          }
          if (column !== this.named) {
            recorder.passDigits(bytes, at, stop);
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
        recorder.problem(
          line,
          column < this.columns.length - 1
            ? `${column} cells where the header has ${this.columns.length}`
            : 'More cells without a number than with one',
        );
      }
      return;
    }
    this.shapes.learn(bytes, start, end);
    recorder.commit(line);
  }

  /** Where a cell of words ends: a delimiter between quotes parts nothing, unless the quote is never closed. */
  private endOfCell(bytes: Uint8Array, at: number, end: number, quoted: boolean): number {
    let close = quoted ? indexOfByte(bytes, QUOTE, at, end) : -1;
    while (close >= 0 && bytes[close + 1] === QUOTE && close + 1 < end) {
      close = indexOfByte(bytes, QUOTE, close + 2, end);
    }
    const stop = indexOfByte(bytes, this.delimiter, close < 0 ? at : close + 1, end);
    return stop < 0 ? end : stop;
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
    const long = longColumns(cells.map(([from, to]) => textOf(bytes, from, to)));
    this.named = long.name;
    const value = cells.findIndex(([from, to]) => textOf(bytes, from, to) === 'Value');
    if (long.name < 0 && value >= 0 && this.subject !== '') {
      this.columns = this.columns.map((key, column) =>
        column === value
          ? this.recorder.keys.named(this.subject)
          : key?.meaning.role === 'metric'
            ? null
            : key,
      );
    }
    this.valueColumn = long.value;
  }

  /** What a row of a long table is about; null when its cell is empty. */
  private ownerOf(bytes: Uint8Array, start: number, end: number): Key | null {
    const cell = cellsOf(bytes, start, end, this.delimiter)[this.named];
    return cell === undefined || cell[1] <= cell[0] ? null : this.recorder.keys.find(bytes, cell[0], cell[1]);
  }

  private keyOf(owner: Key, column: number): Key | null {
    const key = this.columns[column] ?? null;
    if (column === this.named) {
      return null;
    }
    if (column === this.valueColumn) {
      return owner;
    }
    if (key === null || key.meaning.role !== 'metric') {
      return key;
    }
    return this.valueColumn < 0 ? this.recorder.keys.ownedBy(owner, key.name) : null;
  }

  /** `0,532` where commas do not part the cells. @returns the offset after the number; its value is in `number`. */
  private decimalComma(bytes: Uint8Array, at: number, comma: number, end: number): number {
    let to = comma + 1;
    while (to < end && to - at < this.scratch.length && bytes[to] !== this.delimiter && bytes[to] !== QUOTE) {
      to++;
    }
    this.scratch.set(bytes.subarray(at, Math.min(to, at + this.scratch.length)));
    this.scratch[comma - at] = DOT;
    const length = this.number.scan(this.scratch, 0, Math.min(to - at, this.scratch.length));
    // It stands in the scratch, not on the line.
    this.number.from = -1;
    return length < 0 ? comma : at + length;
  }
}

/** A longer remark is looked at in part. */
const LONGEST_REMARK = 4000;

/** True when a line `# step,loss,…` names columns: a step or epoch is the first thing in it. */
export function isHeaderRemark(line: string): boolean {
  const [first = '', ...others] = line.replace(/^#\s*/, '').split(/[,;\t]/);
  const { role } = meaningOf(first.trim());
  return others.length > 0 && (role === 'step' || role === 'epoch');
}

/** A longer cell names no split. */
const LONGEST_SPLIT = 20;
const LAYER_COLUMN = /^(?:layer|param|parameter|module|tensor)(?:[ _]?name)?$/i;
const NAME_COLUMN = /^(?:name|metric|tag|key|variable|layer|param|parameter)(?:[ _]?name)?$/i;
const VALUE_COLUMN = /^(?:value|val|scalar)$/i;

/**
 * Finds the columns of a long table: `step,layer,grad_norm` (each row measures a layer) or `step,name,value`.
 * @returns -1 for what a table does not have.
 */
export function longColumns(cells: readonly string[]): { readonly name: number; readonly value: number } {
  const value = cells.findIndex((cell) => VALUE_COLUMN.test(cell));
  const name = cells.findIndex((cell) => (value < 0 ? LAYER_COLUMN : NAME_COLUMN).test(cell));
  return { name, value: name < 0 ? -1 : value };
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
