import {
  Position,
  Selection,
  TextEditorRevealType,
  type Uri,
  WorkspaceEdit,
  window,
  workspace,
} from 'vscode';
import type { TextEdit } from '../../core/text';
import { codeHalf } from '../codeHalf';
import { toRange } from '../language/documentFindings';
import { FOREIGN_FOLDERS } from '../language/pythonSources';
import { shortPath } from '../paths';
import type { Services } from '../services';

/** Files to choose from, at most. */
const MOST_FILES = 500;

/** Adds lines to a training loop that write a log this extension reads; the edit is shown and can be undone. */
export async function insertGradientLogging(services: Services): Promise<void> {
  const active =
    window.activeTextEditor?.document.languageId === 'python' ? window.activeTextEditor : undefined;
  const uri = active?.document.uri ?? (await pickPythonFile());
  if (uri === undefined) {
    return;
  }
  const source = await services.python.ofFile(uri);
  const outcome =
    source === null
      ? { why: 'No deep-learning library is imported in this file.' }
      : codeHalf().insertGradientLogging(source.analysis.facts);
  if ('why' in outcome) {
    void window.showInformationMessage(`${shortPath(uri)}: ${outcome.why}`);
    return;
  }
  const edit = new WorkspaceEdit();
  for (const one of outcome.edits) {
    edit.replace(uri, toRange(one), one.newText);
  }
  const editor = active ?? (await window.showTextDocument(uri));
  if (!(await workspace.applyEdit(edit))) {
    throw new Error(`${shortPath(uri)} could not be changed.`);
  }
  const line = lastChangedLine(outcome.edits);
  if (line !== null) {
    const place = new Position(line - 1, 0);
    editor.selection = new Selection(place, place);
    editor.revealRange(editor.selection, TextEditorRevealType.InCenterIfOutsideViewport);
  }
  window.setStatusBarMessage(outcome.title, 8000);
}

/** 1-based line of the lowest edit once all are made: those above it have moved it. */
function lastChangedLine(edits: readonly TextEdit[]): number | null {
  const [lowest, ...above] = [...edits].sort((a, b) => b.line - a.line);
  if (lowest === undefined) {
    return null;
  }
  const grown = above.reduce((sum, edit) => sum + lines(edit.newText) - (edit.endLine - edit.line), 0);
  return lowest.line + grown + lines(/^\s*/.exec(lowest.newText)?.[0] ?? '');
}

function lines(text: string): number {
  return text.split('\n').length - 1;
}

async function pickPythonFile(): Promise<Uri | undefined> {
  const files = await workspace.findFiles('**/*.py', FOREIGN_FOLDERS, MOST_FILES);
  if (files.length === 0) {
    void window.showInformationMessage('Open the Python file with the training loop first.');
    return undefined;
  }
  const items = files
    .map((uri) => ({ label: shortPath(uri), uri }))
    .sort((a, b) => a.label.localeCompare(b.label));
  const picked = await window.showQuickPick(items, { placeHolder: 'Which file holds the training loop?' });
  return picked?.uri;
}
