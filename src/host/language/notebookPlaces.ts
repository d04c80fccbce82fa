/** From the code of a notebook, as findings and fixes speak of it, to the cells that an editor shows. */
import { type NotebookDocument, type Uri, workspace } from 'vscode';
import { editsInCells, rangeInCell } from '../../core/python/notebook/openCells';
import type { Fix } from '../../core/rules/finding';
import type { TextRange } from '../../core/text';
import { fileOf, isNotebookCode, uriOf } from '../paths';
import { openNotebook, textOfNotebook } from './notebookCells';

export interface DocumentPlace {
  readonly uri: Uri;
  readonly range: TextRange;
}

/** Where a place in code is shown, at once: the file alone for a notebook that no editor has. */
export function shownPlace(uri: Uri, range: TextRange): DocumentPlace {
  const notebook = isNotebookCode(uri) ? openNotebook(uri) : undefined;
  return notebook === undefined && !isNotebookCode(uri) ? { uri, range } : placeIn(notebook, uri, range);
}

/** The same, the notebook being opened for it. */
export async function openedPlace(uri: Uri, range: TextRange): Promise<DocumentPlace> {
  return isNotebookCode(uri) ? placeIn(await opened(uri), uri, range) : { uri, range };
}

/** A fix as one of documents; null where an edit spans a notebook's cells, or no editor is there for notebooks. */
export async function inDocuments(fix: Fix): Promise<Fix | null> {
  const uri = uriOf(fix.path);
  if (!isNotebookCode(uri)) {
    return fix;
  }
  const notebook = await opened(uri);
  const cells = notebook === undefined ? [] : textOfNotebook(notebook).cells;
  const [first, ...elsewhere] = editsInCells(fix.edits, cells) ?? [];
  return first === undefined ? null : { ...fix, ...first, ...(elsewhere.length === 0 ? {} : { elsewhere }) };
}

async function opened(code: Uri): Promise<NotebookDocument | undefined> {
  const file = fileOf(code);
  return openNotebook(code) ?? Promise.resolve(workspace.openNotebookDocument(file)).catch(() => undefined);
}

function placeIn(notebook: NotebookDocument | undefined, uri: Uri, range: TextRange): DocumentPlace {
  const there = notebook === undefined ? null : rangeInCell(range, textOfNotebook(notebook).cells);
  return there === null
    ? { uri: fileOf(uri), range: { line: 1, column: 1, endLine: 1, endColumn: 1 } }
    : { uri: uriOf(there.path), range: there.range };
}
