import type { Uri } from 'vscode';
import type { JoinedRun } from '../../core/link/join';
import type { LogFinding } from '../../core/rules/finding';
import type { RunFacts } from '../../core/run/facts';
import type { Run } from '../../core/run/run';
import { codeHalf } from '../codeHalf';
import { pathOf, uriOf } from '../paths';
import type { PythonService } from './pythonService';
import { SourceSearch } from './pythonSources';
import { settingsBeside } from './settingsFiles';

/** What a join may share with others' work. */
interface JoinWith {
  /** Of many logs at once. */
  readonly search?: SourceSearch;
  /** Of the run's diagnosis. */
  readonly facts?: (() => RunFacts) | undefined;
}

/** Joins logs with the code near them, and knows when a join has been overtaken by an edit of the code. */
export class Joins {
  /** By path of the Python file: what its text was known by when a log was last joined with it. */
  private readonly stamps = new Map<string, string>();

  constructor(private readonly python: PythonService) {}

  /** For many logs at once: what one finds, the others share. */
  search(): SourceSearch {
    return new SourceSearch(this.python);
  }

  async join(
    log: Uri,
    run: Run,
    findings: readonly LogFinding[],
    { search = this.search(), facts }: JoinWith = {},
  ): Promise<JoinedRun> {
    const sources = await search.sourcesFor(log);
    for (const { uri, stamp } of sources) {
      this.stamps.set(pathOf(uri), stamp);
    }
    if (sources.length === 0 && findings.length === 0) {
      // Nothing to say of a healthy log without code: the half of the engine that reads code is not loaded for it.
      return { findings, links: [] };
    }
    const settings = findings.length === 0 ? [] : await settingsBeside(sources);
    for (const { uri } of settings) {
      this.stamps.set(pathOf(uri), (await this.python.stampOf(uri)) ?? '');
    }
    return codeHalf().joinRunWithSources(
      run,
      findings,
      sources.map(({ analysis }) => analysis),
      // Without a source there is no fix to forecast, and no need of the parser.
      sources.length === 0
        ? {}
        : { settings, forecast: await this.python.reader(), ...(facts === undefined ? {} : { facts }) },
    );
  }

  /** Are the edits of these findings computed against the code as it is now? */
  async isCurrent(findings: readonly LogFinding[]): Promise<boolean> {
    const paths = new Set(findings.flatMap(({ fixes }) => fixes.map(({ path }) => path)));
    for (const path of paths) {
      if (!(await this.isFresh(uriOf(path)))) {
        return false;
      }
    }
    return true;
  }

  /** Is this Python file still as it was when a log was last joined with it? */
  async isFresh(uri: Uri): Promise<boolean> {
    const stamp = await this.python.stampOf(uri).catch(() => null);
    return stamp !== null && stamp === this.stamps.get(pathOf(uri));
  }
}
