import type { Uri } from 'vscode';
import { isDirectory } from './nodeFileSource';

/** Only folders of the disk are runs: other file systems are read file by file. */
export function isFolder(uri: Uri): boolean {
  return uri.scheme === 'file' && isDirectory(uri.fsPath);
}
