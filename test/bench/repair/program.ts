import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CACHE = join(tmpdir(), 'gradient-inspector-repair');
/** The Python that has PyTorch: Debian's package belongs to the system's own. */
export const PYTHON = process.env.PYTHON ?? (existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3');
const TIMEOUT_MS = 900_000;

export interface Outcome {
  /** RESULT value; null for NaN, infinite or none. */
  readonly value: number | null;
  /** The program ended with an error. */
  readonly broken: boolean;
  readonly message: string;
}

/** How a program ended that was run before; null for any other. */
export function keptOutcome(files: ReadonlyMap<string, string>): Outcome | null {
  const cached = join(CACHE, `${keyOf(files)}.json`);
  return existsSync(cached) ? (JSON.parse(readFileSync(cached, 'utf8')) as Outcome) : null;
}

/** Runs `train.py` among its files in an empty folder; outcomes are kept by the text of the files. */
export function runProgram(files: ReadonlyMap<string, string>): Outcome {
  mkdirSync(CACHE, { recursive: true });
  const kept = keptOutcome(files);
  if (kept !== null) {
    return kept;
  }
  const cached = join(CACHE, `${keyOf(files)}.json`);
  const folder = mkdtempSync(join(tmpdir(), 'repair-'));
  try {
    for (const [name, text] of files) {
      writeFileSync(join(folder, name), text);
    }
    const done = spawnSync(PYTHON, ['train.py'], {
      cwd: folder,
      encoding: 'utf8',
      timeout: TIMEOUT_MS,
      maxBuffer: 1 << 28,
      env: { ...process.env, OMP_NUM_THREADS: '1', PYTHONDONTWRITEBYTECODE: '1' },
    });
    const last = done.stdout.trimEnd().split('\n').pop() ?? '';
    const outcome: Outcome = {
      value: resultOf(last),
      broken: done.status !== 0,
      message: done.status === 0 ? '' : (done.stderr.trimEnd().split('\n').pop() ?? ''),
    };
    // A run that was cut short says how busy the machine was.
    if (done.signal === null) {
      writeFileSync(cached, JSON.stringify(outcome));
    }
    return outcome;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function keyOf(files: ReadonlyMap<string, string>): string {
  const hash = createHash('sha256');
  const only = files.size === 1 ? files.get('train.py') : undefined;
  hash.update(only ?? JSON.stringify([...files]));
  return hash.digest('hex');
}

/** The value of a RESULT line; null where it is none or not finite. */
export function resultOf(line: string): number | null {
  const value = /^RESULT .*"value": *([^}\s]+)/.exec(line)?.[1];
  const number = value === undefined || value === 'null' ? Number.NaN : Number(value);
  return Number.isFinite(number) ? number : null;
}
