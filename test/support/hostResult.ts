/** What a test run inside the extension host says to the process that started it. */
export interface HostResult {
  /** VS Code's version as the host itself gives it. */
  readonly version: string;
  readonly passed: number;
  readonly failed: number;
  /** Test files of which at least one test ran, as `name.test.js` relative to the suite's folder. */
  readonly files: readonly string[];
}

/** Begins every line that the suite prints, to tell it from what VS Code itself prints to the same console. */
export const TEST_LINE = '[test] ';
