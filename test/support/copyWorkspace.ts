import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

/** Copies a folder to a temporary place of the same name, so that what is done to it leaves the original alone. */
export function copyWorkspace(folder: string): { readonly path: string; dispose(): void } {
  const parent = mkdtempSync(join(tmpdir(), 'gradient-inspector-'));
  const path = join(parent, basename(folder));
  cpSync(folder, path, { recursive: true });
  return {
    path,
    dispose: () => rmSync(parent, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }),
  };
}
