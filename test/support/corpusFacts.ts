/** The facts that an independent script counted in each reference log, and the comparison of a reading with them. */

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

export interface FileFacts {
  readonly file: string;
  readonly facts: Record<string, unknown>;
}

/** What was read of one series. Figures that a reading does not give are absent, and no fact is asked of them. */
export interface SeriesFigures {
  readonly name: string;
  readonly kind: string;
  readonly split: string;
  readonly parameter: string | null;
  readonly points: number;
  readonly first: number;
  readonly last: number;
  /** Of the finite values; NaN without any. */
  readonly min: number;
  readonly max: number;
  readonly nonfinite: number;
  readonly firstStep: number;
  readonly lastStep: number;
  readonly nan?: number;
  readonly inf?: number;
  readonly zeros?: number;
  readonly minStep?: number;
  readonly maxStep?: number;
}

/** What was read of one file. */
export interface RunFigures {
  readonly steps: number;
  readonly segments: number;
  readonly skips: number;
  readonly series: readonly SeriesFigures[];
}

/** What a comparison found: how many facts hold, and what is wrong with the others. */
export interface Verdict {
  checked: number;
  readonly differences: string[];
}

const close = (found: number, expected: number): boolean =>
  Object.is(found, expected) ||
  Math.abs(found - expected) <= 1e-6 * Math.max(Math.abs(found), Math.abs(expected));

class Comparison implements Verdict {
  checked = 0;
  readonly differences: string[] = [];

  constructor(private readonly run: RunFigures) {}

  expect(what: string, found: unknown, expected: unknown): void {
    if (expected === undefined || found === undefined) {
      return;
    }
    this.checked++;
    const same =
      typeof found === 'number' && typeof expected === 'number' ? close(found, expected) : found === expected;
    if (!same) {
      this.differences.push(`${what}: ${found}, expected ${expected}`);
    }
  }

  series(name: string, series: SeriesFigures | undefined, facts: SeriesFacts): void {
    if (series === undefined) {
      this.expect(name, 'not found', 'a series');
      return;
    }
    const bad =
      facts.nan === undefined && facts.inf === undefined ? undefined : (facts.nan ?? 0) + (facts.inf ?? 0);
    this.expect(`${name}.points`, series.points, facts.points);
    this.expect(`${name}.first_step`, series.firstStep, facts.first_step);
    this.expect(`${name}.last_step`, series.lastStep, facts.last_step);
    this.expect(`${name}.first`, series.first, facts.first);
    this.expect(`${name}.last`, series.last, facts.last);
    this.expect(`${name}.max`, series.max, facts.max);
    this.expect(`${name}.min`, series.min, facts.min);
    this.expect(`${name}.nonfinite`, series.nonfinite, bad);
    this.expect(`${name}.nan`, series.nan, facts.nan);
    this.expect(`${name}.inf`, series.inf, facts.inf);
    this.expect(`${name}.max_step`, series.maxStep, facts.max_step);
    this.expect(`${name}.min_step`, series.minStep, facts.min_step);
  }

  ofKind(kind: string): SeriesFigures[] {
    return this.run.series.filter((series) => series.kind === kind && series.split === 'train');
  }

  parameters(facts: ParameterFacts, sorted: boolean): void {
    const series = this.ofKind('grad-norm').filter(({ parameter }) => parameter !== null);
    const total = (of: (one: SeriesFigures) => number | undefined): number | undefined =>
      series.some((one) => of(one) === undefined)
        ? undefined
        : series.reduce((sum, one) => sum + (of(one) ?? 0), 0);
    this.expect('parameters', series.length, facts.parameters);
    this.expect(
      'values',
      total(({ points }) => points),
      facts.values,
    );
    if (series.length === 0) {
      return;
    }
    this.expect(
      'parameters.nonfinite',
      total(({ nonfinite }) => nonfinite),
      facts.nan + facts.inf,
    );
    this.expect(
      'parameters.nan',
      total(({ nan }) => nan),
      facts.nan,
    );
    this.expect(
      'parameters.inf',
      total(({ inf }) => inf),
      facts.inf,
    );
    this.expect(
      'parameters.zeros',
      total(({ zeros }) => zeros),
      facts.zeros,
    );
    const finite = series.filter(({ points, nonfinite }) => points > nonfinite);
    const most = finite.reduce((best, one) => (one.max > best.max ? one : best), finite[0]!);
    const least = finite.reduce((best, one) => (one.min < best.min ? one : best), finite[0]!);
    this.expect('parameters.max', most.max, facts.max);
    this.expect('parameters.min', least.min, facts.min);
    if (sorted) {
      // These facts list tags in alphabetical order, the file in the order they were written.
      series.sort((one, other) => (one.name < other.name ? -1 : 1));
    }
    this.named('largest', most, facts.max_parameter);
    this.named('first', series[0], facts.first_parameter);
    this.named('last', series.at(-1), facts.last_parameter);
    this.expect('first value', series[0]?.first, facts.first_value_of_first_parameter);
    this.expect('last value', series[0]?.last, facts.last_value_of_first_parameter);
  }

  private named(what: string, one: SeriesFigures | undefined, expected: string): void {
    const same = one !== undefined && (one.parameter === expected || one.name.includes(expected));
    this.expect(`${what} parameter`, same ? expected : `${one?.name} / ${one?.parameter}`, expected);
  }

  /** The whole model's norm: named by the facts, or the one without parameter that has most points. */
  wholeModel(key: unknown): SeriesFigures | undefined {
    const series = this.ofKind('grad-norm').filter(({ parameter }) => parameter === null);
    if (typeof key === 'string') {
      return series.find(({ name }) => name === key);
    }
    return series.reduce<SeriesFigures | undefined>(
      (best, one) => (best === undefined || one.points > best.points ? one : best),
      undefined,
    );
  }

  mainLoss(facts: Record<string, unknown>): SeriesFigures | undefined {
    const key = facts.loss_key ?? facts.loss_tag ?? (facts.loss_tags as string[] | undefined)?.[0];
    if (typeof key === 'string') {
      return this.run.series.find(({ name }) => name === key);
    }
    const losses = this.ofKind('loss');
    for (const wanted of LOSSES) {
      const found = losses.find(({ name }) => name.toLowerCase() === wanted);
      if (found !== undefined) {
        return found;
      }
    }
    return losses[0];
  }
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

function isSeriesFacts(facts: unknown): facts is SeriesFacts {
  return typeof facts === 'object' && facts !== null && 'points' in facts && 'first' in facts;
}

/** Compares what was read of a file with what an independent script counted in it. */
export function compareWithFacts(run: RunFigures | null, { facts }: FileFacts): Verdict {
  if (run === null) {
    return { checked: 1, differences: ['not recognised'] };
  }
  const comparison = new Comparison(run);
  const find = (name: string): SeriesFigures | undefined => run.series.find((one) => one.name === name);
  if (isSeriesFacts(facts.grad)) {
    comparison.series('grad', comparison.wholeModel(facts.grad_key ?? facts.grad_tag), facts.grad);
  } else if (facts.grad === null) {
    comparison.expect('grad', comparison.wholeModel(undefined)?.name ?? 'none', 'none');
  }
  for (const [name, expected] of Object.entries(facts)) {
    if (/^(?:grad_norm|loss)_\d$/.test(name) && isSeriesFacts(expected)) {
      comparison.series(
        name,
        run.series.find((one) => one.name === name && one.split === 'train'),
        expected,
      );
    }
  }
  if (isSeriesFacts(facts.loss)) {
    comparison.series('loss', comparison.mainLoss(facts), facts.loss);
  } else if (typeof facts.loss === 'object' && facts.loss !== null) {
    for (const [name, expected] of Object.entries(facts.loss)) {
      if (isSeriesFacts(expected)) {
        comparison.series(name, find(name), expected);
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
        comparison.series(
          name,
          run.series.find((one) => one.name.endsWith(name)),
          expected,
        );
      }
    }
  }
  if (isSeriesFacts(facts.loss_scale)) {
    comparison.series('loss scale', comparison.ofKind('loss-scale')[0], facts.loss_scale);
  }
  if (facts.per_param !== undefined) {
    comparison.parameters(facts.per_param as ParameterFacts, 'gradient_scalar_tags' in facts);
  } else if (facts.grad_norm_0 === undefined) {
    const owned = comparison.ofKind('grad-norm').filter(({ parameter }) => parameter !== null);
    comparison.expect('parameters', owned.length, 0);
  }
  if (typeof facts.lr_points === 'number' && facts.lr_points > 0) {
    comparison.expect('lr points', comparison.ofKind('learning-rate')[0]?.points ?? 0, facts.lr_points);
  }
  const count = (what: string, found: number, expected: unknown): void => {
    if (typeof expected === 'number') {
      comparison.expect(what, found, expected);
    }
  };
  count('skips', run.skips, facts.skipped_step_lines ?? facts.overflow_lines);
  count('restarts', Math.max(0, run.segments - 1), facts.iteration_resets ?? facts.step_resets);
  count('steps', run.steps, facts.distinct_steps);
  return comparison;
}
