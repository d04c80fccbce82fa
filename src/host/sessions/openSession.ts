import { type Uri, workspace } from 'vscode';
import type { FileSource } from '../../core/io/fileSource';
import { throughGzip } from '../../core/io/gzipSource';
import { DisposableStore, type Disposes } from '../disposables';
import { openDocument } from '../language/openDocument';
import { NodeFileSource } from '../nodeFileSource';
import { pathOf } from '../paths';
import { FollowingSession, type SessionParts } from './followingSession';
import { TextSource } from './textSource';
import { watchFile } from './watchFile';
import { WholeFileSource } from './wholeFileSource';

/** Edits of a document that has no file are read after the typing pauses. */
const TYPING_PAUSE_MS = 300;

/** Opens a log wherever it lives: on the disk, in a virtual file system, or in an unsaved document. */
export function openSession(
  uri: Uri,
  parts: Pick<SessionParts, 'select' | 'join' | 'formats' | 'company' | 'log'>,
): FollowingSession {
  return new FollowingSession({
    ...parts,
    uri,
    source: sourceOf(uri),
    watch: (onMayHaveChanged) =>
      hasFile(uri) ? watchFile(uri, onMayHaveChanged) : watchDocument(uri, onMayHaveChanged),
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
