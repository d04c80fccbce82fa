/** `check --fix`: writes the fixes that may be applied into the files. */
import { readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { applyEdits } from '../core/edits';
import { allFindings, type CheckReport } from '../core/report/checkReport';
import type { Fix } from '../core/rules/finding';
import { reason } from './files';

export interface FixOptions {
  readonly unsafe: boolean;
  /** Only fixes of this remedy; null for all. */
  readonly remedy: string | null;
  /** The texts that the fixes were computed from, by path. */
  readonly judged: ReadonlyMap<string, string>;
  /** A file that holds another text by now: its fixes would land in the wrong place, and are left out. */
  onChanged(path: string): void;
  /** A file that could not be read again or written, in a folder without write access for instance; it is left as it was. */
  onFailed(path: string, why: string): void;
}

/**
 * Applies at most one fix a finding, best first, and skips a fix whose edits overlap one already taken.
 * @returns the titles applied, each with its file.
 */
export async function applyFixes(
  report: CheckReport,
  options: FixOptions,
): Promise<{ path: string; title: string }[]> {
  const chosen = new Map<string, Fix[]>();
  for (const { finding } of allFindings(report)) {
    const fix = finding.fixes.find(
      ({ safety, remedy }) =>
        (options.unsafe || safety === 'safe') && (options.remedy === null || remedy === options.remedy),
    );
    if (fix !== undefined) {
      const fixes = chosen.get(fix.path) ?? [];
      if (!fixes.some((other) => sameEdits(other, fix))) {
        chosen.set(fix.path, [...fixes, fix]);
      }
    }
  }
  const applied: { path: string; title: string }[] = [];
  for (const [path, fixes] of chosen) {
    try {
      applied.push(...(await fixFile(path, fixes, options)));
    } catch (error) {
      options.onFailed(path, reason(error));
    }
  }
  return applied;
}

/** @returns what was applied. Rejects where the file cannot be read or written. */
async function fixFile(
  path: string,
  fixes: readonly Fix[],
  options: FixOptions,
): Promise<{ path: string; title: string }[]> {
  const text = await exactText(path);
  if (text === null) {
    throw new Error('its text is not UTF-8');
  }
  if (text !== options.judged.get(path)) {
    options.onChanged(path);
    return [];
  }
  let taken: Fix[] = [];
  for (const fix of fixes) {
    const trial = [...taken, fix];
    if (
      applyEdits(
        text,
        trial.flatMap(({ edits }) => edits),
      ) !== null
    ) {
      taken = trial;
    }
  }
  const fixed = applyEdits(
    text,
    taken.flatMap(({ edits }) => edits),
  );
  if (fixed === null || fixed === text) {
    return [];
  }
  await replaceFile(path, fixed);
  return taken.map(({ title }) => ({ path, title }));
}

function sameEdits(a: Fix, b: Fix): boolean {
  return JSON.stringify(a.edits) === JSON.stringify(b.edits);
}

/** The text of a file, or null when its bytes are no UTF-8: writing it back would change what no fix meant. */
async function exactText(path: string): Promise<string | null> {
  const bytes = await readFile(path);
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : null;
}

/** Written beside and renamed, so that an interruption cannot leave half a file. A link stays one: its target is written. */
async function replaceFile(path: string, text: string): Promise<void> {
  const target = await realpath(path);
  const temporary = `${target}.gradient-inspector.tmp`;
  const { mode } = await stat(target);
  // A left-over or a planted link is not written through.
  await rm(temporary, { force: true });
  await writeFile(temporary, text, { mode, flag: 'wx' });
  await rename(temporary, target);
}
