import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CASE_SETS, type Case, casesIn, programOf } from '../repair/cases';

/** A program that trains: healthy as it is, or a defective one that was repaired by hand. */
export interface Base {
  readonly id: string;
  readonly about: Case;
  /** The program's files; `train.py` is the one that defects are put into. */
  readonly files: ReadonlyMap<string, string>;
  /** What it reaches. */
  readonly value: number;
}

interface Told extends Case {
  readonly runtime_s?: number;
  readonly baseline_value?: number | null;
  readonly verified?: Readonly<Record<string, number>>;
}

/** Programs that run longer, in seconds as their case says, are left out. */
const LONGEST_S = 5;

/** Every program that trains, of all sets that are here. */
export function basePrograms(): readonly Base[] {
  return CASE_SETS.flatMap(({ folder }) => casesIn(folder))
    .filter((about) => ((about as Told).runtime_s ?? 0) <= LONGEST_S)
    .flatMap((about) => (about.healthy ? healthy(about) : repaired(about)));
}

function healthy(about: Told): readonly Base[] {
  const value = about.baseline_value;
  return typeof value === 'number' ? [{ id: about.id, about, files: programOf(about), value }] : [];
}

/** The first remedy that was written by hand for a defective program. */
function repaired(about: Told): readonly Base[] {
  const folder = join(about.folder, 'remedies');
  const name = existsSync(folder)
    ? readdirSync(folder)
        .sort()
        .find((each) => each.endsWith('.py'))
    : undefined;
  const value = name === undefined ? undefined : about.verified?.[name.replace(/\.py$/, '')];
  if (name === undefined || value === undefined) {
    return [];
  }
  const text = readFileSync(join(folder, name), 'utf8');
  return [
    {
      id: `${about.id}+${name.replace(/\.py$/, '')}`,
      about,
      files: new Map([...programOf(about), ['train.py', text]]),
      value,
    },
  ];
}
