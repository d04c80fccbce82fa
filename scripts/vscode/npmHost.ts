/**
 * VS Code from the npm registry: the server build inside `code-server`, the Node it needs, and a Chromium to show it.
 * For machines without a display or without access to the desktop build. Kept in `.vscode-test/`, apart from the
 * project's dependencies, and put there by a rename, so that an interrupted preparation is never mistaken for a whole one.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { withLock } from './lock';
import { run } from './run';
import { findProgram, installSystemPackages } from './systemPackages';

const CODE_SERVER = '4.139.1';
/** The major version that this code-server names in its `engines`. */
const NODE_MAJOR = 24;
/** Native modules without which the extension host ends at start; the others come prebuilt or are not used. */
const NATIVE_MODULES = ['@vscode/spdlog', '@vscode/native-watchdog'];

const BROWSERS = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

export interface NpmHost {
  readonly kind: 'npm';
  /** VS Code's own version, such as 1.139.1. */
  readonly version: string;
  readonly node: string;
  /** The server's entry script. */
  readonly server: string;
  readonly browser: string;
}

/** Finds or prepares the npm host under `cacheFolder`. The first time takes about a minute. */
export async function provideNpmHost(cacheFolder: string): Promise<NpmHost> {
  mkdirSync(cacheFolder, { recursive: true });
  const home = join(cacheFolder, `npm-${CODE_SERVER}-${process.platform}-${process.arch}`);
  const browser = await withLock(join(cacheFolder, 'prepare.lock'), async () => {
    if (!existsSync(home)) {
      await prepare(home);
    }
    return provideBrowser();
  });
  const vscode = vscodeFolder(home);
  const product = JSON.parse(readFileSync(join(vscode, 'package.json'), 'utf8')) as { version: string };
  return {
    kind: 'npm',
    version: product.version,
    node: nodeBinary(home),
    server: join(vscode, 'out', 'server-main.js'),
    browser,
  };
}

async function prepare(home: string): Promise<void> {
  console.log(`Preparing VS Code from the npm registry (code-server ${CODE_SERVER}) ...`);
  if (!findProgram(['g++', 'c++', 'clang++']) || !findProgram(['make']) || !findProgram(['python3'])) {
    await installSystemPackages(['g++', 'make', 'python3'], 'Compiling the native modules of VS Code');
  }
  const unfinished = `${home}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished);
  writeFileSync(join(unfinished, 'package.json'), '{ "private": true }\n');
  const install = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'];
  await npm([...install, `${nodePackage()}@${NODE_MAJOR}`], unfinished, process.execPath);
  const node = nodeBinary(unfinished);
  await npm([...install, `code-server@${CODE_SERVER}`], unfinished, node);
  const vscode = vscodeFolder(unfinished);
  await npm([...install, '--omit=dev'], vscode, node);
  await npm(['rebuild', '--ignore-scripts=false', ...NATIVE_MODULES], vscode, node);
  renameSync(unfinished, home);
}

/** Runs npm with the given Node first in PATH, without what an outer `npm run` puts into the environment. */
async function npm(args: readonly string[], cwd: string, node: string): Promise<void> {
  const env: NodeJS.ProcessEnv = {};
  for (const [key, value] of Object.entries(process.env)) {
    if (!/^npm_(package|lifecycle|command|node)/i.test(key) && key !== 'INIT_CWD') {
      env[key] = value;
    }
  }
  env.PATH = `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`;
  const headers = localHeaders();
  if (headers) {
    env.npm_config_nodedir = headers;
  }
  await run('npm', args, { cwd, env, shell: process.platform === 'win32' });
}

/**
 * The folder of the running Node's own headers, so that compiling needs no download of them. The modules use the stable
 * Node-API, so headers of another major version do.
 */
function localHeaders(): string | undefined {
  const prefix = dirname(dirname(process.execPath));
  return existsSync(join(prefix, 'include', 'node', 'node_api.h')) ? prefix : undefined;
}

/** The package that holds Node's binary for this platform; unlike `node` itself it needs no install script. */
function nodePackage(): string {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const prefix = process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node';
  return `${prefix}-${platform}-${process.arch}`;
}

function nodeBinary(home: string): string {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  return join(home, 'node_modules', nodePackage(), 'bin', name);
}

function vscodeFolder(home: string): string {
  return join(home, 'node_modules', 'code-server', 'lib', 'vscode');
}

async function provideBrowser(): Promise<string> {
  const found = findProgram(BROWSERS);
  if (found) {
    return found;
  }
  await installSystemPackages(['chromium', 'fonts-dejavu-core'], 'Showing VS Code without a display');
  const installed = findProgram(BROWSERS);
  if (!installed) {
    throw new Error('No Chromium, Chrome or Edge was found in PATH. Install one and run this again.');
  }
  return installed;
}
