import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

export interface WorkspaceCopy {
  readonly path: string;
  /** Makes it equal to the original again; files that are equal are not touched. */
  restore(): void;
  dispose(): void;
}

/** Copies a folder to a temporary place of the same name, so that what is done to it leaves the original alone. */
export function copyWorkspace(folder: string): WorkspaceCopy {
  const parent = mkdtempSync(join(tmpdir(), 'gradient-inspector-'));
  const path = join(parent, basename(folder));
  cpSync(folder, path, { recursive: true });
  return {
    path,
    restore: () => restore(folder, path),
    dispose: () => rmSync(parent, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }),
  };
}

function restore(original: string, copy: string): void {
  const wanted = new Set(filesIn(original));
  const present = new Set(filesIn(copy));
  for (const name of present) {
    if (!wanted.has(name)) {
      rmSync(join(copy, name));
    }
  }
  for (const name of wanted) {
    const [from, to] = [join(original, name), join(copy, name)];
    if (!present.has(name) || !readFileSync(from).equals(readFileSync(to))) {
      cpSync(from, to);
    }
  }
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  );
}
