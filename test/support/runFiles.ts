import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { SuiteResult } from './suiteResult';

export interface RunOptions {
  /** Runs the `*.test.<ending>` files under these folders. */
  readonly folders: readonly string[];
  readonly ending: 'js' | 'ts';
  readonly reporter: 'dot' | 'spec';
  /** Milliseconds that one test may take. */
  readonly timeout: number;
  /** Processes that the files are shared out among; without it all run in this one. Only outside VS Code. */
  readonly jobs?: number;
  /** Where the reporter's lines go; the console if not given. */
  readonly print?: (...args: unknown[]) => void;
}

/** Runs all test files under some folders with mocha, in this process. Used inside and outside VS Code. */
export async function runFiles(options: RunOptions): Promise<SuiteResult> {
  const { default: Mocha } = await import('mocha');
  if (options.print) {
    Mocha.reporters.Base.consoleLog = options.print;
  }
  const mocha = new Mocha({
    timeout: options.timeout,
    reporter: options.reporter,
    color: !process.env.CI,
    ...(options.jobs === undefined ? {} : { parallel: true, jobs: options.jobs }),
  });
  const ending = `.test.${options.ending}`;
  const paths = new Map<string, string>();
  for (const folder of options.folders) {
    for (const name of testFiles(folder, ending)) {
      paths.set(join(folder, name), name.slice(0, -ending.length));
    }
  }
  for (const path of paths.keys()) {
    mocha.addFile(path);
  }
  if (options.jobs === undefined) {
    await mocha.loadFilesAsync();
  }
  const ran = new Set<string>();
  let passed = 0;
  let skipped = 0;
  const failed = await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    runner.on('pass', () => {
      passed += 1;
    });
    runner.on('pending', () => {
      skipped += 1;
    });
    runner.on('test end', (test) => {
      const name = paths.get(test.file ?? '');
      if (name) {
        ran.add(name);
      }
    });
  });
  return { passed, failed, skipped, files: [...ran].sort() };
}

/** Test files anywhere under a folder, relative to it, in alphabetical order. */
export function testFiles(folder: string, ending: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .sort();
}
