import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));

/** One set of programs with the logs they wrote. */
export interface CaseSet {
  readonly title: string;
  readonly folder: string;
}

/** The reference set beside the repository, and the project's own. Sets that are absent are left out. */
export const CASE_SETS: readonly CaseSet[] = [
  { title: 'Reference set', folder: join(HERE, '../../../../shared/gradbench/cases') },
  { title: 'Examination set', folder: join(HERE, '../exam/cases') },
  { title: 'Examination set, second half', folder: join(HERE, '../exam-held/cases') },
  { title: 'Third examination set', folder: join(HERE, '../exam-third/cases') },
  { title: 'Fourth examination set', folder: join(HERE, '../exam-fourth/cases') },
  { title: 'Fourth examination set, second half', folder: join(HERE, '../exam-fourth-held/cases') },
  { title: 'Fifth examination set', folder: join(HERE, '../exam-fifth/cases') },
  { title: 'Fifth examination set, second half', folder: join(HERE, '../exam-fifth-held/cases') },
  { title: 'Sixth examination set', folder: join(HERE, '../exam-sixth/cases') },
  { title: 'Sixth examination set, second half', folder: join(HERE, '../exam-sixth-held/cases') },
  { title: 'Seventh examination set', folder: join(HERE, '../exam-seventh/cases') },
  { title: 'Seventh examination set, second half', folder: join(HERE, '../exam-seventh-held/cases') },
  { title: 'Eighth examination set', folder: join(HERE, '../exam-eighth/cases') },
  { title: 'Eighth examination set, second half', folder: join(HERE, '../exam-eighth-held/cases') },
  { title: 'Ninth examination set', folder: join(HERE, '../exam-ninth/cases') },
  { title: 'Ninth examination set, second half', folder: join(HERE, '../exam-ninth-held/cases') },
].filter(({ folder }) => existsSync(folder));

export interface Case {
  readonly id: string;
  readonly folder: string;
  readonly defect: string;
  readonly healthy: boolean;
  readonly log: { readonly file: string };
  readonly log_truth: { readonly onset_step: number | null; readonly layers: readonly string[] };
  readonly success: { readonly metric: string; readonly op: string; readonly value: number };
}

/** The cases of a folder, in order of their ids. */
export function casesIn(folder: string): readonly Case[] {
  return readdirSync(folder)
    .sort()
    .filter((id) => existsSync(join(folder, id, 'case.json')))
    .map((id) => ({
      id,
      folder: join(folder, id),
      ...(JSON.parse(readFileSync(join(folder, id, 'case.json'), 'utf8')) as Omit<Case, 'id' | 'folder'>),
    }));
}

/** The Python files of a case by name: `train.py` and what it imports. */
export function programOf({ folder }: Case): ReadonlyMap<string, string> {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.py'))
    .sort();
  return new Map(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

/** Whether a RESULT value meets a case's criterion; null (NaN, infinite, none) never does. */
export function meets({ success }: Case, value: number | null): boolean {
  return value !== null && (success.op === '<' ? value < success.value : value > success.value);
}
