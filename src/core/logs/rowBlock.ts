import type { PointColumns } from '../run/pointColumns';

/** Numbers that wait together: they and the ends of the columns they go to fit a processor's cache. */
const NUMBERS = 8192;
const MOST_ROWS = 256;

/**
 * Rows of records alike that wait to be added to their series: a row that is stored at once touches every column of the
 * run, and a block touches each column once.
 */
export class RowBlock {
  rows = 0;
  private columns: readonly (PointColumns | null)[] = [];
  private most = 0;
  private readonly values = new Float64Array(NUMBERS);
  private readonly steps = new Float64Array(MOST_ROWS);
  private readonly lines = new Float64Array(MOST_ROWS);

  /** @param columns where the numbers of a row go; null for what is no point. The block must be empty. */
  open(columns: readonly (PointColumns | null)[]): void {
    this.columns = columns;
    this.most = Math.min(MOST_ROWS, Math.floor(NUMBERS / columns.length));
  }

  /** False when a row of so many numbers is too wide to wait for another. */
  static takes(numbers: number): boolean {
    return numbers * 2 <= NUMBERS;
  }

  add(values: Float64Array, step: Float64Array, line: number): void {
    if (this.rows === this.most) {
      this.store();
    }
    const { length } = this.columns;
    const to = this.values;
    const start = this.rows * length;
    for (let index = 0; index < length; index++) {
      to[start + index] = values[index]!;
    }
    this.steps[this.rows] = step[0]!;
    this.lines[this.rows] = line;
    this.rows++;
  }

  /** Adds the rows to their columns. */
  store(): void {
    const { columns, rows, steps, lines, values } = this;
    const places = { steps, lines, stepBy: spacingOf(steps, rows), lineBy: spacingOf(lines, rows) };
    for (let index = 0; index < columns.length; index++) {
      columns[index]?.appendRows(places, values, index, columns.length, rows);
    }
    this.rows = 0;
  }
}

/** How far apart the numbers are, if they are integers and evenly spaced; NaN if not. */
function spacingOf(numbers: Float64Array, count: number): number {
  const first = numbers[0]!;
  const by = count > 1 ? numbers[1]! - first : 0;
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(first + count * by)) {
    return Number.NaN;
  }
  for (let index = 2; index < count; index++) {
    if (numbers[index] !== first + index * by) {
      return Number.NaN;
    }
  }
  return by;
}
