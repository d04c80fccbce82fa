import { readFileSync, writeFileSync } from 'node:fs';

/** What a suite says to the process that started it. */
export interface SuiteResult {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Test files of which at least one test ran, relative to the suite's folder, without their ending. */
  readonly files: readonly string[];
  /** VS Code's version as the host itself gives it; undefined for a suite outside VS Code. */
  readonly version?: string;
}

/** Names the file for the result; unset if nobody asks for one. */
export const RESULT_VARIABLE = 'GRADIENT_INSPECTOR_TEST_RESULT';

/** Names the folder of tests that a run inside VS Code is for. */
export const SUITE_VARIABLE = 'GRADIENT_INSPECTOR_TEST_SUITE';

/** Begins every line that a suite in VS Code prints, to tell it from what VS Code itself prints to the same console. */
export const TEST_LINE = '[test] ';

export function writeResult(result: SuiteResult): void {
  const path = process.env[RESULT_VARIABLE];
  if (path) {
    writeFileSync(path, JSON.stringify(result));
  }
}

/** Undefined if the suite ended without a result. */
export function readResult(path: string): SuiteResult | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as SuiteResult;
  } catch {
    return undefined;
  }
}
