/** A made-up run that grows record by record. */
import type { Run } from '../../src/core/run/run';
import { PointColumns, type Series, type SeriesKind } from '../../src/core/run/series';

export interface GrowingRun {
  readonly run: Run;
  /** Appends one record; null leaves the series out of it. @param logged value of a series by its place */
  push(step: number, logged: (series: number) => number | null): void;
}

/** The whole model's norm, the loss, and the norms of as many layers. */
export function growingRun(layers: number): GrowingRun {
  const columns: PointColumns[] = [];
  const series: Series[] = [];
  const add = (name: string, kind: SeriesKind, parameter: string | null) => {
    const points = new PointColumns();
    columns.push(points);
    series.push({ id: series.length, name, kind, statistic: 'norm', split: 'train', parameter, points });
  };
  add('grad_norm', 'grad-norm', null);
  add('loss', 'loss', null);
  for (let layer = 0; layer < layers; layer++) {
    add(`grad_norm/blocks.${layer}.weight`, 'grad-norm', `blocks.${layer}.weight`);
  }
  const run = {
    path: 'run.jsonl',
    format: 'jsonl',
    confidence: 1,
    bytes: 0,
    lines: 0,
    axis: { kind: 'step' as const, why: 'key step' },
    series,
    steps: 0,
    segments: [{ line: 1, firstStep: 0, lastStep: 0 }],
    skips: [],
    problems: [],
  };
  return {
    run,
    push: (step, logged) => {
      run.lines++;
      run.steps++;
      run.bytes += 20 * columns.length;
      columns.forEach((points, at) => {
        const value = logged(at);
        if (value !== null) {
          points.push(step, value, run.lines);
        }
      });
    },
  };
}
