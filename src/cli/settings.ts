/** The files beside Python sources that may hold their settings: what they import and the configurations they name. */
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PythonFacts } from '../core/python/facts';
import { hasRateElsewhere } from '../core/remedies/edits/rates';
import { type SettingsFile, settingsCandidates } from '../core/remedies/settings';

const MAX_BYTES = 200_000;

/** Files that cannot be read are no settings. */
export async function settingsBeside(facts: readonly PythonFacts[]): Promise<readonly SettingsFile[]> {
  const found = new Map<string, SettingsFile>();
  for (const one of facts.filter(hasRateElsewhere)) {
    const folder = dirname(one.path);
    // A package's modules are imported from the folder above it.
    for (const base of [folder, dirname(folder)]) {
      for (const candidate of settingsCandidates(one)) {
        const path = join(base, candidate);
        const text = found.has(path) ? null : await smallText(path);
        if (text !== null) {
          found.set(path, { path, text });
        }
      }
    }
  }
  return [...found.values()];
}

async function smallText(path: string): Promise<string | null> {
  try {
    const status = await stat(path);
    return status.isFile() && status.size <= MAX_BYTES ? await readFile(path, 'utf8') : null;
  } catch {
    return null;
  }
}
