import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BytesSource } from '../../../src/core/io/fileSource';
import { readLog } from '../../../src/core/logs/logReader';
import type { Run } from '../../../src/core/run/run';
import type { Series, SeriesKind } from '../../../src/core/run/series';

/** Reference logs that live beside the repository; tests on them say so and go on when they are absent. */
export function sharedFolder(name: string): string | null {
  const folder = join(__dirname, '../../../../shared', name);
  if (existsSync(folder)) {
    return folder;
  }
  console.log(`      (${name}: the reference files are not here, so these checks are left out)`);
  return null;
}

export async function runOf(path: string): Promise<Run | null> {
  return readLog(new BytesSource(path, readFileSync(path)));
}

export async function runOfText(text: string, path = 'train.log'): Promise<Run | null> {
  return readLog(new BytesSource(path, new TextEncoder().encode(text)));
}

export function ofKind(run: Run, kind: SeriesKind): Series[] {
  return run.series.filter((series) => series.kind === kind && series.split === 'train');
}

/** Values of a series in file order. */
export function valuesOf(series: Series): number[] {
  return Array.from({ length: series.points.length }, (_, index) => series.points.value(index));
}

export function stepsOf(series: Series): number[] {
  return Array.from({ length: series.points.length }, (_, index) => series.points.step(index));
}

/** A text as something prints it, and what is to be read from it. */
export interface Printed {
  readonly text: string;
  /** Split, kind, name, parameter, steps and values of all that is no plain curve; empty where it is no log. */
  readonly series: readonly string[];
}

/** One test a text. */
export function describePrinted(title: string, cases: Readonly<Record<string, Printed>>): void {
  describe(title, () => {
    for (const [name, { text, series }] of Object.entries(cases)) {
      it(name, async () => {
        assert.deepEqual(told(await runOfText(text)), series);
      });
    }
  });
}

function told(run: Run | null): string[] {
  return (run?.series ?? [])
    .filter(({ kind, statistic }) => kind !== 'other' || statistic === 'mean')
    .map((series) => {
      const owner = series.parameter === null ? '' : ` (${series.parameter})`;
      const at = stepsOf(series).join(' ');
      return `${series.split} ${series.kind} ${series.name}${owner} @ ${at} = ${valuesOf(series).join(' ')}`;
    });
}
