import type { Uri } from 'vscode';
import { evidenceOnSources } from '../../core/link/sourceEvidence';
import type { Finding, LogFinding } from '../../core/rules/finding';
import { Emitter } from '../emitter';
import { pathOf, shortPath, uriOf } from '../paths';
import type { FileResult, RunsModel } from '../views/runsModel';

/** What a run's log says about a line of code. */
export interface Evidence {
  readonly run: Uri;
  /** The person asked for this run, not only opened it. */
  readonly isAsked: boolean;
  readonly finding: Finding;
  /** The finding on the log that it comes from. */
  readonly onLog: LogFinding;
}

/** What runs say about lines of code: those whose log is open, and those the person asked to analyse. */
export class RunEvidence {
  /** By run, then as found. */
  private readonly byRun = new Map<string, readonly (Evidence & { readonly path: string })[]>();
  private readonly changed = new Emitter<Uri>();
  private readonly subscription;
  /** Lines of this file are judged otherwise now. */
  readonly onDidChange = this.changed.event;

  constructor(private readonly runs: RunsModel) {
    this.subscription = runs.onDidChange((uri) => {
      const touched = uri === undefined ? [...this.byRun.keys()] : [uri.toString()];
      const paths = new Set(touched.flatMap((key) => this.update(key)));
      for (const path of paths) {
        this.changed.fire(uriOf(path));
      }
    });
  }

  /** A folder of runs would fill a line with marks: of each line the run that was looked at last is heard. */
  of(uri: Uri): readonly Evidence[] {
    const path = pathOf(uri);
    const heard = new Map<number, Evidence[]>();
    for (const [run, entries] of this.byRun) {
      for (const entry of entries.filter((other) => other.path === path)) {
        const place = entry.finding.range.line;
        const others = (heard.get(place) ?? []).filter((other) => other.run.toString() === run);
        heard.set(place, [...others, entry]);
      }
    }
    return [...heard.values()].flat();
  }

  dispose(): void {
    this.subscription.dispose();
    this.changed.dispose();
  }

  /** @returns the files concerned, before and now */
  private update(key: string): readonly string[] {
    const before = this.byRun.get(key) ?? [];
    const result = this.runs.all.find(({ uri }) => uri.toString() === key);
    const now = result === undefined ? [] : evidenceOf(result);
    // The last one looked at comes last.
    this.byRun.delete(key);
    if (now.length > 0) {
      this.byRun.set(key, now);
    }
    return [...before, ...now].map(({ path }) => path);
  }
}

function evidenceOf({
  uri,
  findings,
  isAsked,
  isOpen,
}: FileResult): readonly (Evidence & { readonly path: string })[] {
  const path = pathOf(uri);
  return findings.flatMap(({ finding: onLog }) =>
    'step' in onLog && (isAsked || isOpen)
      ? evidenceOnSources(path, [onLog]).map(({ path: source, finding }) => ({
          path: source,
          run: uri,
          isAsked,
          onLog,
          // For a person the short path says which run it is.
          finding: { ...finding, message: finding.message.replace(path, shortPath(uri)) },
        }))
      : [],
  );
}
