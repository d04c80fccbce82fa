import { finish, type Steps } from '../steps';
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
import { NO_FIELD, TableRow } from './scan/tableRow';
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
  /** What a row of numbers alone says; null while there was none. */
  private row: TableRow | null = null;
  /** The last row was such a one. */
  private full = false;

  /** @param subject what a lone column "Value" shows. */
  constructor(
    private readonly recorder: Recorder,
    private readonly subject = '',
  ) {
    this.number = recorder.number;
    this.shapes = new LineShapes(recorder, false);
  }

  expected(bytes: Uint8Array, start: number, end: number, line: number): number {
    const { recorder, row, shapes } = this;
    if (row !== null && this.full) {
      const stop = row.match(bytes, start, end, this.number, recorder.room(row.meaning.keys.length + 1));
      if (stop >= 0) {
        recorder.fill(row.meaning);
        recorder.commitLike(row.meaning, line);
        return stop;
      }
    }
    const shape = shapes.foresee(bytes, start, end);
    this.full = false;
    if (shape === null) {
      return -1;
    }
    recorder.commitLike(shape.meaning, line);
    return shapes.stop;
  }

  line(bytes: Uint8Array, start: number, end: number, line: number): void {
    if (!this.header) {
      // A remark, or a header that is commented out, as numpy.savetxt writes it.
      const remark = bytes[start] === HASH;
      if (!remark || isHeaderRemark(textOf(bytes, start, Math.min(end, start + LONGEST_REMARK)))) {
        const from = remark ? skipSpaces(bytes, start + 1, end) : start;
        this.recorder.later.put(this.readingHeader(bytes, from, end));
      }
      return;
    }
    this.recorder.begin();
    const row = this.readingRow(bytes, start, end, line);
    if (this.columns.length > CELLS_A_STEP) {
      this.recorder.later.put(row);
    } else {
      finish(row);
    }
  }

  private *readingRow(bytes: Uint8Array, start: number, end: number, line: number): Steps<void> {
    const { recorder } = this;
    let at = start;
    let column = 0;
    let odd = 0;
    const fields: number[] = [];
    let plain = this.named < 0;
    const owner = this.named < 0 ? null : this.ownerOf(bytes, start, end);
    for (;;) {
      const cell = at;
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
          plain &&= from === cell && stop === after;
          fields.push(key === null ? NO_FIELD : recorder.size);
          if (key === null) {
            recorder.pass(this.number.from, this.number.to);
          } else {
            recorder.take(key);
          }
        } else {
          plain = false;
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
      } else {
        plain = false;
      }
      column++;
      if (at >= end) {
        break;
      }
      at++;
      if (column % CELLS_A_STEP === 0) {
        yield;
      }
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
    this.full = plain;
    if (!plain) {
      this.shapes.learn(bytes, start, end);
    } else if (this.row?.columns !== column) {
      this.row = new TableRow(fields, this.delimiter, recorder.meaningOf(undefined, 0, 0));
    }
    yield;
    yield* recorder.committing(line);
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

  /** A header may name tens of thousands of columns. */
  private *readingHeader(bytes: Uint8Array, start: number, end: number): Steps<void> {
    const counts = DELIMITERS.map((byte) => countOf(bytes, start, end, byte));
    const most = Math.max(...counts);
    if (most === 0) {
      return;
    }
    const delimiter = DELIMITERS[counts.indexOf(most)] ?? COMMA;
    yield;
    const { keys } = this.recorder;
    const columns: (Key | null)[] = [];
    const names: string[] = [];
    for (const [from, to] of cellsOf(bytes, start, end, delimiter)) {
      columns.push(to > from ? keys.find(bytes, from, to) : null);
      names.push(to - from > LONGEST_ROLE ? '' : textOf(bytes, from, to));
      if (columns.length % NAMES_A_STEP === 0) {
        yield;
      }
    }
    this.delimiter = delimiter;
    this.header = true;
    this.columns = columns;
    yield;
    const long = longColumns(names);
    this.named = long.name;
    const value = names.indexOf('Value');
    if (long.name < 0 && value >= 0 && this.subject !== '') {
      this.columns = this.columns.map((key, column) =>
        column === value ? keys.named(this.subject) : key?.meaning.role === 'metric' ? null : key,
      );
    }
    this.valueColumn = long.value;
  }

  /** What a row of a long table is about; null when its cell is empty. */
  private ownerOf(bytes: Uint8Array, start: number, end: number): Key | null {
    let column = 0;
    for (const [from, to] of cellsOf(bytes, start, end, this.delimiter)) {
      if (column++ === this.named) {
        return to > from ? this.recorder.keys.find(bytes, from, to) : null;
      }
    }
    return null;
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

const DELIMITERS = [COMMA, TAB, SEMICOLON];
/** A longer name says nothing of the other columns. */
const LONGEST_ROLE = 24;
/** Cells of a row that are read in one step. */
const CELLS_A_STEP = 1024;
/** Columns whose names are looked up in one step. */
const NAMES_A_STEP = 64;

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

function countOf(bytes: Uint8Array, start: number, end: number, byte: number): number {
  let count = 0;
  for (let at = indexOfByte(bytes, byte, start, end); at >= 0; at = indexOfByte(bytes, byte, at + 1, end)) {
    count++;
  }
  return count;
}

/** Cell ranges of a line, without blanks and quotes around them. */
function* cellsOf(
  bytes: Uint8Array,
  start: number,
  end: number,
  delimiter: number,
): Generator<readonly [from: number, to: number]> {
  for (let from = start, stop = 0; stop < end; from = stop + 1) {
    const found = indexOfByte(bytes, delimiter, from, end);
    stop = found < 0 ? end : found;
    let first = from;
    let last = stop;
    while (first < last && isPadding(bytes[first]!)) {
      first++;
    }
    while (last > first && isPadding(bytes[last - 1]!)) {
      last--;
    }
    yield [first, last];
  }
}

function isPadding(byte: number): boolean {
  return byte === SPACE || byte === QUOTE || byte === CR || byte === TAB;
}
