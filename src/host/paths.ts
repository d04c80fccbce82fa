import { Uri, workspace } from 'vscode';
import { codePath } from '../core/report/notebooks';

/** Of the address of a notebook's code: all its cells as one program, apart from the file, whose outputs may be a log. */
const CODE = 'code';
const CODE_PATH = /\.ipynb#code$/;

/** The path a person knows a file by, which the core passes around: of the disk, or the whole address elsewhere. */
export function pathOf(uri: Uri): string {
  if (uri.scheme !== 'file') {
    return uri.toString();
  }
  return isNotebookCode(uri) ? codePath(uri.fsPath) : uri.fsPath;
}

/** The way back from {@link pathOf}. */
export function uriOf(path: string): Uri {
  if (/^[a-z][a-z0-9+.-]+:/i.test(path) && !/^[a-z]:[\\/]/i.test(path)) {
    return Uri.parse(path, true);
  }
  return CODE_PATH.test(path)
    ? notebookCodeUri(Uri.file(path.slice(0, -codePath('').length)))
    : Uri.file(path);
}

/** The code of the notebook in a file. */
export function notebookCodeUri(file: Uri): Uri {
  return file.with({ fragment: CODE });
}

export function isNotebookCode({ path, fragment }: Uri): boolean {
  return fragment === CODE && path.endsWith('.ipynb');
}

/** The file of a notebook's code; another address as it is. */
export function fileOf(uri: Uri): Uri {
  return isNotebookCode(uri) ? uri.with({ fragment: '' }) : uri;
}

/** The last part of its path. */
export function fileName({ path }: Uri): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** For lists and messages: relative to the workspace folder, or the whole path outside of any. */
export function shortPath(uri: Uri): string {
  return workspace.asRelativePath(fileOf(uri), (workspace.workspaceFolders?.length ?? 0) > 1);
}
