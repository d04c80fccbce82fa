import type { TextEdit } from '../text';
import type { PythonFacts, StatementFact } from './facts';

/** Lines to insert, without indentation of their own beyond what nests them and without line breaks. */
type Lines = readonly string[];

/** Inserts lines above a statement, indented like it. */
export function insertBefore(facts: PythonFacts, statement: StatementFact, lines: Lines): TextEdit {
  const { line } = statement.range;
  const newText = lines.map((text) => indented(statement.indent, text) + facts.lineEnding).join('');
  return { line, column: 1, endLine: line, endColumn: 1, newText };
}

/** Inserts lines below a statement, indented like it (or by `indent`), after a comment that ends its last line. */
export function insertAfter(
  facts: PythonFacts,
  statement: StatementFact,
  lines: Lines,
  indent = statement.indent,
): TextEdit {
  const line = statement.range.endLine;
  const column = lineLength(facts, line) + 1;
  const newText = lines.map((text) => facts.lineEnding + indented(indent, text)).join('');
  return { line, column, endLine: line, endColumn: column, newText };
}

/** Removes a statement's lines. */
export function removeLines(facts: PythonFacts, statement: StatementFact): TextEdit {
  const { line, endLine } = statement.range;
  const isLast = endLine >= facts.text.split('\n').length;
  return isLast
    ? { line, column: 1, endLine, endColumn: lineLength(facts, endLine) + 1, newText: '' }
    : { line, column: 1, endLine: endLine + 1, endColumn: 1, newText: '' };
}

/** The lines of a statement with its trailing comment, as they stand. */
export function linesOf(facts: PythonFacts, statement: StatementFact): string[] {
  const { line, endLine } = statement.range;
  return facts.text
    .split('\n')
    .slice(line - 1, endLine)
    .map((text) => text.replace(/\r$/, ''));
}

/** Moves the lines of one statement above another, indented like that one. */
export function moveBefore(facts: PythonFacts, moved: StatementFact, target: StatementFact): TextEdit[] {
  return [insertBefore(facts, target, dedented(facts, moved)), removeLines(facts, moved)];
}

/** Moves the lines of one statement below another, indented like that one. */
export function moveAfter(facts: PythonFacts, moved: StatementFact, target: StatementFact): TextEdit[] {
  return [insertAfter(facts, target, dedented(facts, moved)), removeLines(facts, moved)];
}

export function replace(range: Omit<TextEdit, 'newText'>, newText: string): TextEdit {
  return {
    line: range.line,
    column: range.column,
    endLine: range.endLine,
    endColumn: range.endColumn,
    newText,
  };
}

function dedented(facts: PythonFacts, statement: StatementFact): string[] {
  return linesOf(facts, statement).map((text) =>
    text.startsWith(statement.indent) ? text.slice(statement.indent.length) : text,
  );
}

function indented(indent: string, text: string): string {
  return text === '' ? '' : indent + text;
}

/** Length of a line without its break. */
function lineLength(facts: PythonFacts, line: number): number {
  return (facts.text.split('\n')[line - 1] ?? '').replace(/\r$/, '').length;
}
