/**
 * Runs the programs of the sample workspace with real PyTorch and keeps the logs that they write, beside them. One thread and
 * fixed seeds: the same PyTorch gives the same logs. PYTHON names the interpreter.
 *
 *   npm run samples
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './vscode/run';

const samples = join(__dirname, '..', 'samples');

/** `stdout` is the file for what the program prints; null if it writes its log itself. */
const programs: readonly { readonly folder: string; readonly stdout: string | null }[] = [
  { folder: 'vanishing-sigmoid', stdout: 'train.log' },
  { folder: 'vanishing-relu', stdout: 'train.log' },
  { folder: 'exploding-rnn', stdout: null },
  { folder: 'nan-distance', stdout: 'train.log' },
  { folder: 'healthy-residual', stdout: null },
];

async function main(): Promise<void> {
  const python = process.env.PYTHON ?? (existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3');
  for (const { folder, stdout } of programs) {
    const start = performance.now();
    const env = { ...process.env, OMP_NUM_THREADS: '1', PYTHONDONTWRITEBYTECODE: '1' };
    const printed = await run(python, ['train.py'], { cwd: join(samples, folder), env });
    if (stdout) {
      writeFileSync(join(samples, folder, stdout), printed);
    }
    console.log(`${folder}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
