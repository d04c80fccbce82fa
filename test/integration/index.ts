/** Entry of the integration suite: runs inside VS Code's extension host, started by test/support/runIntegration.ts. */
import { join } from 'node:path';
import { format } from 'node:util';
import * as vscode from 'vscode';
import { runFiles } from '../support/runFiles';
import { SUITE_VARIABLE, TEST_LINE, writeResult } from '../support/suiteResult';

export async function run(): Promise<void> {
  const result = await runFiles({
    folders: [join(__dirname, process.env[SUITE_VARIABLE] ?? '')],
    ending: 'js',
    reporter: 'spec',
    timeout: 30_000,
    print: (...args) => {
      for (const line of format(...args).split('\n')) {
        console.log(TEST_LINE + line);
      }
    },
  });
  writeResult({ ...result, version: vscode.version });
  if (result.failed > 0) {
    throw new Error(`${result.failed} integration tests failed.`);
  }
}
