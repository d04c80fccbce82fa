/**
 * Runs the test files under some folders of `test/` in plain Node:
 *
 *   tsx test/support/runSuite.ts unit host tidy --jobs
 *   tsx test/support/runSuite.ts ui --spec --timeout=120000
 */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { runFiles } from './runFiles';
import { writeResult } from './suiteResult';

const DEFAULT_TIMEOUT_MS = 60_000;

async function main(args: readonly string[]): Promise<void> {
  const timeout = args.find((arg) => arg.startsWith('--timeout='))?.slice('--timeout='.length);
  const result = await runFiles({
    folders: args
      .filter((arg) => !arg.startsWith('--'))
      .map((name) => join(__dirname, '..', name))
      .filter((folder) => existsSync(folder)),
    ending: 'ts',
    reporter: args.includes('--spec') ? 'spec' : 'dot',
    timeout: timeout ? Number(timeout) : DEFAULT_TIMEOUT_MS,
    ...(args.includes('--jobs') ? { jobs: availableParallelism() } : {}),
  });
  writeResult(result);
  // A test that leaves a timer or a server behind must not hold up the run.
  process.exit(result.failed > 0 || result.passed === 0 ? 1 : 0);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
