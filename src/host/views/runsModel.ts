import type { Uri } from 'vscode';
import { count } from '../../core/report/plain';
import type { Finding, LogFinding, NotChecked } from '../../core/rules/finding';
import type { Problem, Run } from '../../core/run/run';
import { Emitter } from '../emitter';
import { isFolder } from '../isFolder';
import { findingPhrase, healthOf, runSize } from '../language/runSummary';
import type { LogSession } from '../sessions/logSession';

/** A finding and its few words for a list: "vanishing in the first 6 layers since step 1". */
export interface ListedFinding {
  readonly finding: Finding | LogFinding;
  readonly phrase: string;
}

/** A log or a Python file with what was found in it. No run is kept, only what is shown of it. */
export interface FileResult {
  readonly uri: Uri;
  readonly kind: 'log' | 'python';
  /** The run is a tracker's folder: no text, only charts. */
  readonly isFolder: boolean;
  /** "3,000 steps · 24 parameters"; empty for Python. */
  readonly size: string;
  /** "vanishing in the first 6 layers since step 1". */
  readonly health: string;
  readonly findings: readonly ListedFinding[];
  readonly notChecked: readonly NotChecked[];
  /** What in the file could not be read. */
  readonly problems: readonly Problem[];
  /** The person asked for it: its findings stay in the Problems panel while no editor shows the file. */
  readonly isAsked: boolean;
  /** Its log is open, and followed. */
  readonly isOpen: boolean;
}

/** What the "Training runs" view shows: results of the last search, kept up by the sessions of open logs. */
export class RunsModel {
  private readonly results = new Map<string, FileResult>();
  /** Removed by the person; an open log's session does not bring them back. */
  private readonly removed = new Set<string>();
  private readonly changed = new Emitter<Uri | undefined>();
  /** A file's result changed; undefined: all of them. */
  readonly onDidChange = this.changed.event;

  get all(): readonly FileResult[] {
    return [...this.results.values()];
  }

  of(uri: Uri): FileResult | undefined {
    return this.results.get(uri.toString());
  }

  /** Takes over what an open log's session knows. `isAsked`: the person asked for this very log. */
  updateFrom(session: LogSession, isAsked = this.of(session.uri)?.isAsked ?? false): void {
    const { run, state, uri, findings, silenced, notChecked } = session;
    if (run !== null && state !== 'reading' && (isAsked || !this.removed.has(uri.toString()))) {
      this.put({ ...logResult(uri, run, findings, silenced, notChecked), isAsked, isOpen: true });
    }
  }

  /** The log is no longer followed; what was found stays listed. */
  closed(uri: Uri): void {
    const result = this.of(uri);
    if (result !== undefined) {
      this.put({ ...result, isOpen: false });
    }
  }

  /** The person does not want to hear of this file any more. */
  remove(uri: Uri): void {
    this.results.delete(uri.toString());
    this.removed.add(uri.toString());
    this.changed.fire(uri);
  }

  put(result: FileResult): void {
    this.removed.delete(result.uri.toString());
    this.results.set(result.uri.toString(), result);
    this.changed.fire(result.uri);
  }

  clear(): void {
    this.results.clear();
    this.changed.fire(undefined);
  }

  dispose(): void {
    this.changed.dispose();
  }
}

export function logResult(
  uri: Uri,
  run: Run,
  findings: readonly LogFinding[],
  silenced: number,
  notChecked: readonly NotChecked[],
): FileResult {
  return {
    uri,
    kind: 'log',
    isFolder: isFolder(uri),
    size: runSize(run),
    health: healthOf(run, findings, silenced),
    findings: findings.map((finding) => ({ finding, phrase: findingPhrase(finding, run) })),
    notChecked,
    problems: run.problems.slice(),
    isAsked: true,
    isOpen: false,
  };
}

export function pythonResult(uri: Uri, findings: readonly Finding[]): FileResult {
  return {
    uri,
    kind: 'python',
    isFolder: false,
    size: '',
    health: count(findings.length, 'finding'),
    findings: findings.map((finding) => ({ finding, phrase: finding.message })),
    notChecked: [],
    problems: [],
    isAsked: true,
    isOpen: false,
  };
}
