import {
  type NotebookDocument,
  Position,
  Selection,
  TextEditorRevealType,
  type Uri,
  window,
  workspace,
} from 'vscode';
import type { PythonAnalysis } from '../../core/python/analyze';
import { editsInCells } from '../../core/python/notebook/openCells';
import type { DocumentEdits } from '../../core/rules/finding';
import type { TextEdit } from '../../core/text';
import { codeHalf } from '../codeHalf';
import { workspaceEdit } from '../language/fixEdits';
import { textOfNotebook } from '../language/notebookCells';
import { FOREIGN_FOLDERS } from '../language/pythonSources';
import { pathOf, shortPath, uriOf } from '../paths';
import type { Services } from '../services';

/** Files to choose from, at most. */
const MOST_FILES = 500;

/** The code to insert into: a file, or all cells of a notebook. */
interface Program {
  readonly uri: Uri;
  readonly analysis: PythonAnalysis | null;
  /** Where edits of the code are in the documents that hold it; null where they span cells. */
  place(edits: readonly TextEdit[]): readonly DocumentEdits[] | null;
}

/** Adds lines to a training loop that write a log this extension reads; the edit is shown and can be undone. */
export async function insertGradientLogging(services: Services): Promise<void> {
  const program = await chosenProgram(services);
  if (program === undefined) {
    return;
  }
  const { uri, analysis } = program;
  const outcome =
    analysis === null
      ? { why: 'No deep-learning library is imported in this file.' }
      : codeHalf().insertGradientLogging(analysis.facts);
  if ('why' in outcome) {
    void window.showInformationMessage(`${shortPath(uri)}: ${outcome.why}`);
    return;
  }
  const documents = program.place(outcome.edits);
  const last = documents?.[documents.length - 1];
  if (documents === null || last === undefined || !(await workspace.applyEdit(workspaceEdit(documents)))) {
    throw new Error(`${shortPath(uri)} could not be changed.`);
  }
  const line = lastChangedLine(last.edits);
  const place = new Position((line ?? 1) - 1, 0);
  const editor = await window.showTextDocument(uriOf(last.path), { selection: new Selection(place, place) });
  editor.revealRange(editor.selection, TextEditorRevealType.InCenterIfOutsideViewport);
  window.setStatusBarMessage(outcome.title, 8000);
}

/** The one in the active editor, else one that the person picks. */
async function chosenProgram(services: Services): Promise<Program | undefined> {
  const document = window.activeTextEditor?.document;
  const isCell = document?.uri.scheme === 'vscode-notebook-cell';
  if (document?.languageId === 'python' && !isCell) {
    return fileProgram(services, document.uri);
  }
  const notebook = window.activeNotebookEditor?.notebook;
  if (notebook !== undefined && (isCell || document === undefined)) {
    return notebookProgram(services, notebook);
  }
  const uri = await pickPythonFile();
  if (uri === undefined || !uri.path.endsWith('.ipynb')) {
    return uri && fileProgram(services, uri);
  }
  const picked = await workspace.openNotebookDocument(uri);
  await window.showNotebookDocument(picked);
  return notebookProgram(services, picked);
}

async function fileProgram(services: Services, uri: Uri): Promise<Program> {
  const source = await services.python.ofFile(uri);
  return {
    uri,
    analysis: source?.analysis ?? null,
    place: (edits) => [{ path: pathOf(uri), edits }],
  };
}

async function notebookProgram(services: Services, notebook: NotebookDocument): Promise<Program> {
  const text = textOfNotebook(notebook);
  return {
    uri: notebook.uri,
    analysis: await services.python.ofDocument(text),
    place: (edits) => editsInCells(edits, text.cells),
  };
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
  const files = await workspace.findFiles('**/*.{py,ipynb}', FOREIGN_FOLDERS, MOST_FILES);
  if (files.length === 0) {
    void window.showInformationMessage('Open the Python file or notebook with the training loop first.');
    return undefined;
  }
  const items = files
    .map((uri) => ({ label: shortPath(uri), uri }))
    .sort((a, b) => a.label.localeCompare(b.label));
  const picked = await window.showQuickPick(items, { placeHolder: 'Which file holds the training loop?' });
  return picked?.uri;
}
