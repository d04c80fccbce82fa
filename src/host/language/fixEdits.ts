import { WorkspaceEdit } from 'vscode';
import type { DocumentEdits, Fix } from '../../core/rules/finding';
import { uriOf } from '../paths';
import { toRange } from './documentFindings';

/** All documents that a fix edits, the one it is shown in first. */
export function documentsOf({ path, edits, elsewhere = [] }: Fix): readonly DocumentEdits[] {
  return [{ path, edits }, ...elsewhere];
}

/**
 * One edit of the workspace, applied as a whole.
 * @param label of an edit that the person looks at in VS Code's preview first; without it the edit is made at once
 */
export function workspaceEdit(documents: readonly DocumentEdits[], label?: string): WorkspaceEdit {
  const edit = new WorkspaceEdit();
  const metadata = label === undefined ? undefined : { label, needsConfirmation: true };
  for (const { path, edits } of documents) {
    for (const one of edits) {
      edit.replace(uriOf(path), toRange(one), one.newText, metadata);
    }
  }
  return edit;
}
