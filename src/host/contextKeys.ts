import { commands, type Disposable, type Uri, window, workspace } from 'vscode';
import { activeFile } from './activeFile';
import { DisposableStore } from './disposables';
import { mayBeLogName } from './language/candidates';
import { errorText, type Log } from './log';
import { logHalf } from './logHalf';
import { HeadSource } from './sessions/headSource';
import type { LogSession, LogSessions } from './sessions/logSession';

/** Enough of a file to tell whether it is a training log. */
const HEAD_BYTES = 256 * 1024;

/**
 * Keeps the keys that menus ask: `gradientInspector.isLog` (the active editor shows a log) and
 * `gradientInspector.logPaths` (every open log, so that each editor's own title bar knows).
 */
export function registerContextKeys(sessions: LogSessions, log: Log): Disposable {
  const store = new DisposableStore();
  const logs = new Map<string, Uri>();
  const lookedAt = new Set<string>();
  let shown = '';
  const update = () => {
    const active = activeFile();
    const isLog = active !== undefined && logs.has(active.toString());
    const paths = [...logs.values()].flatMap(({ path, fsPath }) =>
      path === fsPath ? [path] : [path, fsPath],
    );
    const state = JSON.stringify([isLog, paths]);
    if (state !== shown) {
      shown = state;
      void commands.executeCommand('setContext', 'gradientInspector.isLog', isLog);
      void commands.executeCommand('setContext', 'gradientInspector.logPaths', paths);
    }
  };
  const note = (uri: Uri, isLog: boolean) => {
    if (isLog) {
      logs.set(uri.toString(), uri);
    } else {
      logs.delete(uri.toString());
    }
    update();
  };
  store.add(sessions.onDidChange((session: LogSession) => note(session.uri, session.run !== null)));
  store.add(
    window.tabGroups.onDidChangeTabs(() => {
      const uri = largeFile();
      if (uri !== undefined && !logs.has(uri.toString()) && !lookedAt.has(uri.toString())) {
        lookedAt.add(uri.toString());
        looksLikeLog(uri).then(
          (isLog) => note(uri, isLog),
          (error: unknown) => log.debug(`${uri.toString()}: ${errorText(error)}`),
        );
      }
      update();
    }),
  );
  store.add(window.tabGroups.onDidChangeTabGroups(update));
  return store;
}

/** The active editor's file when it is too large to be a document and is named like a log. */
function largeFile(): Uri | undefined {
  const uri = activeFile();
  const key = uri?.toString();
  return uri !== undefined &&
    uri.scheme === 'file' &&
    mayBeLogName(uri.path) &&
    !workspace.textDocuments.some((document) => document.uri.toString() === key)
    ? uri
    : undefined;
}

async function looksLikeLog(uri: Uri): Promise<boolean> {
  const { readLog, sourceOf } = logHalf();
  const source = new HeadSource(sourceOf(uri), HEAD_BYTES);
  try {
    return (await readLog(source)) !== null;
  } finally {
    await source.close();
  }
}
