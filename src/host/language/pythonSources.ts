import { FileType, RelativePattern, Uri, workspace } from 'vscode';
import { entriesOf } from '../files';
import { notebookCodeUri } from '../paths';
import type { PythonService, PythonSource } from './pythonService';

/** Python files read for one log. A project's model and training loop are near its logs; a monorepo is not read whole. */
const MAX_FILES = 60;
/** Never of the person's own making. */
export const FOREIGN_FOLDERS = '**/{node_modules,.git,.venv,venv,env,site-packages,__pycache__}/**';

/** One search for the code of one or many logs; logs of one folder share what is found. */
export class SourceSearch {
  private readonly byFolder = new Map<string, Promise<readonly PythonSource[]>>();

  constructor(private readonly python: PythonService) {}

  /** The Python files that may have written a log: beside it, then upward to the workspace folder, then anywhere in that. */
  sourcesFor(log: Uri): Promise<readonly PythonSource[]> {
    const folder = Uri.joinPath(log, '..').toString();
    const known = this.byFolder.get(folder) ?? this.search(log);
    this.byFolder.set(folder, known);
    return known;
  }

  private async search(log: Uri): Promise<readonly PythonSource[]> {
    const sources: PythonSource[] = [];
    for (const uri of await candidatesFor(log)) {
      const source = await this.python.ofFile(uri);
      if (source !== null) {
        sources.push(source);
      }
    }
    return sources;
  }
}

async function candidatesFor(log: Uri): Promise<readonly Uri[]> {
  const found = new Map<string, Uri>();
  const add = (uri: Uri) => {
    if (found.size < MAX_FILES) {
      found.set(uri.toString(), uri);
    }
  };
  const workspaceFolder = workspace.getWorkspaceFolder(log)?.uri;
  if (log.scheme !== 'untitled') {
    for (const folder of foldersUpward(log, workspaceFolder)) {
      for (const uri of await pythonFilesIn(folder)) {
        add(uri);
      }
    }
  }
  const rest =
    workspaceFolder ?? (log.scheme === 'untitled' ? workspace.workspaceFolders?.[0]?.uri : undefined);
  if (rest !== undefined && found.size < MAX_FILES) {
    const pattern = new RelativePattern(rest, '**/*.{py,ipynb}');
    for (const uri of await workspace.findFiles(pattern, FOREIGN_FOLDERS, MAX_FILES)) {
      add(codeOf(uri));
    }
  }
  return [...found.values()];
}

/** What of a file is Python. */
export function codeOf(file: Uri): Uri {
  return file.path.endsWith('.ipynb') ? notebookCodeUri(file) : file;
}

/** The log's folder and its parents up to the workspace folder; outside of any, only its own folder and the one above. */
function foldersUpward(log: Uri, workspaceFolder: Uri | undefined): readonly Uri[] {
  const folders: Uri[] = [];
  let folder = Uri.joinPath(log, '..');
  const isInside = (uri: Uri) =>
    workspaceFolder !== undefined && `${uri.path}/`.startsWith(`${workspaceFolder.path.replace(/\/$/, '')}/`);
  while (isInside(folder) || (workspaceFolder === undefined && folders.length < 2)) {
    folders.push(folder);
    const parent = Uri.joinPath(folder, '..');
    if (parent.path === folder.path) {
      break;
    }
    folder = parent;
  }
  return folders;
}

async function pythonFilesIn(folder: Uri): Promise<readonly Uri[]> {
  try {
    const entries = await entriesOf(folder);
    return entries
      .filter(([name, type]) => /\.(?:py|ipynb)$/.test(name) && (type & FileType.File) !== 0)
      .map(([name]) => codeOf(Uri.joinPath(folder, name)));
  } catch {
    // A folder that cannot be listed has no candidates.
    return [];
  }
}
