import { commands, Uri, workspace } from 'vscode';
import { toRange } from '../language/documentFindings';
import { openedPlace } from '../language/notebookPlaces';
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
  const at = { line: toIndex(line) + 1, column: toIndex(column) + 1 };
  const place = await openedPlace(uri, { ...at, endLine: at.line, endColumn: at.column });
  await commands.executeCommand('vscode.open', place.uri, { selection: toRange(place.range) });
}

function isFile({ scheme }: Uri): boolean {
  return (
    scheme === 'untitled' ||
    scheme === 'vscode-notebook-cell' ||
    workspace.fs.isWritableFileSystem(scheme) !== undefined
  );
}

/** 1-based from outside, 0-based inside. */
function toIndex(value: unknown): number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value - 1 : 0;
}
