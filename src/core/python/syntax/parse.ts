import { Language, Parser } from 'web-tree-sitter';
import type { Stmt } from './ast';
import { lowering } from './lower';
import { type Piece, shifted, touched } from './pieces';
import { eachStatement } from './raw';

export interface ParsedModule {
  readonly body: readonly Stmt[];
  /** True when some part could not be read. */
  readonly broken: boolean;
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
    parse: (text, before = null) =>
      moduleOf(text, (before && parseChange(parser, text, before)) ?? parseTolerantly(parser, text, 0, text)),
  };
}

/** A view into a larger buffer would hand the whole buffer to the loader. */
function exactBuffer(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

function moduleOf(text: string, pieces: readonly Piece[]): ParsedModule {
  const broken = pieces.some((piece) => piece.broken);
  return { body: pieces.flatMap((piece) => piece.body), broken, text, pieces };
}

/** Parses only the pieces that an edit touched; null where that is no shorter way, or not sure to give the same. */
function parseChange(parser: Parser, text: string, before: ParsedModule): readonly Piece[] | null {
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
    ...parseTolerantly(parser, part, start, text),
    ...before.pieces.slice(last + 1).map((piece) => shifted(piece, delta)),
  ];
}

/** One open bracket can swallow everything below it: a part that is broken is read block by block. */
function parseTolerantly(parser: Parser, part: string, offset: number, text: string): readonly Piece[] {
  const whole = parsePart(parser, part, offset, text);
  const starts = whole.some((piece) => piece.broken) ? topLevelStarts(part) : [];
  if (starts.length < 2) {
    return whole;
  }
  return starts.flatMap((start, index) =>
    parsePart(parser, part.slice(start, starts[index + 1] ?? part.length), offset + start, text),
  );
}

function parsePart(parser: Parser, part: string, offset: number, text: string): readonly Piece[] {
  const tree = parser.parse(part);
  const end = offset + part.length;
  if (tree === null) {
    parser.reset();
    return [{ start: offset, end, body: [], broken: true }];
  }
  try {
    const lower = lowering(text);
    const pieces: { start: number; end: number; body: Stmt[]; broken: boolean }[] = [];
    let current = { start: offset, end, body: [] as Stmt[], broken: tree.rootNode.hasError };
    eachStatement(tree, offset, (statement) => {
      const { start } = statement;
      const opensLine = text[start - 1] === '\n';
      // Where a broken part is broken cannot be told: it stays one piece.
      if (!current.broken && opensLine && start - current.start >= SHORTEST_PIECE) {
        current.end = start;
        pieces.push(current);
        current = { start, end, body: [], broken: false };
      }
      lower(statement, current.body);
    });
    return [...pieces, current];
  } finally {
    tree.delete();
  }
}

/** Shorter statements share a piece: each piece costs a little. */
const SHORTEST_PIECE = 200;

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
