import { realpath } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import type { RunReport } from '../core/report/checkReport';

/** Was one of these runs read from the file, or from a file of the folder? */
export async function namesRun(path: string, runs: readonly RunReport[]): Promise<boolean> {
  const place = (name: string) => realpath(name).catch(() => resolve(name));
  const [wanted, ...read] = await Promise.all([path, ...runs.map(({ run }) => run.path)].map(place));
  return path === '-' || read.some((one) => one === wanted || one.startsWith(`${wanted}${sep}`));
}
