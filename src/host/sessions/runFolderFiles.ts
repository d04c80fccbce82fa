import { FileType, RelativePattern, Uri, workspace } from 'vscode';
import { DisposableStore, type Disposes } from '../disposables';
import { entriesOf } from '../files';
import { pathOf } from '../paths';

/** A run folder is small; a folder of a whole project must not be walked without end. */
const DEEPEST = 6;
const MOST_FILES = 5000;
/** File systems that tell of no changes are looked at this often. */
const POLL_MS = 5000;
/** Folders in which no run lies. */
const FOREIGN = new Set(['node_modules', '__pycache__', 'site-packages', '.git', '.venv', 'venv']);
/** Weights, data and media beside a run. */
const NO_LOG =
  /\.(?:pt|pth|ckpt|safetensors|bin|onnx|h5|npy|npz|pkl|parquet|png|jpe?g|gif|svg|mp4|zip|tar|py|pyc)$/i;

/** Paths of the files in a folder and below it that may be parts of a run, in a stable order. */
export async function runFolderFiles(folder: Uri): Promise<string[]> {
  const files: string[] = [];
  await walk(folder, DEEPEST, files);
  return files;
}

async function walk(folder: Uri, depth: number, files: string[]): Promise<void> {
  const entries = [...(await entriesOf(folder))].sort(([one], [other]) => (one < other ? -1 : 1));
  for (const [name, type] of entries) {
    const uri = Uri.joinPath(folder, name);
    // Links are not followed: a loop of links would never end.
    if (type === FileType.Directory && depth > 0 && !FOREIGN.has(name)) {
      await walk(uri, depth - 1, files);
    } else if (type === FileType.File && !NO_LOG.test(name) && files.length < MOST_FILES) {
      files.push(pathOf(uri));
    }
  }
}

/** Calls back when a file in the folder changed, came or went. */
export function watchFolder(folder: Uri, onMayHaveChanged: () => void): Disposes {
  const store = new DisposableStore();
  const watcher = store.add(workspace.createFileSystemWatcher(new RelativePattern(folder, '**/*')));
  watcher.onDidChange(onMayHaveChanged);
  watcher.onDidCreate(onMayHaveChanged);
  watcher.onDidDelete(onMayHaveChanged);
  const timer = setInterval(onMayHaveChanged, POLL_MS);
  store.add({ dispose: () => clearInterval(timer) });
  return store;
}
