import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { check } from '../../src/cli/check';
import type { Finding } from '../../src/core/rules/finding';
import { pythonAnalyzer } from '../unit/python/analyzer';

/** A finding in the code, with the name of its file. */
export interface Located extends Finding {
  readonly file: string;
}

/** What `check` says about the Python files of a folder, alone or with a log of the folder as evidence. */
export async function findingsOf(folder: string, log: string | null): Promise<readonly Located[]> {
  const { report } = await check({
    paths: readdirSync(folder)
      .filter((name) => name.endsWith('.py'))
      .map((name) => join(folder, name)),
    evidence: log === null ? [] : [join(folder, log)],
    python: pythonAnalyzer,
    onUnreadable: (path, why) => console.error(`${path}: ${why}`),
    onNote: () => undefined,
    onProgress: () => undefined,
  });
  return report.sources.flatMap(({ path, findings }) =>
    findings.map((finding) => ({ ...finding, file: basename(path) })),
  );
}
