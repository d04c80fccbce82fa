import type { TextEdit } from '../../core/text';

const MARKER = /#\s*gradient-inspector:\s*ignore\[([^\]]*)\]/;

/** The comment that silences a rule on a line: added to the list that is there, or at the end of the line. */
export function suppressionEdit(lineText: string, line: number, rule: string): TextEdit | null {
  const there = MARKER.exec(lineText);
  if (there !== null) {
    const names = (there[1] ?? '').split(',').map((name) => name.trim());
    if (names.includes(rule)) {
      return null;
    }
    const column = there.index + there[0].length;
    return at(line, column, names.some((name) => name !== '') ? `, ${rule}` : rule);
  }
  // After a backslash nothing may follow on the line, so there the comment stands on a line of its own above.
  if (lineText.trimEnd().endsWith('\\')) {
    const indent = /^\s*/.exec(lineText)?.[0] ?? '';
    return at(line, 1, `${indent}# gradient-inspector: ignore[${rule}]\n`);
  }
  return at(line, lineText.trimEnd().length + 1, `  # gradient-inspector: ignore[${rule}]`);
}

function at(line: number, column: number, newText: string): TextEdit {
  return { line, column, endLine: line, endColumn: column, newText };
}
