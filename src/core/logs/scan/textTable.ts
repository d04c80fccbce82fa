import { meaningOf } from '../keys';
import type { Key } from '../keyTable';
import type { Recorder } from '../recorder';
import { BAR, HASH, isDigit, isLetter, skipSpaces, TAB, textOf } from './bytes';
import { isOtherScience } from './names';
import { numberOf } from './printedNumbers';

/** Longest line of a table printed for people. */
const LONGEST_ROW = 2000;
/** Letters of the longest first word of a header. */
const LONGEST_WORD = 10;
const NUMBER = /^[-+]?(?:\d+\.?\d*(?:e[-+]?\d+)?|\.\d+(?:e[-+]?\d+)?|nan|inf(?:inity)?)%?$/i;
const LABEL_HEADER = /^(?:layer|layers|name|param|params|parameter|parameters|module|tensor)(?:[ _]?name)?$/i;
const AXIS_HEADER = /^(?:epochs?|steps?|iters?|iterations?|batch)$/i;
const STATISTIC = /^(?:norm|l2|l2[ _]norm|mean|avg|std|max|min|abs[ _]?mean|mean[ _]?abs|rms)$/i;
const RULE = /^[\s\-=+|:_\u2500-\u257f]+$/;
const BARS = /[|\u2502\u2503\u2551]/;
const EACH_BAR = /[|\u2502\u2503\u2551]/g;

/** `|g|` and `||w||` in a heading are norms, no bars between cells. */
const NORM_CELL = /(^|\s)\|\|?[a-z∇]{1,8}\|\|?(?=\s|$)/gi;

/** Several words apart from each other, or numbers. */
const GROUP = /\S\s{2,}\S|\d\s+[-+]?\.?\d/;

function isBarred(line: string): boolean {
  return BARS.test(line) && BARS.test(line.replace(NORM_CELL, '$1'));
}

/** `iter  loss | g:fc1  g:fc2`: bars that group columns, which blanks divide. */
function ungrouped(line: string): string {
  const groups = isBarred(line) && !/^\s*[|\u2502\u2503\u2551]/.test(line) ? line.split(BARS) : [];
  return groups.some((group) => GROUP.test(group)) ? groups.join('  ') : line;
}

/** How a table's cells are told apart: by bars, or by blanks. */
function cellsOf(line: string): string[] {
  if (isBarred(line)) {
    return line
      .replace(/^\s*[|\u2502\u2503\u2551]/, '')
      .replace(/[|\u2502\u2503\u2551]\s*$/, '')
      .split(BARS)
      .map((cell) => cell.trim());
  }
  const wide = line.trim().split(/\s{2,}|\t/);
  return wide.length > 1 ? wide : line.trim().split(/\s+/);
}

/**
 * Tables of aligned or barred columns: one row a layer (`layer | mean | std | norm`) or one row an epoch
 * (`epoch  train_loss  valid_loss`). Rows of layers count only where the header or a line above says "gradient".
 */
export class TextTable {
  private header: readonly string[] = [];
  private kind: 'none' | 'layers' | 'axis' = 'none';
  private ofGradient = false;
  private barred = false;
  private grouped = false;
  /** Its heading is further to the right: a data frame, whose rows are counted before the first column. */
  private indented = false;

  /** @param aboutGradients the whole log is: its path says so. */
  constructor(
    private readonly recorder: Recorder,
    private readonly aboutGradients = false,
  ) {}

  /** A header was read, and rows may follow. */
  get open(): boolean {
    return this.kind !== 'none';
  }

  /**
   * Reads a line if it belongs to a table.
   * @param announced a line above spoke of gradients.
   * @returns false when the line is something else.
   */
  line(bytes: Uint8Array, start: number, end: number, number: number, announced: boolean): boolean {
    if (this.kind === 'none' && !mayBeHeader(bytes, start, end)) {
      return false;
    }
    if (end - start > LONGEST_ROW) {
      this.kind = 'none';
      return false;
    }
    const text = textOf(bytes, start, end);
    if (this.kind !== 'none') {
      if (RULE.test(text) && text.trim() !== '') {
        return true;
      }
      if (this.row(text, number)) {
        return true;
      }
      this.kind = 'none';
    }
    return mayBeHeader(bytes, start, end) && this.readHeader(text, announced);
  }

  private readHeader(text: string, announced: boolean): boolean {
    const plain = ungrouped(text.replace(/^\s*#/, ''));
    const cells = cellsOf(plain);
    const [first = '', ...others] = cells;
    if (others.length === 0 || cells.some((cell) => cell === '' || cell.length > 60 || NUMBER.test(cell))) {
      return false;
    }
    const meanings = others.map(meaningOf);
    const gradient = meanings.some(
      ({ kind, weak }) => (kind === 'grad-norm' || kind === 'grad-max') && !weak,
    );
    if (/^\s{2}/.test(text) && announced && cells.every(isMeasure)) {
      // A data frame: its index of names has no heading.
      this.header = ['', ...cells];
      this.kind = 'layers';
      this.ofGradient = true;
      this.grouped = false;
      this.barred = false;
      return true;
    }
    if (LABEL_HEADER.test(first)) {
      const measures = gradient || others.some(isMeasure);
      this.kind = measures ? 'layers' : 'none';
      this.ofGradient = announced || this.aboutGradients || others.some(isOfGradient);
    } else if (AXIS_HEADER.test(first)) {
      // A column "gradient" alone stands in tables of many sciences.
      const norm = gradient && others.some((cell) => /norm|grads?$/i.test(cell)) && !isOtherScience(others);
      const loss = meanings.some(({ kind, weak }) => kind === 'loss' && !weak);
      // "g:fc1", "gn_fc2": one letter, but for several parts of a model.
      const parts = meanings.filter(({ kind, parameter }) => kind === 'grad-norm' && parameter !== null);
      this.kind = norm || loss || parts.length > 1 ? 'axis' : 'none';
    }
    this.header = cells;
    this.grouped = plain.length > text.length;
    this.barred = isBarred(plain);
    this.indented = /^\s{2}/.test(text) && !this.barred;
    return this.kind !== 'none';
  }

  private row(text: string, number: number): boolean {
    const plain = this.grouped ? text.replace(EACH_BAR, '  ') : text;
    const barred = isBarred(plain);
    let cells = cellsOf(plain);
    if (cells.length !== this.header.length && !barred) {
      cells = plain.trim().split(/\s+/);
    }
    if (
      this.indented &&
      this.kind === 'axis' &&
      cells.length === this.header.length + 1 &&
      /^\d+$/.test(cells[0]!)
    ) {
      cells.shift();
    }
    if (
      barred !== this.barred ||
      (!barred &&
        this.kind === 'layers' &&
        cells.slice(1).some((cell) => /^[a-z]/i.test(cell) && !NUMBER.test(cell)))
    ) {
      return false;
    }
    if (cells.length !== this.header.length || NUMBER.test(cells[0] ?? '') !== (this.kind === 'axis')) {
      return false;
    }
    const { recorder } = this;
    const owner = this.kind === 'layers' ? recorder.keys.named(cells[0] ?? '') : null;
    recorder.begin();
    let numbers = 0;
    cells.forEach((cell, column) => {
      if (!NUMBER.test(cell) || (owner !== null && column === 0)) {
        return;
      }
      numbers++;
      const key = this.keyOf(owner, this.header[column] ?? '');
      if (key !== null) {
        recorder.add(key, numberOf(cell.replace('%', '')));
      }
    });
    if (numbers === 0) {
      return false;
    }
    if (recorder.hasMetric()) {
      recorder.commit(number);
    }
    return true;
  }

  private keyOf(owner: Key | null, column: string): Key | null {
    const { keys } = this.recorder;
    if (owner === null) {
      return keys.named(column);
    }
    if (!this.ofGradient) {
      return null;
    }
    const measure =
      column.startsWith('|') && isOfGradient(column)
        ? 'grad norm'
        : isOfGradient(column)
          ? column
          : STATISTIC.test(column)
            ? `grad ${column}`
            : null;
    return measure === null ? null : keys.ownedBy(owner, measure);
  }
}

/** A cheap look: the line begins with a word and another behind a blank or bar, and holds no number and no separator. */
function mayBeHeader(bytes: Uint8Array, start: number, end: number): boolean {
  let at = skipSpaces(bytes, start, end);
  if (bytes[at] === BAR) {
    at = skipSpaces(bytes, at + 1, end);
  } else if (bytes[at] === HASH) {
    // numpy.savetxt comments its header out.
    at = skipSpaces(bytes, at + 1, end);
  } else if (bytes[at] === 0xe2) {
    at = skipSpaces(bytes, at + 3, end);
  }
  const first = (bytes[at] ?? 0) | 32;
  // e(poch), s(tep), i(ter), b(atch), l(ayer), n(ame), p(arameter), m(odule), t(ensor)
  if (
    !(
      first === 101 ||
      first === 115 ||
      first === 105 ||
      first === 98 ||
      first === 108 ||
      (first >= 109 && first <= 116)
    )
  ) {
    return false;
  }
  const word = at;
  while (at < end && at - word <= LONGEST_WORD && isLetter(bytes[at])) {
    at++;
  }
  const next = skipSpaces(bytes, at, end);
  if (
    at - word > LONGEST_WORD ||
    (next === at && bytes[at] !== 95 && bytes[at] !== BAR) ||
    isDigit(bytes[next]) ||
    bytes[next] === 91
  ) {
    return false;
  }
  for (at = next; at < end && at - start < LONGEST_ROW; at++) {
    const byte = bytes[at]!;
    const joins = byte === 58 && isLetter(bytes[at - 1]) && isLetter(bytes[at + 1]);
    if ((byte === 58 && !joins) || byte === 61 || byte === 123 || (isDigit(byte) && isBlank(bytes[at - 1]))) {
      return false;
    }
  }
  return next < end;
}

function isBlank(byte: number | undefined): boolean {
  return byte === 32 || byte === TAB;
}

function isMeasure(cell: string): boolean {
  return STATISTIC.test(cell) || isOfGradient(cell);
}

function isOfGradient(cell: string): boolean {
  return /grad|∇|^\|\|?g\|\|?$/i.test(cell);
}
