import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Run } from '../../../src/core/run/run';
import type { Series } from '../../../src/core/run/series';
import {
  compareWithFacts,
  type FileFacts,
  type RunFigures,
  type SeriesFigures,
} from '../../support/corpusFacts';
import { runOf, sharedFolder, stepsOf, valuesOf } from './shared';

function figuresOf(series: Series): SeriesFigures {
  // The facts count every number that was logged, also where ranks repeat each other.
  const logged = { ...series, points: series.logged ?? series.points };
  const values = valuesOf(logged);
  const steps = stepsOf(logged);
  const finite = values.filter(Number.isFinite);
  const max = finite.reduce((one, other) => Math.max(one, other), Number.NEGATIVE_INFINITY);
  const min = finite.reduce((one, other) => Math.min(one, other), Number.POSITIVE_INFINITY);
  return {
    name: series.name,
    kind: series.kind,
    split: series.split,
    parameter: series.parameter,
    points: values.length,
    first: values[0] ?? Number.NaN,
    last: values.at(-1) ?? Number.NaN,
    min,
    max,
    nonfinite: values.length - finite.length,
    firstStep: steps[0] ?? Number.NaN,
    lastStep: steps.at(-1) ?? Number.NaN,
    nan: values.filter(Number.isNaN).length,
    inf: values.filter((value) => Math.abs(value) === Number.POSITIVE_INFINITY).length,
    zeros: values.filter((value) => value === 0).length,
    minStep: steps[values.indexOf(min)] ?? Number.NaN,
    maxStep: steps[values.indexOf(max)] ?? Number.NaN,
  };
}

function figures(run: Run | null): RunFigures | null {
  return run === null
    ? null
    : {
        steps: run.steps,
        segments: run.segments.length,
        skips: run.skips.length,
        series: run.series.map(figuresOf),
      };
}

describe('real logs', () => {
  const folder = sharedFolder('corpus');
  if (folder === null) {
    return;
  }
  const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as {
    files: FileFacts[] | Record<string, FileFacts>;
  };
  for (const file of Object.values(expected.files)) {
    it(file.file, async () => {
      const run = await runOf(join(folder, file.file));
      assert.deepEqual(compareWithFacts(figures(run), file).differences, []);
    });
  }
});
