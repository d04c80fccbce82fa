/**
 * Files and folders wherever they lie. Those of the local disk are read by Node: VS Code's file service asks the workbench
 * first, each time, and while an editor opens the workbench takes a tenth of a second to answer.
 */
import { type Dirent, promises as disk } from 'node:fs';
import { join } from 'node:path';
import { FileType, type Uri, workspace } from 'vscode';

export interface FileStatus {
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly mtime: number;
}

/** Rejects where there is nothing, or nothing that may be looked at, as all of these do. */
export async function statusOf(uri: Uri): Promise<FileStatus> {
  if (uri.scheme !== 'file') {
    return workspace.fs.stat(uri);
  }
  const { size, mtimeMs } = await disk.stat(uri.fsPath);
  return { size, mtime: mtimeMs };
}

export async function bytesOf(uri: Uri): Promise<Uint8Array> {
  return uri.scheme === 'file' ? disk.readFile(uri.fsPath) : workspace.fs.readFile(uri);
}

/** Names in a folder and what they are; of a link that it is one, and what it leads to. */
export async function entriesOf(folder: Uri): Promise<readonly (readonly [string, FileType])[]> {
  if (folder.scheme !== 'file') {
    return workspace.fs.readDirectory(folder);
  }
  const entries = await disk.readdir(folder.fsPath, { withFileTypes: true });
  return Promise.all(
    entries.map(async (entry): Promise<[string, FileType]> => [entry.name, await typeOf(folder, entry)]),
  );
}

async function typeOf(folder: Uri, entry: Dirent): Promise<FileType> {
  if (!entry.isSymbolicLink()) {
    return plainType(entry);
  }
  const target = await disk.stat(join(folder.fsPath, entry.name)).catch(() => null);
  return FileType.SymbolicLink | (target === null ? FileType.Unknown : plainType(target));
}

function plainType(entry: Pick<Dirent, 'isFile' | 'isDirectory'>): FileType {
  return entry.isFile() ? FileType.File : entry.isDirectory() ? FileType.Directory : FileType.Unknown;
}
