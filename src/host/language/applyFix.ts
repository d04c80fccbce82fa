import { type Uri, type ViewColumn, WorkspaceEdit, window, workspace } from 'vscode';
import type { Fix, LogFinding } from '../../core/rules/finding';
import { uriOf } from '../paths';
import type { LogSession } from '../sessions/logSession';
import type { SessionStore } from '../sessions/sessionStore';
import { toRange } from './documentFindings';
import type { Joins } from './joins';

/** Makes a fix of a log's finding in the code, and shows where; it can be undone there. */
export async function applyFix(
  fix: Fix,
  finding: LogFinding,
  session: LogSession,
  sessions: SessionStore,
  joins: Joins,
  column: ViewColumn,
): Promise<void> {
  if (!(await joins.isCurrent([finding]))) {
    await sessions.rejoin(session.uri);
    void window.showInformationMessage(
      'The code has changed since: the fixes were computed anew, please choose again.',
    );
    return;
  }
  await makeEdits(fix, column);
}

/** Makes the edits of a fix, which must have been computed against the code as it is, and shows where: in the editor that has the file, else in the given column. */
export async function makeEdits(fix: Fix, column: ViewColumn): Promise<void> {
  const edit = new WorkspaceEdit();
  const uri = uriOf(fix.path);
  for (const one of fix.edits) {
    edit.replace(uri, toRange(one), one.newText);
  }
  const [first] = fix.edits;
  if (first === undefined || !(await workspace.applyEdit(edit))) {
    throw new Error(`"${fix.title}" could not be applied to ${fix.path}.`);
  }
  await window.showTextDocument(uri, {
    viewColumn: columnShowing(uri) ?? column,
    selection: toRange({ ...first, endLine: first.line, endColumn: first.column }),
  });
}

function columnShowing(uri: Uri): ViewColumn | undefined {
  const key = uri.toString();
  return window.visibleTextEditors.find(({ document }) => document.uri.toString() === key)?.viewColumn;
}
