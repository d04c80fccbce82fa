/** Compiles the integration suite and runs it inside VS Code's extension host; the sample workspace is copied for it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import * as esbuild from 'esbuild';
import { provideDisplay } from '../../scripts/vscode/display';
import { findHost, type Host, repository } from '../../scripts/vscode/host';
import type { NpmHost } from '../../scripts/vscode/npmHost';
import {
  desktopDataFolder,
  desktopFlags,
  openBrowser,
  removeFolder,
  type WindowOptions,
} from '../../scripts/vscode/window';
import { copyWorkspace } from './copyWorkspace';
import { testFiles } from './runFiles';
import {
  RESULT_VARIABLE,
  readResult,
  SUITE_VARIABLE,
  type SuiteResult,
  TEST_LINE,
  writeResult,
} from './suiteResult';

const source = join(repository, 'test', 'integration');
const compiled = join(repository, 'out', 'integration');

const RUN_LIMIT_MS = 600_000;
/** Once the workbench has loaded, the first word of the suite comes within seconds; silence means that the start failed. */
const START_LIMIT_MS = 60_000;
const START_TRIES = 3;

/** The tests of each folder run in a window of their own: on the sample workspace, and on no folder at all. */
const SUITES = ['withFolder', 'withoutFolder'] as const;
type Suite = (typeof SUITES)[number];

async function main(): Promise<void> {
  await compile(testFiles(source, '.test.ts'));
  const host = await findHost();
  const total = { passed: 0, failed: 0, skipped: 0, files: [] as string[] };
  for (const suite of SUITES) {
    const found = testFiles(join(source, suite), '.test.ts').map((name) => name.replace(/\.test\.ts$/, ''));
    const result = await runInHost(host, suite);
    const missing = found.filter((name) => !result.files.includes(name));
    console.log(
      `${suite}, inside VS Code ${result.version}: ${result.files.length} of ${found.length} test files ran.`,
    );
    if (missing.length > 0) {
      console.error(`Found but not run: ${missing.join(', ')}`);
    }
    total.passed += result.passed;
    total.failed += result.failed + missing.length;
    total.skipped += result.skipped;
    total.files.push(...result.files.map((name) => `${suite}/${name}`));
  }
  writeResult(total);
  process.exitCode = total.failed > 0 ? 1 : 0;
}

async function compile(tests: readonly string[]): Promise<void> {
  rmSync(compiled, { recursive: true, force: true });
  await esbuild.build({
    entryPoints: ['index.ts', ...tests].map((name) => join(source, name)),
    outdir: compiled,
    outbase: source,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'es2022',
    sourcemap: 'inline',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
}

async function runInHost(host: Host, suite: Suite): Promise<SuiteResult> {
  const workspace = copyWorkspace(join(repository, 'samples'));
  const scratch = mkdtempSync(join(tmpdir(), 'gradient-inspector-result-'));
  const resultFile = join(scratch, 'result.json');
  const options: WindowOptions = {
    folder: suite === 'withFolder' ? workspace.path : undefined,
    extension: repository,
    env: { [RESULT_VARIABLE]: resultFile, [SUITE_VARIABLE]: suite },
  };
  try {
    await (host.kind === 'npm'
      ? runInBrowser(host, options)
      : runOnDesktop(host.executable, options).catch((error: unknown) => console.error(String(error))));
    const result = readResult(resultFile);
    if (!result) {
      throw new Error('VS Code ended without a test result.');
    }
    return result;
  } finally {
    workspace.dispose();
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function runOnDesktop(executable: string, options: WindowOptions): Promise<void> {
  const endDisplay = await provideDisplay();
  const dataFolder = desktopDataFolder(options);
  try {
    await runTests({
      vscodeExecutablePath: executable,
      extensionDevelopmentPath: options.extension,
      extensionTestsPath: join(compiled, 'index.js'),
      extensionTestsEnv: options.env,
      launchArgs: [...(options.folder ? [options.folder] : []), ...desktopFlags(dataFolder)],
    });
  } finally {
    endDisplay();
    removeFolder(dataFolder);
  }
}

/**
 * The page calls back with what the extension host and the workbench print, of which only the suite's lines are shown, and with
 * the exit code. A start that fails is tried again.
 */
async function runInBrowser(host: NpmHost, options: WindowOptions): Promise<void> {
  for (let attempt = 1; attempt <= START_TRIES; attempt++) {
    let started = false;
    const noise: string[] = [];
    let over: (code: number) => void = () => {};
    const exit = new Promise<number>((resolve) => {
      over = resolve;
    });
    const window = await openBrowser(host, options, {
      testsEntry: join(compiled, 'index.js'),
      prepare: async (page) => {
        await page.exposeFunction('codeAutomationLog', (type: string, args: unknown[]) => {
          const line = String(args[0]);
          if (line.startsWith(TEST_LINE)) {
            started = true;
            console.log(line.slice(TEST_LINE.length));
          } else if (type === 'error') {
            noise.push(line);
          }
        });
        await page.exposeFunction('codeAutomationExit', over);
      },
    });
    const startTimer = setTimeout(() => started || over(-1), START_LIMIT_MS);
    const runTimer = setTimeout(() => over(-2), RUN_LIMIT_MS);
    const code = await exit;
    clearTimeout(startTimer);
    clearTimeout(runTimer);
    await window.close();
    if (code === -2) {
      throw new Error(`The integration suite did not end within ${RUN_LIMIT_MS / 1000} s.`);
    }
    // An end before the first word of the suite is a failed start too, whatever its code.
    if (started) {
      return;
    }
    console.log(`The extension host did not start at attempt ${attempt}:\n${noise.join('\n')}`);
  }
  throw new Error(`The extension host did not start in ${START_TRIES} attempts.`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
