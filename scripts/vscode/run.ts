import { type SpawnOptions, spawn } from 'node:child_process';

/**
 * Runs a command to its end. Its output is kept, and shown only in the error if it fails, so that a good run stays quiet.
 * Returns what it wrote to stdout.
 */
export function run(command: string, args: readonly string[], options: SpawnOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let both = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      stdout += chunk;
      both += chunk;
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      both += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) {
        resolve(stdout);
      } else {
        const tail = both.trimEnd().split('\n').slice(-40).join('\n');
        reject(new Error(`\`${command} ${args.join(' ')}\` ended with ${code}:\n${tail}`));
      }
    });
  });
}
