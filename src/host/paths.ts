import { Uri, workspace } from 'vscode';

/** The path a person knows a file by, which the core passes around: of the disk, or the whole address elsewhere. */
export function pathOf(uri: Uri): string {
  return uri.scheme === 'file' ? uri.fsPath : uri.toString();
}

/** The way back from {@link pathOf}. */
export function uriOf(path: string): Uri {
  return /^[a-z][a-z0-9+.-]+:/i.test(path) && !/^[a-z]:[\\/]/i.test(path)
    ? Uri.parse(path, true)
    : Uri.file(path);
}

/** For lists and messages: relative to the workspace folder, or the whole path outside of any. */
export function shortPath(uri: Uri): string {
  return workspace.asRelativePath(uri, (workspace.workspaceFolders?.length ?? 0) > 1);
}
