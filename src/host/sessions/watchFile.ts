import { RelativePattern, Uri, workspace } from 'vscode';
import { DisposableStore, type Disposes } from '../disposables';
import { statusOf } from '../files';

/** Where watch events do not come (network file systems, excluded folders) a look at the size does. */
const POLL_MS = 1000;
/** A log that has not changed for a while is looked at less often. */
const IDLE_POLL_MS = 5000;
const IDLE_AFTER_POLLS = 60;

/** Calls back when the file changed, was deleted or came back; also on a slow clock, as some file systems tell nothing. */
export function watchFile(uri: Uri, onMayHaveChanged: () => void): Disposes {
  const store = new DisposableStore();
  const folder = Uri.joinPath(uri, '..');
  const name = uri.path.slice(uri.path.lastIndexOf('/') + 1);
  const watcher = store.add(workspace.createFileSystemWatcher(new RelativePattern(folder, escapeGlob(name))));
  watcher.onDidChange(onMayHaveChanged);
  watcher.onDidCreate(onMayHaveChanged);
  watcher.onDidDelete(onMayHaveChanged);
  store.add(pollSize(async () => (await statusOf(uri)).size, onMayHaveChanged));
  return store;
}

/** Glob characters in a file's own name mean themselves. */
function escapeGlob(name: string): string {
  return name.replace(/[[\]{}*?]/g, '[$&]');
}

function pollSize(sizeOf: () => Promise<number>, onChange: () => void): Disposes {
  let last: number | undefined;
  let unchanged = 0;
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  const look = async () => {
    const size = await sizeOf().catch(() => -1);
    if (ended) {
      return;
    }
    unchanged = size === last ? unchanged + 1 : 0;
    // The first look tells as well: the file may have changed before the watcher was there.
    if (size !== last) {
      onChange();
    }
    last = size;
    timer = setTimeout(look, unchanged > IDLE_AFTER_POLLS ? IDLE_POLL_MS : POLL_MS);
  };
  timer = setTimeout(look, POLL_MS);
  return {
    dispose: () => {
      ended = true;
      clearTimeout(timer);
    },
  };
}
