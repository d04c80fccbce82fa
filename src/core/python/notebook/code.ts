import type { TextEdit, TextRange } from '../../text';
import { LineIndex } from '../lines';
import { type CodeCell, codeCells } from './cells';
import { withoutMagics } from './magics';

/** The code of a notebook as one Python text, and the way back to the file. */
export interface NotebookCode {
  /** The code cells one after the other; what is not Python (magics, shell lines) is blank. */
  readonly text: string;
  /** Place in the notebook's file; null where it spans cells. */
  rangeInFile(range: TextRange): TextRange | null;
  /** Where a 1-based line of the text is for whoever has the notebook open; null between cells. */
  cellOf(line: number): CellLine | null;
  /** The same edit of the notebook's file, its formatting kept; null where it spans cells. */
  editInFile(edit: TextEdit): TextEdit | null;
}

/** A line as an editor shows a notebook. */
export interface CellLine {
  /** Among all cells, Markdown ones too, from 1. */
  readonly cell: number;
  /** In its cell, from 1. */
  readonly line: number;
}

/** Code that a notebook stores is written by hand; more than this is data. */
const MAX_CODE = 2_000_000;

/** Where one cell's code is in the text of all, and how the file separates its lines. */
interface PlacedCell {
  readonly number: number;
  readonly from: number;
  readonly to: number;
  /** What stands in the file between two lines of code: `\n",` a line break, the indentation and a quote; or `\n` alone. */
  readonly lineBreak: string;
}

/** Reads the code of a notebook's file; null for text that is no notebook. */
export function notebookCode(file: string): NotebookCode | null {
  const cells = codeCells(file);
  if (cells === null) {
    return null;
  }
  const parts: string[] = [];
  const places: number[] = [];
  const placed: PlacedCell[] = [];
  for (const cell of cells) {
    const from = places.length;
    const last = cell.strings[cell.strings.length - 1];
    if (last === undefined) {
      // An empty cell has a line too, where an editor shows it.
      parts.push('\n');
      places.push(places[places.length - 1] ?? 0);
      continue;
    }
    const code = cell.strings.map((span) => decode(file, span.start, span.end, places)).join('');
    if (places.length > MAX_CODE) {
      places.length = from;
      continue;
    }
    parts.push(withoutMagics(code));
    placed.push({ number: cell.number, from, to: places.length, lineBreak: lineBreakOf(file, cell) });
    // Cells end without a line break; the one between them is in no file.
    parts.push('\n');
    places.push(last.end);
  }
  const text = parts.join('');
  places.push(places[places.length - 1] ?? 0);
  return new Code(text, places, placed, new LineIndex(text), new LineIndex(file));
}

class Code implements NotebookCode {
  constructor(
    readonly text: string,
    private readonly places: readonly number[],
    private readonly cells: readonly PlacedCell[],
    private readonly lines: LineIndex,
    private readonly fileLines: LineIndex,
  ) {}

  rangeInFile(range: TextRange): TextRange | null {
    const span = this.span(range);
    return span === null ? null : this.fileLines.range(span);
  }

  cellOf(line: number): CellLine | null {
    const at = this.lines.startOf(line);
    const cell = this.cells.find(({ from, to }) => from <= at && at <= to);
    return cell === undefined ? null : { cell: cell.number, line: line - this.lines.lineOf(cell.from) + 1 };
  }

  editInFile(edit: TextEdit): TextEdit | null {
    const span = this.span(edit);
    if (span === null) {
      return null;
    }
    const newText = edit.newText
      .split(/\r?\n/)
      .map((line) => JSON.stringify(line).slice(1, -1))
      .join(span.cell.lineBreak);
    return { ...this.fileLines.range(span), newText };
  }

  /** Offsets in the file of a range inside one cell. */
  private span(range: TextRange): { start: number; end: number; cell: PlacedCell } | null {
    const from = this.lines.offsetOf(range.line, range.column);
    const to = this.lines.offsetOf(range.endLine, range.endColumn);
    const cell = this.cells.find((one) => one.from <= from && from <= one.to && to <= one.to + 1);
    const start = this.places[from];
    const end = cell === undefined ? undefined : this.places[Math.min(to, cell.to)];
    return cell === undefined || start === undefined || end === undefined || end < start
      ? null
      : { start, end, cell };
  }
}

/** The text of a JSON string; adds the place in the file of each of its characters. */
function decode(file: string, start: number, end: number, places: number[]): string {
  let out = '';
  for (let at = start; at < end; at++) {
    places.push(at);
    if (file[at] !== '\\') {
      out += file[at];
      continue;
    }
    const letter = file[at + 1] ?? '';
    const hex = letter === 'u' ? Number.parseInt(file.slice(at + 2, at + 6), 16) : Number.NaN;
    out += Number.isNaN(hex) ? (ESCAPES[letter] ?? letter) : String.fromCharCode(hex);
    at += letter === 'u' ? 5 : 1;
  }
  return out;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };

function lineBreakOf(file: string, { strings }: CodeCell): string {
  const [first, second] = strings;
  if (first !== undefined && second !== undefined) {
    return `\\n${file.slice(first.end, second.start)}`;
  }
  const isList =
    first !== undefined && /\[\s*$/.test(file.slice(Math.max(0, first.start - 200), first.start - 1));
  if (first === undefined || !isList) {
    return '\\n';
  }
  const before = /(\r?\n[ \t]*)$/.exec(file.slice(Math.max(0, first.start - 200), first.start - 1))?.[1];
  return `\\n",${before ?? ' '}"`;
}
