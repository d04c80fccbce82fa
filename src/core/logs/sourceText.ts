/** Tells source code and documents, which may quote a log, from logs, which may quote code. */
import type { Head } from './format';

const CODE_LINE =
  /^\s*(?:import \w|from [\w.]+ import |def \w+\(|async def |class \w+[(:]|return\b|elif |else:|try:|except\b|@\w+|#include|#!|const \w|let \w|var \w|function\b|export (?:default|const|function|class|interface|type|enum|async|\{|\*)|public |private |package \w|use \w+::|fn \w|impl |struct \w|assert\b|print\(|\/\/|\/\*|\*\/|<[a-z!/][\w-]*[\s>]|\}\s*[;)]*$|if .{1,80}:$|for .{1,80} in .{1,80}:$|with .{1,80}:$|self\.\w)/i;
/** Line ends of languages with braces. Logs dump a configuration now and then, so they only add to proven code. */
const BRACE_END = /[;{[]\s*$/;
const MARKDOWN_LINE = /^(?:```|~~~|#{1,6} \S|!\[|\[!\[|\|\s?:?-{3,}|[-*] \*\*\w)/;
/** `## Epoch 3`, `### Step 100 (loss 0.5)`: a title that a program wrote. */
const COUNTED_TITLE = /^#{1,6} (?:epoch|step|iter(?:ation)?)s?\W{0,3}\d/i;
/** So many different marks of Markdown and the file is a document, whatever it quotes. */
const DOCUMENT_MARKS = 2;

/** What kind of lines a text is made of. */
export interface Writing {
  /** Lines of source code. */
  readonly code: number;
  /** Lines with marks of Markdown. */
  readonly markdown: number;
  /** So many different marks that it is a document. */
  readonly isDocument: boolean;
  /** Its marks are those of tables, and of titles at most; or its titles are counted. */
  readonly isTabular: boolean;
  /** Lines that are not empty. */
  readonly filled: number;
}

export function writtenIn(head: Head): Writing {
  let code = 0;
  let braces = 0;
  let markdown = 0;
  let filled = 0;
  let counted = 0;
  const marks = new Set<string>();
  for (const line of head.lines) {
    filled += line.trim() === '' ? 0 : 1;
    if (CODE_LINE.test(line.slice(0, 200))) {
      code++;
    } else if (MARKDOWN_LINE.test(line)) {
      markdown++;
      counted += COUNTED_TITLE.test(line) ? 1 : 0;
      marks.add(line.charAt(0));
    } else if (BRACE_END.test(line)) {
      braces++;
    }
  }
  return {
    code: code + Math.min(braces, code * 4),
    markdown,
    isDocument: marks.size >= DOCUMENT_MARKS,
    isTabular: counted > 1 || (marks.has('|') && [...marks].every((mark) => mark === '|' || mark === '#')),
    filled,
  };
}

/** Words and signs of programs. So many of them in one line are a packed program; no log prints one. */
const PROGRAM_SIGNS =
  /\b(?:function|return|const|let|var|typeof|import|export|void 0)\b|=>|[!=]==|&&|\|\||\);|;\}/g;
const PACKED = 25;
const LONG_LINE = 400;
/** Lines of code among all that make a file source code, whatever tables it quotes. */
const CODE_SHARE = 0.2;
const FEWEST_CODE = 5;

/** What opens a line of a program, and of nothing else: a traceback indents the code that it quotes. */
const TOP_LEVEL =
  /^(?:import [\w{*"']|from [\w.]+ import |const \w|let \w|export \w|def \w+\(|class \w+[(:]|function \w|package \w|use \w+::|#include)/;
const FEWEST_TOP_LEVEL = 2;
/** A line of a list or an object that is written out, as data in programs are. */
const LITERAL = /[[{(,]\s*$|^\s*[\]})]+[,;]*\s*$/;
const LITERAL_SHARE = 0.5;

/** True for a program, packed into few lines or not. */
export function isSourceCode(head: Head): boolean {
  let code = 0;
  let filled = 0;
  let topLevel = 0;
  let literal = 0;
  for (const line of head.lines) {
    if (line.trim() !== '') {
      filled++;
      topLevel += TOP_LEVEL.test(line) ? 1 : 0;
      literal += LITERAL.test(line) ? 1 : 0;
      // Every record of JSON over several lines ends in a brace of its own.
      code += CODE_LINE.test(line.slice(0, 200)) && line.trim() !== '}' ? 1 : 0;
      if (line.length >= LONG_LINE && (line.match(PROGRAM_SIGNS)?.length ?? 0) >= PACKED) {
        return true;
      }
    }
  }
  return (
    code >= Math.max(FEWEST_CODE, filled * CODE_SHARE) ||
    (topLevel >= FEWEST_TOP_LEVEL && literal >= filled * LITERAL_SHARE)
  );
}
