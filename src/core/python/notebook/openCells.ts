import type { DocumentEdits, Finding, Fix, RelatedPlace } from '../../rules/finding';
import type { TextEdit, TextRange } from '../../text';
import { withoutMagics } from './magics';

/** The code of one cell of a notebook that an editor holds open. */
export interface OpenCell {
  /** What the core knows the cell's document by. */
  readonly path: string;
  readonly text: string;
}

/** Where a cell's lines are in the code of the whole notebook. */
export interface CellPlace {
  readonly path: string;
  /** Lines of the notebook's code above the cell. */
  readonly above: number;
  /** Length of each of the cell's lines. */
  readonly lengths: readonly number[];
}

/** Does a line of the notebook's code stand in this cell? */
export function holdsLine({ above, lengths }: CellPlace, line: number): boolean {
  return above < line && line <= above + lengths.length;
}

export interface OpenNotebook {
  /** The code of all cells one after the other, in the notebook's order. */
  readonly text: string;
  readonly cells: readonly CellPlace[];
}

/** A cell alone knows no import, model or optimizer of the cells above it: what runs as one program is read as one. */
export function joinCells(cells: readonly OpenCell[]): OpenNotebook {
  const places: CellPlace[] = [];
  let above = 0;
  for (const { path, text } of cells) {
    const lengths = text.split(/\r\n|\r|\n/).map((line) => line.length);
    places.push({ path, above, lengths });
    above += lengths.length;
  }
  return { text: cells.map(({ text }) => `${withoutMagics(text)}\n`).join(''), cells: places };
}

/** What of the notebook's findings stands in one cell, at its place there. A fix with an edit that spans cells is left out. */
export function findingsInCell(
  findings: readonly Finding[],
  { cells }: OpenNotebook,
  path: string,
): readonly Finding[] {
  return findings.flatMap((finding): readonly Finding[] => {
    const own = rangeInCell(finding.range, cells);
    return own?.path !== path
      ? []
      : [
          {
            ...finding,
            message: withCellLines(finding.message, cells, path),
            range: own.range,
            related: finding.related.flatMap((place): RelatedPlace[] => {
              const there = rangeInCell(place.range, cells);
              const message = withCellLines(place.message, cells, there?.path ?? path);
              return there === null ? [] : [{ ...place, ...there, message }];
            }),
            fixes: finding.fixes.flatMap((fix) => fixInCells(fix, cells, path)),
          },
        ];
  });
}

/** The fix as one of a cell, its own where it edits that; what it changes in other cells is elsewhere. */
function fixInCells(fix: Fix, cells: readonly CellPlace[], own: string): readonly Fix[] {
  const edited = editsInCells(fix.edits, cells);
  const first = edited?.find(({ path }) => path === own) ?? edited?.[0];
  if (edited === null || first === undefined) {
    return [];
  }
  const elsewhere = edited.filter((cell) => cell !== first);
  return [{ ...fix, ...first, ...(elsewhere.length === 0 ? {} : { elsewhere }) }];
}

/** Edits of the notebook's code as edits of its cells, in the order of the cells; null where one of them spans cells. */
export function editsInCells(
  edits: readonly TextEdit[],
  cells: readonly CellPlace[],
): readonly DocumentEdits[] | null {
  const byCell = new Map<string, TextEdit[]>(cells.map(({ path }) => [path, []]));
  for (const one of edits) {
    const placed = editInCell(one, cells);
    if (placed === null) {
      return null;
    }
    byCell.get(placed.path)?.push(placed.edit);
  }
  return [...byCell].flatMap(([path, own]) => (own.length === 0 ? [] : [{ path, edits: own }]));
}

/** A range of the notebook's code in the cell that holds it; null where it spans cells. */
export function rangeInCell(
  range: TextRange,
  cells: readonly CellPlace[],
): { path: string; range: TextRange } | null {
  const cell = cells.find((one) => holdsLine(one, range.line));
  const there = cell === undefined ? null : moved(range, -cell.above);
  return cell === undefined || there === null || there.endLine > cell.lengths.length
    ? null
    : { path: cell.path, range: there };
}

function editInCell(edit: TextEdit, cells: readonly CellPlace[]): { path: string; edit: TextEdit } | null {
  const inside = rangeInCell(edit, cells);
  if (inside !== null) {
    return { path: inside.path, edit: { ...inside.range, newText: edit.newText } };
  }
  const cell = cells.find((one) => holdsLine(one, edit.line));
  if (cell === undefined) {
    return null;
  }
  const { path, above, lengths } = cell;
  const last = lengths.length;
  if (edit.endLine !== above + last + 1 || edit.endColumn !== 1) {
    return null;
  }
  // Whole lines at the end of a cell: the line break behind the last one is in no cell, so the one before them goes.
  const end = { endLine: last, endColumn: (lengths[last - 1] ?? 0) + 1 };
  const line = edit.line - above;
  const before = lengths[line - 2];
  return edit.newText === '' && edit.column === 1 && before !== undefined
    ? { path, edit: { line: line - 1, column: before + 1, ...end, newText: '' } }
    : { path, edit: { line, column: edit.column, ...end, newText: edit.newText.replace(/\r?\n$/, '') } };
}

function moved(range: TextRange, by: number): TextRange {
  const { line, column, endLine, endColumn } = range;
  return { line: line + by, column, endLine: endLine + by, endColumn };
}

/** "(line 42)" as the lines of a cell are counted; of another cell, with its number among those that hold code. */
function withCellLines(message: string, cells: readonly CellPlace[], path: string): string {
  return message.replace(/\bline (\d+)/g, (said, number) => {
    const line = Number(number);
    const index = cells.findIndex((one) => holdsLine(one, line));
    const cell = cells[index];
    if (cell === undefined) {
      return said;
    }
    const there = `line ${line - cell.above}`;
    return cell.path === path ? there : `${there} of code cell ${index + 1}`;
  });
}
