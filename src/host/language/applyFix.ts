import { type Uri, type ViewColumn, window, workspace } from 'vscode';
import type { Fix, LogFinding } from '../../core/rules/finding';
import { uriOf } from '../paths';
import type { LogSession } from '../sessions/logSession';
import type { SessionStore } from '../sessions/sessionStore';
import { toRange } from './documentFindings';
import { documentsOf, workspaceEdit } from './fixEdits';
import type { Joins } from './joins';
import { inDocuments } from './notebookPlaces';

/**
 * Makes a fix of a log's finding in the code, and shows where; it can be undone there.
 * @param preview the editor's own preview of changes comes first
 */
export async function applyFix(
  fix: Fix,
  finding: LogFinding,
  session: LogSession,
  sessions: SessionStore,
  joins: Joins,
  column: ViewColumn,
  preview: boolean,
): Promise<void> {
  if (!(await joins.isCurrent([finding]))) {
    await sessions.rejoin(session.uri);
    void window.showInformationMessage(
      'The code has changed since: the fixes were computed anew, please choose again.',
    );
    return;
  }
  await makeEdits(fix, column, preview);
}

/** Makes the edits of a fix, which must have been computed against the code as it is, and shows where: in the editor that has the file, else in the given column. */
export async function makeEdits(wanted: Fix, column: ViewColumn, preview = false): Promise<void> {
  const fix = await inDocuments(wanted);
  if (fix === null) {
    throw new Error(`"${wanted.title}" changes lines of several cells at once.`);
  }
  const uri = uriOf(fix.path);
  const edit = workspaceEdit(documentsOf(fix), preview ? fix.title : undefined);
  const [first] = fix.edits;
  const isDone = first !== undefined && (await workspace.applyEdit(edit));
  if (preview && !isDone) {
    return;
  }
  if (first === undefined || !isDone) {
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
