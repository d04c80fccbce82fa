/**
 * `npm test`: builds, then runs every suite, each in a process of its own. The last line is the sum over all of them. Names of suites
 * as arguments run only those.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RESULT_VARIABLE, readResult, type SuiteResult } from '../test/support/suiteResult';

const repository = join(__dirname, '..');

/** A suite that takes longer than this hangs. */
const SUITE_LIMIT_MS = 900_000;

const suites: Readonly<Record<string, readonly string[]>> = {
  unit: ['test/support/runSuite.ts', 'unit', 'host', 'tidy', '--jobs'],
  integration: ['test/support/runIntegration.ts'],
  ui: ['test/support/runSuite.ts', 'ui', '--spec', '--timeout=120000'],
};

async function main(names: readonly string[]): Promise<void> {
  const unknown = names.find((name) => !(name in suites));
  if (unknown) {
    throw new Error(`No suite is called ${unknown}; there are ${Object.keys(suites).join(', ')}.`);
  }
  let passed = 0;
  let failed = 0;
  const summary: string[] = [];
  if ((await run(['esbuild.mjs'], process.env, [])) !== 0) {
    throw new Error('The build failed.');
  }
  for (const [name, args] of Object.entries(suites)) {
    if (names.length > 0 && !names.includes(name)) {
      continue;
    }
    console.log(`\n== ${name}`);
    const start = performance.now();
    const result = await runSuite(args);
    passed += result.passed;
    failed += result.failed;
    const seconds = ((performance.now() - start) / 1000).toFixed(0);
    const skipped = result.skipped > 0 ? `, ${result.skipped} skipped` : '';
    summary.push(
      `${name}: ${result.passed} of ${result.passed + result.failed} tests${skipped}, ${seconds} s`,
    );
  }
  console.log(`\n${summary.join('\n')}`);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

/** A suite that ends badly although no test failed, or without any test, counts as one failure. */
async function runSuite(args: readonly string[]): Promise<SuiteResult> {
  const folder = mkdtempSync(join(tmpdir(), 'gradient-inspector-result-'));
  const file = join(folder, 'suite.json');
  const code = await run(args, { ...process.env, [RESULT_VARIABLE]: file }, ['--import', 'tsx']);
  const result = readResult(file) ?? { passed: 0, failed: 0, skipped: 0, files: [] };
  rmSync(folder, { recursive: true, force: true });
  const bad = result.failed === 0 && (code !== 0 || result.passed === 0);
  return bad ? { ...result, failed: 1 } : result;
}

function run(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  nodeOptions: readonly string[],
): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...nodeOptions, ...args], {
      cwd: repository,
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout: SUITE_LIMIT_MS,
    });
    child.on('close', (code) => resolve(code ?? 1));
  });
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
});
