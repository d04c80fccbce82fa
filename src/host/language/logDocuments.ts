import { type TabChangeEvent, type TextDocument, type Uri, window, workspace } from 'vscode';
import type { ConfigStore } from '../config';
import { DisposableStore } from '../disposables';
import type { LogSession, LogSessions, SessionLease } from '../sessions/logSession';
import { fileOfTab, isInTab } from '../tabs';
import { isCandidate } from './candidates';
import { openDocument } from './openDocument';

/** Holds a session for every open document that may be a training log; its content decides whether it is one. */
export class LogDocuments {
  private readonly store = new DisposableStore();
  private readonly leases = new Map<string, SessionLease>();

  constructor(
    private readonly sessions: LogSessions,
    private readonly config: ConfigStore,
  ) {
    this.store.add(workspace.onDidOpenTextDocument((document) => this.opened(document)));
    this.store.add(workspace.onDidCloseTextDocument(({ uri }) => this.closed(uri)));
    this.store.add(window.tabGroups.onDidChangeTabs((event) => this.tabsChanged(event)));
    this.store.add(config.onDidChange(() => this.takeAll()));
  }

  /** Looks at the documents that were open before us. */
  takeAll(): void {
    for (const document of workspace.textDocuments) {
      this.opened(document);
    }
    if (!this.config.current.enable) {
      for (const uri of [...this.leases.values()].map(({ session }) => session.uri)) {
        this.closed(uri);
      }
    }
  }

  /** The session of an open document; undefined when its name and language rule a log out. */
  sessionOf(uri: Uri): LogSession | undefined {
    return this.leases.get(uri.toString())?.session;
  }

  dispose(): void {
    this.store.dispose();
    for (const lease of this.leases.values()) {
      lease.dispose();
    }
    this.leases.clear();
  }

  private opened(document: TextDocument): void {
    const key = document.uri.toString();
    if (this.config.current.enable && !this.leases.has(key) && isCandidateDocument(document)) {
      this.leases.set(key, this.sessions.acquire(document.uri));
    }
  }

  /** A document outlives its last tab, and a new tab then opens no new document. */
  private tabsChanged({ opened, closed }: TabChangeEvent): void {
    for (const uri of closed.flatMap((tab) => fileOfTab(tab) ?? [])) {
      if (!isInTab(uri)) {
        this.closed(uri);
      }
    }
    for (const uri of opened.flatMap((tab) => fileOfTab(tab) ?? [])) {
      const document = openDocument(uri);
      if (document !== undefined) {
        this.opened(document);
      }
    }
  }

  private closed(uri: Uri): void {
    const key = uri.toString();
    const lease = this.leases.get(key);
    // First forgotten, then closed: whoever hears of the end finds no session here.
    this.leases.delete(key);
    lease?.dispose();
  }
}

function isCandidateDocument({ uri, languageId }: TextDocument): boolean {
  const hasFileSystem = workspace.fs.isWritableFileSystem(uri.scheme) !== undefined;
  return isCandidate({ scheme: uri.scheme, path: uri.path, languageId, hasFileSystem });
}
