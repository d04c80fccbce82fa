import type { Event, Uri } from 'vscode';
import type { LogFinding, NotChecked } from '../../core/rules/finding';
import type { Run } from '../../core/run/run';

/** One open log as every feature sees it: text decorations, charts and views share one session per file. */
export interface LogSession {
  readonly uri: Uri;
  /** Null while reading the first bytes, and for ever when `state` is `not-a-log`. */
  readonly run: Run | null;
  readonly findings: readonly LogFinding[];
  readonly notChecked: readonly NotChecked[];
  /**
   * reading: the first read goes on. ready: read to the end. not-a-log: the content is no training log.
   * gone: the file was deleted, what was read stays. failed: `message` says why.
   */
  readonly state: 'reading' | 'ready' | 'not-a-log' | 'gone' | 'failed';
  /** Fit to show to a person; empty unless state is failed or gone. */
  readonly message: string;
  /** Grows by one with every change, so that an older result can be told and dropped. */
  readonly generation: number;
  /** `replaced`: the run was read anew and old indices mean nothing. */
  readonly onDidChange: Event<{ readonly replaced: boolean }>;
}
