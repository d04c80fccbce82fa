/** Programs that no npm package brings: found on the machine, installed where that is allowed, or named. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './run';

/** The first of `names` that is an executable file in PATH or at an absolute path; undefined if none is. */
export function findProgram(names: readonly string[]): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  for (const name of names) {
    const candidates = name.includes('/') || name.includes('\\') ? [name] : folders.map((f) => join(f, name));
    for (const candidate of candidates) {
      try {
        accessSync(candidate, constants.X_OK);
        return candidate;
      } catch {
        // Not here; the next candidate is tried.
      }
    }
  }
  return undefined;
}

/** Installs Debian packages if this process may; otherwise throws an error that names them and what they are for. */
export async function installSystemPackages(packages: readonly string[], purpose: string): Promise<void> {
  const mayInstall = process.getuid?.() === 0 && findProgram(['apt-get']) !== undefined;
  if (!mayInstall) {
    throw new Error(
      `${purpose} needs ${packages.join(', ')}. Install what is missing, for example with ` +
        `\`sudo apt-get install ${packages.join(' ')}\`, and run this again.`,
    );
  }
  console.log(`Installing ${packages.join(', ')} (${purpose}) ...`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['-o', 'DPkg::Lock::Timeout=300', 'update'], { env });
  await run(
    'apt-get',
    ['-o', 'DPkg::Lock::Timeout=300', 'install', '-y', '--no-install-recommends', ...packages],
    { env },
  );
}
