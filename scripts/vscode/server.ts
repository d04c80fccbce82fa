import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NpmHost } from './npmHost';
import type { Settings } from './settings';

const START_LIMIT_MS = 60_000;

export interface ServerOptions {
  /** A fresh folder: the locks that an earlier server left would delay the extension host. */
  readonly dataFolder: string;
  readonly settings: Settings;
  readonly env?: NodeJS.ProcessEnv;
  /** 0, the default, takes any free port. */
  readonly port?: number;
}

export interface Server {
  readonly port: number;
  /** Address of the workbench on a folder, or an empty one; `payload` is what the workbench calls its extension and test entry points. */
  address(folder: string | undefined, payload: Readonly<Record<string, string>>): string;
  /** A file of this machine as the workbench names it. */
  uri(path: string): string;
  close(): Promise<void>;
}

/** Starts the npm VS Code's server on this machine only; resolves when it listens. */
export function startServer(host: NpmHost, options: ServerOptions): Promise<Server> {
  const { dataFolder } = options;
  const userFolder = join(dataFolder, 'data', 'User');
  mkdirSync(userFolder, { recursive: true });
  writeFileSync(join(userFolder, 'settings.json'), JSON.stringify(options.settings));
  const child = spawn(
    host.node,
    [
      host.server,
      ...['--host', '127.0.0.1', '--port', String(options.port ?? 0), '--without-connection-token'],
      ...['--accept-server-license-terms', '--disable-telemetry'],
      ...['--server-data-dir', dataFolder, '--extensions-dir', join(dataFolder, 'extensions')],
      // Without it a built workbench ignores the payload.
      '--enable-smoke-test-driver',
    ],
    // A group of its own, so that the extension host ends with the server.
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      env: options.env ?? process.env,
    },
  );
  const end = () => {
    try {
      process.kill(process.platform === 'win32' ? (child.pid as number) : -(child.pid as number), 'SIGKILL');
    } catch {
      // It has ended already.
    }
  };
  process.once('exit', end);
  process.once('SIGTERM', exit);
  process.once('SIGINT', exit);
  return new Promise((resolve, reject) => {
    let output = '';
    const fail = (why: string) => {
      clearTimeout(timer);
      end();
      reject(new Error(`The VS Code server did not start: ${why}\n${output}`));
    };
    const timer = setTimeout(() => fail(`silent for ${START_LIMIT_MS / 1000} s`), START_LIMIT_MS);
    child.on('error', (error) => fail(error.message));
    child.on('exit', (code) => fail(`it ended with ${code}`));
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk;
    });
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk;
      const port = /listening on (\d+)/.exec(output)?.[1];
      if (port) {
        clearTimeout(timer);
        child.removeAllListeners('exit');
        child.stdout.removeAllListeners('data').resume();
        child.stderr.removeAllListeners('data').resume();
        resolve(serverAt(Number(port), child, end));
      }
    });
  });
}

function serverAt(port: number, child: ReturnType<typeof spawn>, end: () => void): Server {
  const authority = `127.0.0.1:${port}`;
  return {
    port,
    uri: (path) =>
      `vscode-remote://${authority}${path.startsWith('/') ? '' : '/'}${path.replaceAll('\\', '/')}`,
    address: (folder, payload) => {
      const query = new URLSearchParams(folder ? { folder } : { ew: 'true' });
      if (Object.keys(payload).length > 0) {
        query.set('payload', JSON.stringify(Object.entries(payload)));
      }
      return `http://${authority}/?${query}`;
    },
    close: () =>
      new Promise((resolve) => {
        process.removeListener('exit', end);
        process.removeListener('SIGTERM', exit);
        process.removeListener('SIGINT', exit);
        if (child.exitCode !== null || child.signalCode !== null) {
          end();
          resolve();
          return;
        }
        child.once('exit', () => resolve());
        end();
      }),
  };
}

/** A signal alone would end this process without its `exit` listeners, and leave the server behind. */
function exit(): void {
  process.exit(130);
}
