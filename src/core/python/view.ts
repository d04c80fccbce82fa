import { LineIndex } from './lines';
import type { Stmt } from './syntax/ast';
import type { Piece } from './syntax/pieces';

/** What is looked at of a file: all of it, or one group of its pieces (see groupsOf). Places are those of the file. */
export interface View {
  readonly path: string;
  /** The whole file. */
  readonly text: string;
  readonly lines: LineIndex;
  readonly body: readonly Stmt[];
  /** What is looked at, put together: for questions that have nothing to do with places. */
  readonly own: string;
  /** The file with all that is not looked at blanked out. */
  readonly shown: string;
  /** The same between two offsets. */
  shownBetween(start: number, end: number): string;
}

export function wholeView(path: string, text: string, body: readonly Stmt[]): View {
  const shownBetween = (start: number, end: number): string => text.slice(start, end);
  return { path, text, lines: new LineIndex(text), body, own: text, shown: text, shownBetween };
}

/** Cuts a file into views. */
export class ViewCutter {
  readonly lines: LineIndex;
  private blank: string | null = null;

  constructor(
    private readonly path: string,
    private readonly text: string,
  ) {
    this.lines = new LineIndex(text);
  }

  /** The text of a group of pieces. */
  textOf(group: readonly Piece[]): string {
    return group.map(({ start, end }) => this.text.slice(start, end)).join('');
  }

  /** First line of each piece and the first after it; where the text ends in the middle of a line that one counts as its own. */
  spansOf(group: readonly Piece[]): readonly LineSpan[] {
    return group.map(({ start, end }) => ({
      line: this.lines.lineOf(start),
      end: this.lines.lineOf(end) + (this.text[end - 1] === '\n' ? 0 : 1),
    }));
  }

  view(group: readonly Piece[], own: string): View {
    const { path, text, lines } = this;
    let shown: string | null = own.length === text.length ? text : null;
    const show = (): string => {
      shown ??= this.withOnly(group);
      return shown;
    };
    return {
      path,
      text,
      lines,
      body: group.flatMap(({ body }) => body),
      own,
      get shown() {
        return show();
      },
      shownBetween: (start, end) =>
        group.some((piece) => piece.start <= start && end <= piece.end)
          ? text.slice(start, end)
          : show().slice(start, end),
    };
  }

  private withOnly(group: readonly Piece[]): string {
    this.blank ??= blanked(this.text, this.lines);
    let shown = '';
    for (const { start, end } of group) {
      shown += this.blank.slice(shown.length, start) + this.text.slice(start, end);
    }
    return shown + this.blank.slice(shown.length);
  }
}

/** Lines from `line` up to `end`, which is not among them. */
export interface LineSpan {
  readonly line: number;
  readonly end: number;
}

/** Blanks in place of everything but the line breaks. */
function blanked(text: string, lines: LineIndex): string {
  const parts: string[] = [];
  for (let line = 1; line <= lines.count; line++) {
    const start = lines.startOf(line);
    const end = lines.endOf(line);
    parts.push(' '.repeat(end - start), text.slice(end, lines.startOf(line + 1)));
  }
  return parts.join('');
}
