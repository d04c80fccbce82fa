import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Script } from 'node:vm';
import * as vscode from 'vscode';
import { extension } from './inHost';

/** What of the editor's interface takes something in: a second copy of the extension must not be there twice. */
const REGISTRATION = /^(register|create|onDid|onWill|executeCommand|setStatusBarMessage)/;

/**
 * Milliseconds for compiling and running the extension's code and its `activate`, in this extension host, without what other
 * extensions do in the same thread meanwhile. The least of several tries, and of the clock and the processor time of the whole
 * process, as everything else only adds: neither other processes nor other threads make it less.
 */
export function activationTime(tries = 5): number {
  const path = join(extension().extensionPath, 'dist', 'extension.js');
  const text = readFileSync(path, 'utf8');
  const nodeRequire = createRequire(path);
  const api = deafApi();
  const load = (id: string): unknown => (id === 'vscode' ? api : nodeRequire(id));
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < tries; i++) {
    const module = { exports: {} as { activate?: (context: unknown) => void } };
    const subscriptions: { dispose(): void }[] = [];
    const start = performance.now();
    const processor = process.cpuUsage();
    // Another text each time, or the compiled code of the try before would be used again.
    const wrapped = `(function (exports, require, module, __filename, __dirname) {${text}\n// ${i}\n})`;
    new Script(wrapped, { filename: path }).runInThisContext()(
      module.exports,
      load,
      module,
      path,
      join(path, '..'),
    );
    module.exports.activate?.({ subscriptions, extensionUri: extension().extensionUri });
    const { user, system } = process.cpuUsage(processor);
    least = Math.min(least, performance.now() - start, (user + system) / 1000);
    for (const own of subscriptions) {
      own.dispose();
    }
  }
  return least;
}

/** VS Code's interface, but what is registered goes nowhere. */
function deafApi(): object {
  const { commands, languages, window, workspace } = vscode;
  return {
    ...vscode,
    commands: deaf(commands),
    languages: deaf(languages),
    window: deaf(window),
    workspace: deaf(workspace),
  };
}

function deaf(namespace: object): object {
  const overrides = Object.keys(namespace)
    .filter((key) => REGISTRATION.test(key))
    .map((key) => [key, { value: () => NOTHING }]);
  return Object.create(namespace, Object.fromEntries(overrides));
}

/** Has every method, and none does anything. Not a promise. */
const NOTHING: object = new Proxy(
  {},
  {
    get: (_target, key) =>
      key === 'then' ? undefined : key === Symbol.iterator ? [][Symbol.iterator] : () => NOTHING,
  },
);
