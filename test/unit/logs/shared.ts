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
