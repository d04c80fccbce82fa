/** A piece of a notebook's code: one JSON string, by the offsets of its content (without the quotes) in the file. */
export interface StringSpan {
  readonly start: number;
  readonly end: number;
}

/** One code cell. */
export interface CodeCell {
  /** Its place among all cells, Markdown ones too, counted from 1 as editors do. */
  readonly number: number;
  /** Usually one string a line, each with its line break; one string for all in some writers' files. */
  readonly strings: readonly StringSpan[];
}

interface Scan {
  readonly text: string;
  at: number;
}

/** Deeper nesting than any notebook has. */
const MAX_DEPTH = 200;

/** The code cells of a Jupyter notebook (nbformat 4), in order; null for text that is no notebook. */
export function codeCells(text: string): readonly CodeCell[] | null {
  const cells: CodeCell[] = [];
  let number = 0;
  let isNotebook = false;
  try {
    const scan = { text, at: text.startsWith('\uFEFF') ? 1 : 0 };
    eachEntry(scan, 0, (key) => {
      if (key === 'cells') {
        isNotebook = true;
        eachItem(scan, 1, () => {
          const cell = readCell(scan, ++number);
          if (cell !== null) {
            cells.push(cell);
          }
        });
        return true;
      }
      return false;
    });
  } catch (error) {
    if (error instanceof NotJson) {
      return null;
    }
    throw error;
  }
  return isNotebook ? cells : null;
}

class NotJson extends Error {}

function readCell(scan: Scan, number: number): CodeCell | null {
  let isCode = false;
  const strings: StringSpan[] = [];
  eachEntry(scan, 2, (key) => {
    if (key === 'cell_type') {
      const { start, end } = readString(scan);
      isCode = scan.text.slice(start, end) === 'code';
      return true;
    }
    if (key === 'source') {
      if (scan.text[scan.at] === '"') {
        strings.push(readString(scan));
      } else {
        eachItem(scan, 3, () => strings.push(readString(scan)));
      }
      return true;
    }
    return false;
  });
  return isCode ? { number, strings } : null;
}

/** Walks an object; `visit` reads the value and says so, or leaves it to be skipped. */
function eachEntry(scan: Scan, depth: number, visit: (key: string) => boolean): void {
  expect(scan, '{');
  while (!take(scan, '}')) {
    blank(scan);
    const { start, end } = readString(scan);
    expect(scan, ':');
    blank(scan);
    if (!visit(scan.text.slice(start, end))) {
      skip(scan, depth + 1);
    }
    if (!take(scan, ',')) {
      expect(scan, '}');
      return;
    }
  }
}

function eachItem(scan: Scan, depth: number, visit: () => void): void {
  if (depth > MAX_DEPTH) {
    throw new NotJson();
  }
  expect(scan, '[');
  while (!take(scan, ']')) {
    blank(scan);
    visit();
    if (!take(scan, ',')) {
      expect(scan, ']');
      return;
    }
  }
}

function skip(scan: Scan, depth: number): void {
  if (depth > MAX_DEPTH) {
    throw new NotJson();
  }
  switch (scan.text[scan.at]) {
    case '{':
      eachEntry(scan, depth, () => false);
      return;
    case '[':
      eachItem(scan, depth, () => skip(scan, depth + 1));
      return;
    case '"':
      readString(scan);
      return;
    default: {
      const word = /[\w.+-]+/y;
      word.lastIndex = scan.at;
      if (!word.test(scan.text)) {
        throw new NotJson();
      }
      scan.at = word.lastIndex;
    }
  }
}

function readString(scan: Scan): StringSpan {
  expect(scan, '"');
  const start = scan.at;
  for (let at = start; at < scan.text.length; at++) {
    const char = scan.text[at];
    if (char === '\\') {
      at++;
    } else if (char === '"') {
      scan.at = at + 1;
      return { start, end: at };
    }
  }
  throw new NotJson();
}

function blank(scan: Scan): void {
  while (/[ \t\r\n]/.test(scan.text[scan.at] ?? '')) {
    scan.at++;
  }
}

function take(scan: Scan, char: string): boolean {
  blank(scan);
  if (scan.text[scan.at] !== char) {
    return false;
  }
  scan.at++;
  return true;
}

function expect(scan: Scan, char: string): void {
  if (!take(scan, char)) {
    throw new NotJson();
  }
}
