import { type Uri, workspace } from 'vscode';
import type { FileSource } from '../../core/io/fileSource';
import { throughGzip } from '../../core/io/gzipSource';
import { RotatedReader } from '../../core/logs/rotatedReader';
import { RunFolderReader } from '../../core/logs/runFolderReader';
import { DisposableStore, type Disposes } from '../disposables';
import { isFolder } from '../isFolder';
import { openDocument } from '../language/openDocument';
import { NodeFileSource } from '../nodeFileSource';
import { pathOf, uriOf } from '../paths';
import { FollowingSession, type SessionParts } from './followingSession';
import { olderPartsOf } from './olderParts';
import { runFolderFiles, watchFolder } from './runFolderFiles';
import { TextSource } from './textSource';
import { watchFile } from './watchFile';
import { WholeFileSource } from './wholeFileSource';

/** Edits of a document that has no file are read after the typing pauses. */
const TYPING_PAUSE_MS = 300;

/** Opens a log wherever it lives: on the disk, a folder of a tracker included, in a virtual file system, or in an unsaved document. */
export function openSession(
  uri: Uri,
  parts: Pick<SessionParts, 'select' | 'join' | 'formats' | 'company' | 'log'>,
): FollowingSession {
  if (isFolder(uri)) {
    const reader = new RunFolderReader(
      pathOf(uri),
      { list: () => runFolderFiles(uri), open: (path) => sourceOf(uriOf(path)) },
      parts.formats,
    );
    return new FollowingSession({
      ...parts,
      uri,
      source: { path: pathOf(uri), size: async () => 0, read: async () => 0, close: () => reader.close() },
      reader,
      watch: (onMayHaveChanged) => watchFolder(uri, onMayHaveChanged),
    });
  }
  if (!hasFile(uri)) {
    return new FollowingSession({
      ...parts,
      uri,
      source: sourceOf(uri),
      watch: (onMayHaveChanged) => watchDocument(uri, onMayHaveChanged),
    });
  }
  const open = (path: string): FileSource => sourceOf(uriOf(path));
  const reader = new RotatedReader(pathOf(uri), olderPartsOf(uri), open, parts.formats);
  return new FollowingSession({
    ...parts,
    uri,
    source: reader.source,
    reader,
    watch: (onMayHaveChanged) => watchFile(uri, onMayHaveChanged),
  });
}

/** Where the bytes of a log come from. */
export function sourceOf(uri: Uri): FileSource {
  if (uri.scheme === 'file') {
    return throughGzip(new NodeFileSource(uri.fsPath));
  }
  if (hasFile(uri)) {
    return new WholeFileSource(pathOf(uri), {
      stat: async () => workspace.fs.stat(uri),
      readFile: async () => workspace.fs.readFile(uri),
    });
  }
  return new TextSource(pathOf(uri), {
    read: () => {
      const document = openDocument(uri);
      return document && { version: document.version, text: document.getText() };
    },
  });
}

function hasFile(uri: Uri): boolean {
  return workspace.fs.isWritableFileSystem(uri.scheme) !== undefined;
}

function watchDocument(uri: Uri, onMayHaveChanged: () => void): Disposes {
  const store = new DisposableStore();
  const key = uri.toString();
  let timer: NodeJS.Timeout | undefined;
  store.add({ dispose: () => clearTimeout(timer) });
  store.add(
    workspace.onDidChangeTextDocument(({ document }) => {
      if (document.uri.toString() === key) {
        clearTimeout(timer);
        timer = setTimeout(onMayHaveChanged, TYPING_PAUSE_MS);
      }
    }),
  );
  return store;
}
