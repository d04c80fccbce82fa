import type { PythonFacts, StatementFact } from '../../python/facts';
import type { Fix } from '../../rules/finding';
import type { TextEdit, TextRange } from '../../text';
import type { RemedyId } from '../remedy';

/** Lines of a Python file, without their breaks (LF or CRLF, as the facts count them). */
export function linesOf(text: string): readonly string[] {
  return text.split(/\r?\n/);
}

/** Replaces a range. */
export function replace(range: TextRange, newText: string): TextEdit {
  const { line, column, endLine, endColumn } = range;
  return { line, column, endLine, endColumn, newText };
}

/** Inserts text right after the end of a range, on its line. */
export function appendTo(range: TextRange, newText: string): TextEdit {
  return replace({ ...range, line: range.endLine, column: range.endColumn }, newText);
}

/** Inserts text right before the start of a range, on its line. */
export function prependTo(range: TextRange, newText: string): TextEdit {
  return replace({ ...range, endLine: range.line, endColumn: range.column }, newText);
}

/**
 * Inserts whole lines above a statement, at its indentation and above the comment that belongs to it. The lines
 * come without indentation of their own beyond their depth inside the block they form.
 * @returns null when the statement shares its line with another one.
 */
export function insertBefore(
  facts: PythonFacts,
  statement: StatementFact,
  lines: readonly string[],
): TextEdit | null {
  if (!statement.ownLines) {
    return null;
  }
  const source = linesOf(facts.text);
  let line = statement.range.line;
  while (line > 1 && source[line - 2]?.startsWith(`${statement.indent}#`)) {
    line--;
  }
  const newText = lines.map((text) => statement.indent + text + facts.lineEnding).join('');
  return { line, column: 1, endLine: line, endColumn: 1, newText };
}

/**
 * Inserts whole lines below a statement, at its indentation (or another one given) and after a comment at its end.
 * @returns null when the statement shares its line with another one.
 */
export function insertAfter(
  facts: PythonFacts,
  statement: StatementFact,
  lines: readonly string[],
  indent: string = statement.indent,
): TextEdit | null {
  if (!statement.ownLines) {
    return null;
  }
  const line = statement.range.endLine;
  const column = (linesOf(facts.text)[line - 1]?.length ?? 0) + 1;
  const newText = lines
    .map((text) => (text === '' ? facts.lineEnding : facts.lineEnding + indent + text))
    .join('');
  return { line, column, endLine: line, endColumn: column, newText };
}

/** Removes a statement with its lines; null when it shares its line with another one. */
export function removeStatement(facts: PythonFacts, statement: StatementFact): TextEdit | null {
  if (!statement.ownLines) {
    return null;
  }
  const { line, endLine } = statement.range;
  const source = linesOf(facts.text);
  if (endLine < source.length) {
    return { line, column: 1, endLine: endLine + 1, endColumn: 1, newText: '' };
  }
  const before = source[line - 2] ?? '';
  return {
    line: line - 1,
    column: before.length + 1,
    endLine,
    endColumn: (source[endLine - 1]?.length ?? 0) + 1,
    newText: '',
  };
}

/** A fix of the file the facts are of; none when an edit found no place (null), or two want the same one. */
export function fixOf(
  facts: PythonFacts,
  remedy: RemedyId,
  title: string,
  safety: Fix['safety'],
  edits: readonly (TextEdit | null)[],
): readonly Fix[] {
  const placed = edits.filter((edit) => edit !== null);
  return placed.length === 0 || placed.length < edits.length || overlap(placed)
    ? []
    : [{ remedy, title, safety, preferred: false, path: facts.path, edits: placed }];
}

/** True where two edits replace the same text; what is inserted at one place follows one another. */
function overlap(edits: readonly TextEdit[]): boolean {
  const sorted = [...edits].sort((a, b) => a.line - b.line || a.column - b.column);
  return sorted.some((edit, at) => {
    const next = sorted[at + 1];
    const isInsertion = edit.line === edit.endLine && edit.column === edit.endColumn;
    return (
      next !== undefined &&
      !isInsertion &&
      (next.line < edit.endLine || (next.line === edit.endLine && next.column < edit.endColumn))
    );
  });
}

/** `fill(nn.Linear(4, 8))`: a helper takes the layer, and whatever is put beside it would be handed to the helper. */
export function isHandedOn(facts: PythonFacts, { line, column }: TextRange): boolean {
  const start = { line: Math.max(1, line - 1), column: 1, endLine: line, endColumn: column };
  const taker = /(?<!\w)(\w+)\s*\(\s*$/.exec(facts.textOf(start))?.[1];
  return (
    taker !== undefined &&
    !/^(?:Sequential|OrderedDict|Module(?:List|Dict)|append|extend|insert|add_module)$/.test(taker)
  );
}
