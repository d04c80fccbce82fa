import { NotebookCellKind, type NotebookDocument, type TextDocument, type Uri, workspace } from 'vscode';
import { joinCells, type OpenNotebook } from '../../core/python/notebook/openCells';
import { fileOf, notebookCodeUri, pathOf } from '../paths';
import type { PythonText } from './pythonService';

/** A notebook that holds cells with Python code, read as the one program that it is. */
export interface NotebookText extends PythonText, OpenNotebook {}

/** The notebook that this document is a cell of, as it is now; null for a document of its own. */
export function notebookOf(document: TextDocument): NotebookText | null {
  const notebook = holderOf(document);
  return notebook === undefined ? null : textOfNotebook(notebook);
}

/** The code of a notebook as one program, as it is now. */
export function textOfNotebook(notebook: NotebookDocument): NotebookText {
  const cells = pythonCells(notebook);
  const joined = joinCells(cells.map((cell) => ({ path: pathOf(cell.uri), text: cell.getText() })));
  return {
    ...joined,
    uri: notebookCodeUri(notebook.uri),
    version: cells.map((cell) => `${cell.uri.fragment} ${cell.version}`).join(' '),
    getText: () => joined.text,
  };
}

/** The notebook whose code has this address, if the editor has it. */
export function openNotebook(code: Uri): NotebookDocument | undefined {
  const file = fileOf(code).toString();
  return workspace.notebookDocuments.find(({ uri }) => uri.toString() === file);
}

/** The cells that are read together with this document, itself among them. */
export function readTogether(document: TextDocument): readonly TextDocument[] {
  const notebook = holderOf(document);
  return notebook === undefined ? [document] : pythonCells(notebook);
}

/** The cells of a notebook that hold Python code, in its order. */
export function pythonCells(notebook: NotebookDocument): readonly TextDocument[] {
  return notebook
    .getCells()
    .filter(({ kind, document }) => kind === NotebookCellKind.Code && document.languageId === 'python')
    .map(({ document }) => document);
}

function holderOf(document: TextDocument): NotebookDocument | undefined {
  return document.uri.scheme !== 'vscode-notebook-cell'
    ? undefined
    : workspace.notebookDocuments.find((notebook) =>
        notebook.getCells().some((cell) => cell.document === document),
      );
}
