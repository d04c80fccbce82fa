/**
 * `npm start`: builds the extension and opens VS Code on a copy of the sample workspace with it. On a machine without a display the
 * workbench is served at a local address for any browser, until Ctrl+C.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DesktopHost, findHost, repository } from './vscode/host';
import type { NpmHost } from './vscode/npmHost';
import { run } from './vscode/run';
import { startServer } from './vscode/server';
import { userSettings } from './vscode/settings';
import { desktopDataFolder, desktopFlags } from './vscode/window';

async function main(): Promise<void> {
  await run(process.execPath, ['esbuild.mjs'], { cwd: repository });
  const scratch = mkdtempSync(join(tmpdir(), 'gradient-inspector-start-'));
  process.once('exit', () =>
    rmSync(scratch, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }),
  );
  const folder = join(scratch, 'samples');
  cpSync(join(repository, 'samples'), folder, { recursive: true });
  const host = await findHost();
  await (host.kind === 'desktop' ? openDesktop(host, folder) : serve(host, folder, scratch));
}

async function openDesktop(host: DesktopHost, folder: string): Promise<void> {
  const options = { folder, extension: repository };
  const args = [
    folder,
    `--extensionDevelopmentPath=${repository}`,
    ...desktopFlags(desktopDataFolder(options)),
  ];
  const child = spawn(host.executable, args, { stdio: 'ignore' });
  console.log(`VS Code is open on ${folder}. Close its window or press Ctrl+C to end.`);
  process.once('SIGINT', () => process.exit(130));
  process.once('exit', () => child.kill());
  await new Promise((resolve, reject) => {
    child.on('close', resolve);
    child.on('error', reject);
  });
}

async function serve(host: NpmHost, folder: string, scratch: string): Promise<void> {
  const dataFolder = join(scratch, 'data');
  mkdirSync(dataFolder);
  const server = await startServer(host, { dataFolder, settings: userSettings('dark') });
  const address = server.address(folder, {
    extensionDevelopmentPath: server.uri(repository),
    skipWelcome: 'true',
  });
  console.log(`VS Code with the sample workspace is at\n\n  ${address}\n\nCtrl+C ends it.`);
  await new Promise(() => {});
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
