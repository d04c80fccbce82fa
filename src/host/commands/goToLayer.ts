import { commands, Range, Uri, workspace } from 'vscode';
import { uriOf } from '../paths';

/** Opens a file at a place: the layer of a finding, or the line of a log. Arguments come from links, so nothing is taken on trust. */
export async function goToLayer(
  _services: unknown,
  file?: unknown,
  line?: unknown,
  column?: unknown,
): Promise<void> {
  const uri = file instanceof Uri ? file : typeof file === 'string' ? uriOf(file) : undefined;
  // Addresses of pages and commands are no files: opening those would leave the editor.
  if (uri === undefined || !isFile(uri)) {
    return;
  }
  const row = toIndex(line);
  const at = toIndex(column);
  await commands.executeCommand('vscode.open', uri, { selection: new Range(row, at, row, at) });
}

function isFile({ scheme }: Uri): boolean {
  return scheme === 'untitled' || workspace.fs.isWritableFileSystem(scheme) !== undefined;
}

/** 1-based from outside, 0-based inside. */
function toIndex(value: unknown): number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value - 1 : 0;
}
