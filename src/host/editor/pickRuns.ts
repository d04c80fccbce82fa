import { type QuickPickItem, Uri, window, workspace } from 'vscode';
import { CHART_FILES, LOG_EXTENSIONS } from '../language/candidates';
import { FOREIGN_FOLDERS } from '../language/pythonSources';
import { shortPath } from '../paths';
import type { RunsModel } from '../views/runsModel';

interface RunItem extends QuickPickItem {
  /** Undefined: a file that is not listed. */
  readonly uri: Uri | undefined;
}

/** Files by name that are listed at most; the Training Runs view and the file dialog have the others. */
const MOST_FILES = 500;

/** Asks which runs to compare a log with: those known first, then files that may be logs by their name. */
export async function pickRuns(
  own: Uri,
  compared: readonly string[],
  runs: RunsModel,
): Promise<readonly string[] | null> {
  const items = await runItems(own, compared, runs);
  const chosen = await window.showQuickPick<RunItem>(items, {
    canPickMany: true,
    matchOnDescription: true,
    title: 'Compare with other runs',
    placeHolder: 'Choose logs to draw beside this one',
  });
  if (chosen === undefined) {
    return null;
  }
  const uris = chosen.flatMap(({ uri }) => (uri === undefined ? [] : [uri]));
  if (chosen.some(({ uri }) => uri === undefined)) {
    const more = await window.showOpenDialog({
      canSelectMany: true,
      defaultUri: Uri.joinPath(own, '..'),
      openLabel: 'Compare',
      title: 'Compare with other runs',
    });
    uris.push(...(more ?? []));
  }
  return [...new Set(uris.map((uri) => uri.toString()))].filter((uri) => uri !== own.toString());
}

async function runItems(own: Uri, compared: readonly string[], runs: RunsModel): Promise<RunItem[]> {
  const names = [...LOG_EXTENSIONS.map((ending) => `*.${ending}`), ...CHART_FILES];
  const files = await workspace.findFiles(`**/{${names.join(',')}}`, FOREIGN_FOLDERS, MOST_FILES);
  const known = runs.all.filter(({ kind }) => kind === 'log');
  const listed = new Map<string, RunItem>();
  const add = (uri: Uri, detail?: string) => {
    const key = uri.toString();
    if (key !== own.toString() && !listed.has(key)) {
      listed.set(key, { label: shortPath(uri), description: detail, uri, picked: compared.includes(key) });
    }
  };
  for (const uri of compared) {
    add(Uri.parse(uri, true));
  }
  for (const { uri, size, health } of known) {
    add(uri, [size, health].filter((text) => text !== '').join(' · '));
  }
  for (const uri of files.sort((a, b) => a.path.localeCompare(b.path))) {
    add(uri);
  }
  return [...listed.values(), { label: '$(folder-opened) Another file…', uri: undefined, alwaysShow: true }];
}

/**
 * The log of an address that comes from the page; only files where the run itself is.
 * @throws when it is none
 */
export function comparableUri(text: string, own: Uri): Uri {
  const uri = Uri.parse(text, true);
  if (uri.scheme !== own.scheme || uri.authority !== own.authority) {
    throw new Error('This run cannot be compared: it is on another file system.');
  }
  return uri;
}
