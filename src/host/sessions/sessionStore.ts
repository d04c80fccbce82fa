import type { Uri } from 'vscode';
import { Emitter } from '../emitter';
import type { FollowingSession } from './followingSession';
import type { LogSession, LogSessions, SessionLease } from './logSession';

interface Entry {
  readonly session: FollowingSession;
  holders: number;
}

/** One session per file, counted: opened with the first lease, closed with the last. */
export class SessionStore implements LogSessions {
  private readonly entries = new Map<string, Entry>();
  private readonly changed = new Emitter<LogSession>();
  private readonly closed = new Emitter<Uri>();
  readonly onDidChange = this.changed.event;
  readonly onDidClose = this.closed.event;

  constructor(private readonly open: (uri: Uri) => FollowingSession) {}

  /** Every open log, in the order opened. */
  get all(): readonly LogSession[] {
    return [...this.entries.values()].map(({ session }) => session);
  }

  acquire(uri: Uri): SessionLease {
    const key = uri.toString();
    let entry = this.entries.get(key);
    if (entry === undefined) {
      entry = { session: this.open(uri), holders: 0 };
      const { session } = entry;
      session.onDidChange(() => this.changed.fire(session));
      this.entries.set(key, entry);
    }
    entry.holders++;
    return { session: entry.session, dispose: once(() => this.release(key)) };
  }

  peek(uri: Uri): LogSession | undefined {
    return this.entries.get(uri.toString())?.session;
  }

  /** The settings changed: what is shown of every session's findings changes with them. */
  reselectAll(): void {
    for (const { session } of this.entries.values()) {
      session.reselect();
    }
  }

  /** Code changed: the session looks for its parameters again. */
  async rejoin(uri: Uri): Promise<void> {
    await this.entries.get(uri.toString())?.session.rejoin();
  }

  /** Code changed: every session looks for its parameters again. */
  rejoinAll(): void {
    for (const { session } of this.entries.values()) {
      void session.rejoin();
    }
  }

  dispose(): void {
    for (const { session } of this.entries.values()) {
      session.dispose();
    }
    this.entries.clear();
    this.changed.dispose();
    this.closed.dispose();
  }

  private release(key: string): void {
    const entry = this.entries.get(key);
    if (entry !== undefined && --entry.holders === 0) {
      this.entries.delete(key);
      entry.session.dispose();
      this.closed.fire(entry.session.uri);
    }
  }
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (!done) {
      done = true;
      action();
    }
  };
}
