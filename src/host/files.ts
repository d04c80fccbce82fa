/**
 * Files and folders wherever they lie. Those of the local disk are read by Node: VS Code's file service asks the workbench
 * first, each time, and while an editor opens the workbench takes a tenth of a second to answer.
 */
import { FileType, type Uri, workspace } from 'vscode';
import {
  bytesOnDisk,
  type EntryOnDisk,
  entriesOnDisk,
  type StatusOnDisk,
  statusOnDisk,
} from './nodeFileSource';

/** Rejects where there is nothing, or nothing that may be looked at, as all of these do. */
export async function statusOf(uri: Uri): Promise<StatusOnDisk> {
  return uri.scheme === 'file' ? statusOnDisk(uri.fsPath) : workspace.fs.stat(uri);
}

export async function bytesOf(uri: Uri): Promise<Uint8Array> {
  return uri.scheme === 'file' ? bytesOnDisk(uri.fsPath) : workspace.fs.readFile(uri);
}

/** Names in a folder and what they are; of a link that it is one, and what it leads to. */
export async function entriesOf(folder: Uri): Promise<readonly (readonly [string, FileType])[]> {
  if (folder.scheme !== 'file') {
    return workspace.fs.readDirectory(folder);
  }
  const entries = await entriesOnDisk(folder.fsPath);
  return entries.map((entry): [string, FileType] => [entry.name, typeOf(entry)]);
}

function typeOf({ leadsTo, isLink }: EntryOnDisk): FileType {
  const type = { file: FileType.File, folder: FileType.Directory, other: FileType.Unknown }[leadsTo];
  return isLink ? FileType.SymbolicLink | type : type;
}
