import { Language, Parser } from 'web-tree-sitter';
import type { Stmt } from './ast';
import { withoutLongComments } from './comments';
import { lowering } from './lower';
import { outlineOf } from './outline';
import { FEW_ERROR_STEPS, ParseBudget } from './parseBudget';
import { type Piece, shifted, touched } from './pieces';
import { eachStatement, type RawNode } from './raw';

export interface ParsedModule {
  readonly body: readonly Stmt[];
  /** True when some part could not be read. */
  readonly broken: boolean;
  /** True when some part was left unread, since reading it would have taken too long. */
  readonly cut: boolean;
  readonly text: string;
  /** The text in parts that can be read each on its own, in order and without gaps. */
  readonly pieces: readonly Piece[];
}

/** Parses Python text into plain statements. */
export interface PythonParser {
  /** @param before an earlier version of the same text: what is the same in both is not parsed again */
  parse(text: string, before?: ParsedModule | null): ParsedModule;
}

/** Loads the two wasm files. */
export async function createParser(runtime: Uint8Array, grammar: Uint8Array): Promise<PythonParser> {
  await Parser.init({ wasmBinary: exactBuffer(runtime) });
  const language = await Language.load(grammar);
  const parser = new Parser();
  parser.setLanguage(language);
  return {
    parse: (text, before = null) => {
      const budget = new ParseBudget();
      const pieces =
        (before && parseChange(parser, text, before, budget)) ?? parseWhole(parser, text, budget);
      return {
        get body() {
          return pieces.flatMap((piece) => piece.body);
        },
        broken: pieces.some((piece) => piece.broken),
        cut: budget.isSpent || pieces.some((piece) => piece.cut),
        text,
        pieces,
      };
    },
  };
}

/** A view into a larger buffer would hand the whole buffer to the loader. */
function exactBuffer(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

/** Longer files are made by programs: what lies beyond is not read. Twelve thousand lines of usual length. */
const MAX_LENGTH = 600_000;

function parseWhole(parser: Parser, text: string, budget: ParseBudget): readonly Piece[] {
  const read = text.length > MAX_LENGTH ? text.slice(0, text.lastIndexOf('\n', MAX_LENGTH) + 1) : text;
  const pieces = parseTolerantly(parser, read, 0, text, budget);
  return read === text ? pieces : [...pieces, unread(read.length, text.length)];
}

function unread(start: number, end: number): Piece {
  const words = { names: new Set<string>(), attributes: new Set<string>() };
  return { start, end, body: [], outline: outlineOf([], words), broken: true, cut: true };
}

/** Parses only the pieces that an edit touched; null where that is no shorter way, or not sure to give the same. */
function parseChange(
  parser: Parser,
  text: string,
  before: ParsedModule,
  budget: ParseBudget,
): readonly Piece[] | null {
  const change = touched(before.text, text, before.pieces);
  if (change === null) {
    return null;
  }
  const { first, last, delta } = change;
  const start = before.pieces[first]?.start ?? 0;
  const end = (before.pieces[last]?.end ?? 0) + delta;
  const part = text.slice(start, end);
  const isLast = last === before.pieces.length - 1;
  // What follows must start on a line of its own: a line that is continued would reach into it.
  if (!isLast && !/(?:^|[^\\\r])\r?\n$/.test(part)) {
    return null;
  }
  return [
    ...before.pieces.slice(0, first),
    ...parseTolerantly(parser, part, start, text, budget),
    ...before.pieces.slice(last + 1).map((piece) => shifted(piece, delta)),
  ];
}

/** One open bracket can swallow everything below it: a part that is broken is read block by block. */
function parseTolerantly(
  parser: Parser,
  part: string,
  offset: number,
  text: string,
  budget: ParseBudget,
): readonly Piece[] {
  const starts = topLevelStarts(part);
  const isOne = starts.length < 2;
  budget.open(isOne ? undefined : FEW_ERROR_STEPS);
  const whole = parsePart(parser, part, offset, text, budget);
  if (isOne || !whole.some((piece) => piece.broken)) {
    return whole;
  }
  budget.renew();
  const pieces: Piece[] = [];
  for (const [index, start] of starts.entries()) {
    if (budget.isSpent) {
      return [...pieces, unread(offset + start, offset + part.length)];
    }
    const block = part.slice(start, starts[index + 1] ?? part.length);
    budget.open();
    pieces.push(...parsePart(parser, block, offset + start, text, budget));
  }
  return pieces;
}

function parsePart(
  parser: Parser,
  part: string,
  offset: number,
  text: string,
  budget: ParseBudget,
): readonly Piece[] {
  const shown = withoutLongComments(part);
  const tree = parser.parse(shown, null, { progressCallback: (state) => !budget.goOn(state.hasError) });
  const end = offset + part.length;
  if (tree === null) {
    parser.reset();
    return [unread(offset, end)];
  }
  try {
    const lower = lowering(text);
    const pieces: Piece[] = [];
    const broken = tree.rootNode.hasError;
    let start = offset;
    let body: Stmt[] = [];
    let before: RawNode | null = null;
    const close = (at: number, cut: boolean): void => {
      pieces.push({ start, end: at, body, outline: outlineOf(body, lower.takeWords()), broken, cut });
      start = at;
      body = [];
    };
    const isWhole = eachStatement(tree, shown, offset, budget, (statement) => {
      // Where a broken part is broken cannot be told: it stays one piece.
      if (before !== null && !broken && text[statement.start - 1] === '\n') {
        const shares = !isPieceOfItsOwn(before) && !isPieceOfItsOwn(statement);
        if (!shares || statement.start - start >= SHORTEST_PIECE) {
          close(withCommentsAbove(text, statement.start, body.at(-1)?.end ?? start), false);
        }
      }
      lower.statement(statement, body);
      before = statement;
    });
    close(end, !isWhole || shown.length < part.length);
    return pieces;
  } finally {
    tree.delete();
  }
}

/** Shorter statements that are run one after the other share a piece: each piece costs a little. */
const SHORTEST_PIECE = 200;

/** What stands for itself: a definition, an import, a constant, a note. */
function isPieceOfItsOwn({ type, children }: RawNode): boolean {
  return (
    /(?:_definition|import(?:_from)?_statement)$/.test(type) ||
    (type === 'expression_statement' && /^(?:assignment|string)$/.test(children[0]?.type ?? ''))
  );
}

/** Where the comments begin that stand right above a statement, with no blank line between. */
function withCommentsAbove(text: string, start: number, after: number): number {
  let at = start;
  for (;;) {
    const above = text.lastIndexOf('\n', at - 2) + 1;
    if (above >= at || above < after || text[above] !== '#') {
      return at;
    }
    at = above;
  }
}

/** A line at column 0 that opens a block or a statement, as against a continuation or a closing bracket. */
const TOP_LEVEL = /^(?:@|(?:class|def|async|if|for|while|with|try|import|from)\b|[A-Za-z_][\w.]*\s*(?:=|\())/;

/** Offsets where blocks start that no bracket of an earlier one should reach. The first is 0. */
function topLevelStarts(text: string): number[] {
  const starts = [0];
  let offset = 0;
  let decorated = false;
  for (const line of text.split('\n')) {
    if (TOP_LEVEL.test(line)) {
      if (!decorated && offset > 0) {
        starts.push(offset);
      }
      decorated = line.startsWith('@');
    }
    offset += line.length + 1;
  }
  return starts;
}
