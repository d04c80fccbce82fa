import type { Event, Uri } from 'vscode';
import type { ClipBound } from '../../core/link/clipBound';
import type { Link } from '../../core/link/join';
import type { LogFinding, NotChecked } from '../../core/rules/finding';
import type { Run } from '../../core/run/run';

/**
 * reading: the first read goes on (`run` may already hold its first part). ready: read to the end. not-a-log: the
 * content is no training log. gone: the file was deleted, what was read stays. failed: `message` says why.
 */
export type SessionState = 'reading' | 'ready' | 'not-a-log' | 'gone' | 'failed';

/** One open log as every feature sees it: text decorations, charts and views share one session per file. */
export interface LogSession {
  readonly uri: Uri;
  /** Null while reading the first bytes, and while `state` is `not-a-log` (a file that a run begins to fill becomes a log). */
  readonly run: Run | null;
  /** After the person's settings: silenced rules are not in it. Joined with the code, where that is found. */
  readonly findings: readonly LogFinding[];
  /** Findings that the settings silence. */
  readonly silenced: number;
  readonly notChecked: readonly NotChecked[];
  /** Where the run's parameters stand in the code; empty until the sources were looked at. */
  readonly links: readonly Link[];
  /** Where the code that wrote the run clips the norm of its gradient, where that is known. */
  readonly clip: ClipBound | undefined;
  readonly state: SessionState;
  /** Fit to show to a person; empty unless state is failed or gone, or the first read was cancelled. */
  readonly message: string;
  /** Share of the file that is read, 0 to 1. */
  readonly progress: number;
  /** Grows by one with every change, so that an older result can be told and dropped. */
  readonly generation: number;
  /** `replaced`: the run was read anew and old indices mean nothing. */
  readonly onDidChange: Event<SessionChange>;
  /** Looks at the file now instead of at the next watch event. */
  refresh(): void;
  /** Resolves when the code was looked at for the findings as they are now, so that fixes which there are, are there. */
  whenJoined(): Promise<void>;
  /** Stops a read that goes on; what was read stays. The next change of the file goes on from there. */
  cancel(): void;
}

export interface SessionChange {
  readonly replaced: boolean;
}

/** A right to a session; whoever holds one disposes it, and the last one closes the file. */
export interface SessionLease {
  readonly session: LogSession;
  dispose(): void;
}

/** Every open log. */
export interface LogSessions {
  /** Opens the log, or shares the session that is open already. */
  acquire(uri: Uri): SessionLease;
  /** The session of a file that somebody holds, without holding it. */
  peek(uri: Uri): LogSession | undefined;
  /** A session changed (its own event, for all of them). */
  readonly onDidChange: Event<LogSession>;
  /** Nobody holds this file any more. */
  readonly onDidClose: Event<Uri>;
}

/** Resolves when the first read is over (or failed, or found no log), at once when it is already. */
export function firstRead(session: LogSession): Promise<void> {
  if (session.state !== 'reading') {
    return Promise.resolve();
  }
  return new Promise((resolve) => {
    const subscription = session.onDidChange(() => {
      if (session.state !== 'reading') {
        subscription.dispose();
        resolve();
      }
    });
  });
}
