import { Language, Parser } from 'web-tree-sitter';
import type { Stmt } from './ast';
import { lowerModule } from './lower';
import { copyTree } from './raw';

export interface ParsedModule {
  readonly body: readonly Stmt[];
  /** True when some part could not be read. */
  readonly broken: boolean;
}

/** Parses Python text into plain statements. */
export interface PythonParser {
  parse(text: string): ParsedModule;
}

/** Loads the two wasm files. */
export async function createParser(runtime: Uint8Array, grammar: Uint8Array): Promise<PythonParser> {
  await Parser.init({ wasmBinary: exactBuffer(runtime) });
  const language = await Language.load(grammar);
  const parser = new Parser();
  parser.setLanguage(language);
  return { parse: (text) => parseTolerantly(parser, text) };
}

/** A view into a larger buffer would hand the whole buffer to the loader. */
function exactBuffer(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

function parseTolerantly(parser: Parser, text: string): ParsedModule {
  const whole = parsePart(parser, text, 0);
  if (!whole.broken) {
    return whole;
  }
  // One open bracket can swallow everything below it: read each top-level block on its own.
  const starts = topLevelStarts(text);
  if (starts.length < 2) {
    return whole;
  }
  const body: Stmt[] = [];
  starts.forEach((start, index) => {
    const part = text.slice(start, starts[index + 1] ?? text.length);
    body.push(...parsePart(parser, part, start, text).body);
  });
  return { body, broken: true };
}

function parsePart(parser: Parser, part: string, offset: number, text = part): ParsedModule {
  const tree = parser.parse(part);
  if (tree === null) {
    parser.reset();
    return { body: [], broken: true };
  }
  try {
    const broken = tree.rootNode.hasError;
    return { body: lowerModule(copyTree(tree, offset), text), broken };
  } finally {
    tree.delete();
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
