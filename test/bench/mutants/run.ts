import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PYTHON, resultOf } from '../repair/program';

const CACHE = join(dirname(fileURLToPath(import.meta.url)), '../../../out/mutants/runs');
/** Processor time, so that a busy machine changes nothing. */
const LIMIT_S = 30;
/** By the clock: a program may wait for its turn. */
const PATIENCE_MS = 240_000;

/** How a program ran. */
export interface Ran {
  /** RESULT value; null for NaN, infinite or none. */
  readonly value: number | null;
  /** It ended with an error or took too long. */
  readonly broken: boolean;
  /** What it wrote: the log file it made, or what it printed. */
  readonly log: string;
}

/**
 * Runs `train.py` among its files in an empty folder, and keeps what it wrote by the text of the files.
 * @param onlyKept null for a program that was not run before
 */
export function runLogged(
  files: ReadonlyMap<string, string>,
  logName: string,
  onlyKept: boolean,
): Ran | null {
  mkdirSync(CACHE, { recursive: true });
  const key = createHash('sha256')
    .update(JSON.stringify([...files, logName]))
    .digest('hex');
  const cached = join(CACHE, `${key}.json`);
  if (existsSync(cached)) {
    return JSON.parse(readFileSync(cached, 'utf8')) as Ran;
  }
  if (onlyKept) {
    return null;
  }
  const folder = mkdtempSync(join(tmpdir(), 'mutant-'));
  try {
    for (const [name, text] of files) {
      writeFileSync(join(folder, name), text);
    }
    const done = spawnSync('sh', ['-c', `ulimit -t ${LIMIT_S}; exec nice -n 5 ${PYTHON} train.py`], {
      cwd: folder,
      encoding: 'utf8',
      timeout: PATIENCE_MS,
      maxBuffer: 1 << 28,
      env: { ...process.env, OMP_NUM_THREADS: '1', PYTHONDONTWRITEBYTECODE: '1' },
    });
    const written = join(folder, logName);
    const ran: Ran = {
      value: resultOf(done.stdout.trimEnd().split('\n').pop() ?? ''),
      broken: done.status !== 0,
      log: existsSync(written) ? readFileSync(written, 'utf8') : done.stdout,
    };
    writeFileSync(cached, JSON.stringify(ran));
    return ran;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
