import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Run } from '../../../src/core/run/run';
import type { Series } from '../../../src/core/run/series';
import { ofKind, runOf, sharedFolder, stepsOf, valuesOf } from './shared';

/** Facts of one series, as counted by an independent script. */
interface SeriesFacts {
  points: number;
  first_step?: number;
  last_step?: number;
  first?: number;
  last?: number;
  nan?: number;
  inf?: number;
  max?: number;
  max_step?: number;
  min?: number;
  min_step?: number;
}

interface ParameterFacts {
  parameters: number;
  values: number;
  nan: number;
  inf: number;
  zeros: number;
  max: number;
  min: number;
  max_parameter: string;
  min_parameter: string;
  first_parameter: string;
  last_parameter: string;
  first_value_of_first_parameter: number;
  last_value_of_first_parameter: number;
}

interface FileFacts {
  file: string;
  facts: Record<string, unknown>;
}

const close = (found: number, expected: number): boolean =>
  Object.is(found, expected) ||
  Math.abs(found - expected) <= 1e-6 * Math.max(Math.abs(found), Math.abs(expected));

/** Differences between a series and its facts; empty when it is right. */
function compareSeries(name: string, series: Series | undefined, facts: SeriesFacts): string[] {
  if (series === undefined) {
    return [`${name}: not found`];
  }
  const values = valuesOf(series);
  const steps = stepsOf(series);
  const finite = values.filter(Number.isFinite);
  const largest = finite.reduce((one, other) => Math.max(one, other), Number.NEGATIVE_INFINITY);
  const smallest = finite.reduce((one, other) => Math.min(one, other), Number.POSITIVE_INFINITY);
  const found: SeriesFacts = {
    points: values.length,
    first_step: steps[0],
    last_step: steps.at(-1),
    first: values[0],
    last: values.at(-1),
    nan: values.filter(Number.isNaN).length,
    inf: values.filter((value) => Math.abs(value) === Number.POSITIVE_INFINITY).length,
    max: largest,
    max_step: steps[values.indexOf(largest)],
    min: smallest,
    min_step: steps[values.indexOf(smallest)],
  };
  const differences: string[] = [];
  for (const [fact, expected] of Object.entries(facts)) {
    const value = found[fact as keyof SeriesFacts];
    if (typeof expected === 'number' && fact in found && !close(value ?? Number.NaN, expected)) {
      differences.push(`${name}.${fact}: ${value}, expected ${expected}`);
    }
  }
  return differences;
}

function compareParameters(run: Run, facts: ParameterFacts, sorted: boolean): string[] {
  const series = ofKind(run, 'grad-norm').filter(({ parameter }) => parameter !== null);
  const all = series.flatMap((one) => valuesOf(one).map((value) => ({ value, series: one })));
  const finite = all.filter(({ value }) => Number.isFinite(value));
  const names = (one: Series | undefined): string[] => [one?.name ?? '', one?.parameter ?? ''];
  const extreme = (better: (one: number, other: number) => boolean) =>
    finite.reduce((best, item) => (better(item.value, best.value) ? item : best), finite[0]!);
  const differences: string[] = [];
  const expect = (what: string, found: unknown, expected: unknown): void => {
    const same =
      typeof found === 'number' && typeof expected === 'number' ? close(found, expected) : found === expected;
    if (!same) {
      differences.push(`per parameter ${what}: ${found}, expected ${expected}`);
    }
  };
  expect('parameters', series.length, facts.parameters);
  expect('values', all.length, facts.values);
  if (differences.length > 0 || series.length === 0) {
    return differences;
  }
  expect('nan', all.filter(({ value }) => Number.isNaN(value)).length, facts.nan);
  expect('inf', all.filter(({ value }) => Math.abs(value) === Number.POSITIVE_INFINITY).length, facts.inf);
  expect('zeros', all.filter(({ value }) => value === 0).length, facts.zeros);
  const most = extreme((one, other) => one > other);
  const least = extreme((one, other) => one < other);
  expect('max', most.value, facts.max);
  expect('min', least.value, facts.min);
  const named = (what: string, one: Series | undefined, expected: string): void => {
    if (!names(one).includes(expected) && !(one?.name ?? '').includes(expected)) {
      differences.push(`per parameter ${what}: ${names(one).join(' / ')}, expected ${expected}`);
    }
  };
  named('largest', most.series, facts.max_parameter);
  if (sorted) {
    // These facts list tags in alphabetical order, the file in the order they were written.
    series.sort((one, other) => (one.name < other.name ? -1 : 1));
  }
  named('first', series[0], facts.first_parameter);
  named('last', series.at(-1), facts.last_parameter);
  expect('first value', valuesOf(series[0]!)[0], facts.first_value_of_first_parameter);
  expect('last value', valuesOf(series[0]!).at(-1), facts.last_value_of_first_parameter);
  return differences;
}

/** The whole model's norm: named by the facts, or the one without parameter that has most points. */
function wholeModel(run: Run, key: unknown): Series | undefined {
  const series = ofKind(run, 'grad-norm').filter(({ parameter }) => parameter === null);
  if (typeof key === 'string') {
    return series.find(({ name }) => name === key);
  }
  return series.reduce<Series | undefined>(
    (best, one) => (best === undefined || one.points.length > best.points.length ? one : best),
    undefined,
  );
}

const LOSSES = [
  'loss',
  'train_loss_step',
  'train_loss',
  'train/loss',
  'lm loss',
  'lm-loss',
  'lm_loss',
  'total_loss',
  'learning/loss',
  'train/total_loss',
];

function mainLoss(run: Run, facts: Record<string, unknown>): Series | undefined {
  const key = facts.loss_key ?? facts.loss_tag ?? (facts.loss_tags as string[] | undefined)?.[0];
  if (typeof key === 'string') {
    return run.series.find(({ name }) => name === key);
  }
  const losses = ofKind(run, 'loss');
  for (const wanted of LOSSES) {
    const found = losses.find(({ name }) => name.toLowerCase() === wanted);
    if (found !== undefined) {
      return found;
    }
  }
  return losses[0];
}

function isSeriesFacts(facts: unknown): facts is SeriesFacts {
  return typeof facts === 'object' && facts !== null && 'points' in facts && 'first' in facts;
}

function compare(run: Run | null, { facts }: FileFacts): string[] {
  if (run === null) {
    return ['not recognised'];
  }
  const differences: string[] = [];
  if (isSeriesFacts(facts.grad)) {
    differences.push(...compareSeries('grad', wholeModel(run, facts.grad_key ?? facts.grad_tag), facts.grad));
  } else if (facts.grad === null && wholeModel(run, undefined) !== undefined) {
    differences.push(`grad: ${wholeModel(run, undefined)?.name} where none is logged`);
  }
  for (const [name, expected] of Object.entries(facts)) {
    if (/^(?:grad_norm|loss)_\d$/.test(name) && isSeriesFacts(expected)) {
      differences.push(
        ...compareSeries(
          name,
          run.series.find((one) => one.name === name && one.split === 'train'),
          expected,
        ),
      );
    }
  }
  if (isSeriesFacts(facts.loss)) {
    differences.push(...compareSeries('loss', mainLoss(run, facts), facts.loss));
  } else if (typeof facts.loss === 'object' && facts.loss !== null) {
    for (const [name, expected] of Object.entries(facts.loss)) {
      if (isSeriesFacts(expected)) {
        differences.push(
          ...compareSeries(
            name,
            run.series.find((one) => one.name === name),
            expected,
          ),
        );
      }
    }
  }
  for (const part of [
    facts.other,
    facts.timesteps && { 'total timesteps': facts.timesteps },
    facts.series && { [String(facts.metric)]: facts.series },
  ]) {
    for (const [name, expected] of Object.entries((part ?? {}) as Record<string, unknown>)) {
      if (isSeriesFacts(expected)) {
        differences.push(
          ...compareSeries(
            name,
            run.series.find((one) => one.name.endsWith(name)),
            expected,
          ),
        );
      }
    }
  }
  if (isSeriesFacts(facts.loss_scale)) {
    differences.push(...compareSeries('loss scale', ofKind(run, 'loss-scale')[0], facts.loss_scale));
  }
  if (facts.per_param !== undefined) {
    differences.push(
      ...compareParameters(run, facts.per_param as ParameterFacts, 'gradient_scalar_tags' in facts),
    );
  } else if (
    facts.grad_norm_0 === undefined &&
    ofKind(run, 'grad-norm').some(({ parameter }) => parameter !== null)
  ) {
    differences.push('per parameter: series where none are logged');
  }
  const count = (what: string, found: number, expected: unknown): void => {
    if (typeof expected === 'number' && found !== expected) {
      differences.push(`${what}: ${found}, expected ${expected}`);
    }
  };
  if (typeof facts.lr_points === 'number' && facts.lr_points > 0) {
    count('lr points', ofKind(run, 'learning-rate')[0]?.points.length ?? 0, facts.lr_points);
  }
  count('skips', run.skips.length, facts.skipped_step_lines ?? facts.overflow_lines);
  count('restarts', Math.max(0, run.segments.length - 1), facts.iteration_resets ?? facts.step_resets);
  count('steps', run.steps, facts.distinct_steps);
  return differences;
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
      assert.deepEqual(compare(run, file), []);
    });
  }
});
