/** `check --fix`: writes the fixes that may be applied into the files. */
import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { applyEdits } from '../core/edits';
import { allFindings, type CheckReport } from '../core/report/checkReport';
import type { Fix } from '../core/rules/finding';

export interface FixOptions {
  readonly unsafe: boolean;
  /** Only fixes of this remedy; null for all. */
  readonly remedy: string | null;
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
    const text = await readFile(path, 'utf8');
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
    if (fixed !== null && fixed !== text) {
      await replaceFile(path, fixed);
      applied.push(...taken.map(({ title }) => ({ path, title })));
    }
  }
  return applied;
}

function sameEdits(a: Fix, b: Fix): boolean {
  return JSON.stringify(a.edits) === JSON.stringify(b.edits);
}

/** Written beside and renamed, so that an interruption cannot leave half a file. */
async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.gradient-inspector.tmp`;
  const { mode } = await stat(path);
  await writeFile(temporary, text, { mode });
  await rename(temporary, path);
}
