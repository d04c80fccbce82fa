/**
 * Entry of the integration suite: runs inside VS Code's extension host. The outer runner (test/support/runIntegration.ts) names
 * in the environment the file to write the result to.
 */
import { readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { format } from 'node:util';
import * as vscode from 'vscode';
import { type HostResult, TEST_LINE } from '../support/hostResult';

const TEST_LIMIT_MS = 30_000;

export async function run(): Promise<void> {
  const { default: Mocha } = await import('mocha');
  Mocha.reporters.Base.consoleLog = (...args: unknown[]) => console.log(TEST_LINE + format(...args));
  const mocha = new Mocha({ timeout: TEST_LIMIT_MS, reporter: 'spec', color: true });
  const files = readdirSync(__dirname, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.js'))
    .sort();
  for (const file of files) {
    mocha.addFile(join(__dirname, file));
  }
  await mocha.loadFilesAsync();
  const ran = new Set<string>();
  let passed = 0;
  const failed = await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    runner.on('pass', () => {
      passed += 1;
    });
    runner.on('test end', (test) => ran.add(relative(__dirname, test.file ?? '')));
  });
  const result: HostResult = { version: vscode.version, passed, failed, files: [...ran].sort() };
  writeFileSync(process.env.GRADIENT_INSPECTOR_TEST_RESULT ?? '', JSON.stringify(result));
  if (failed > 0) {
    throw new Error(`${failed} integration tests failed.`);
  }
}
