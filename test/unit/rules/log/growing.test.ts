import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createDiagnosis, diagnoseRun } from '../../../../src/core/rules/engine';
import { buildRunFacts, GrowingFacts, type RunFacts } from '../../../../src/core/run/facts';
import type { Curve } from '../../../../src/core/run/factsTimeline';
import { RowFold } from '../../../../src/core/run/rowFold';
import type { Run, Segment } from '../../../../src/core/run/run';
import { PointColumns, type Series } from '../../../../src/core/run/series';
import { runOf } from '../../../bench/synthetic/draft';
import { draftOf, FAMILY_NAMES } from '../../../bench/synthetic/families';
import { FAULTS, injected } from '../../../bench/synthetic/faults';
import { randomFrom } from '../../../bench/synthetic/random';
import { buildRun } from '../../../support/runBuilder';

interface Point {
  readonly series: number;
  readonly step: number;
  readonly value: number;
  readonly line: number;
}

/** A run that takes points one by one, in the order of the lines of a log. */
class GrowingRun {
  private readonly columns: PointColumns[];
  private readonly segments: { line: number; firstStep: number; lastStep: number }[] = [];
  private readonly whole: Run;

  private open: (Point & { readonly index: number })[] = [];

  /** @param trailing a record's step comes after its numbers: until then they stand at the step before */
  constructor(
    template: Run,
    private readonly trailing = false,
  ) {
    this.columns = template.series.map(() => new PointColumns());
    this.whole = template;
  }

  take(point: Point): void {
    const column = this.columns[point.series];
    if (column === undefined) {
      return;
    }
    if (!this.trailing) {
      this.moveTo(point);
      column.push(point.step, point.value, point.line);
      return;
    }
    if (this.open[0]?.line !== point.line) {
      this.close();
    }
    this.open.push({ ...point, index: column.length });
    column.push(this.segments.at(-1)?.lastStep ?? 0, point.value, point.line);
  }

  private close(): void {
    for (const { series, index, step } of this.open) {
      this.columns[series]?.setStep(index, step);
    }
    const [first] = this.open;
    this.open = [];
    if (first !== undefined) {
      this.moveTo(first);
    }
  }

  private moveTo({ step, line }: Point): void {
    const last = this.segments.at(-1);
    if (last === undefined || step < last.lastStep) {
      this.segments.push({ line, firstStep: step, lastStep: step });
    } else {
      last.lastStep = step;
    }
  }

  /** The same object at every size, as a reader's is. */
  readonly run = ((): Run => {
    const self = this;
    const series = (): readonly Series[] =>
      self.whole.series.map((one, id) => ({ ...one, points: self.columns[id] ?? one.points }));
    let known: readonly Series[] | null = null;
    return {
      get series(): readonly Series[] {
        known ??= series();
        return known;
      },
      get segments(): readonly Segment[] {
        return self.segments;
      },
      path: 'run.log',
      format: 'sketch',
      confidence: 1,
      bytes: 0,
      lines: 0,
      axis: { kind: 'step', why: 'by hand' },
      steps: 0,
      skips: [],
      problems: [],
    };
  })();
}

/**
 * Points of a synthetic run by line; from a row on the steps start again, as after a restart. Those of the last series
 * come `late` rows after the others.
 */
function pointsOf(run: Run, restart: number, late: number): readonly Point[] {
  const points: Point[] = [];
  run.series.forEach(({ points: column }, series) => {
    for (let i = 0; i < column.length; i++) {
      const back = i >= restart ? Math.floor(restart / 2) * 5 : 0;
      points.push({ series, step: column.step(i) - back, value: column.value(i), line: column.line(i) });
    }
  });
  const place = ({ series, line }: Point) => line + (series === run.series.length - 1 ? late : 0);
  return points.sort((a, b) => place(a) - place(b) || a.series - b.series);
}

/** Changes with every row that was walked over when it was not complete. */
const sumOfRows = new RowFold(
  () => ({ sum: 0 }),
  (state, { value }, row) => {
    state.sum += value[row] ?? 0;
  },
);

/** Everything a rule could judge by: most runs have no finding that would tell two facts apart. */
function numbersOf(facts: RunFacts) {
  const columns = (curve: Curve | null) =>
    curve === null
      ? null
      : [curve.time, curve.step, curve.value, curve.time.map((_, row) => curve.lineAt(row))].map((column) => [
          ...column,
        ]);
  return {
    curves: [facts.norm, facts.lossCurve, facts.lrCurve].map(columns),
    levels: [facts.windows, facts.normLevels, facts.lossLevels],
    tracks: facts.tracks.map((track) => ({ ...track, series: track.series.id })),
    sum: facts.norm === null ? null : sumOfRows.of(facts.norm),
    progress: facts.progress,
    ceiling: facts.ceiling,
    decimals: facts.decimals,
  };
}

const scenario = fc.record({
  family: fc.oneof(fc.constantFrom(...FAMILY_NAMES), fc.constantFrom('classifier', 'deep residual', 'folds')),
  seed: fc.integer({ min: 0, max: 1000 }),
  fault: fc.option(fc.constantFrom(...FAULTS), { nil: null }),
  withNorm: fc.boolean(),
  restart: fc.option(fc.integer({ min: 2, max: 60 }), { nil: Number.POSITIVE_INFINITY, freq: 1 }),
  late: fc.integer({ min: 0, max: 3 }),
  trailing: fc.boolean(),
  cuts: fc.array(fc.integer({ min: 1, max: 999 }), { minLength: 2, maxLength: 6 }),
});

describe('a diagnosis that follows a growing run', () => {
  it('says at every size what a diagnosis from scratch says', () => {
    fc.assert(
      fc.property(scenario, ({ family, seed, fault, withNorm, restart, late, trailing, cuts }) => {
        const draft = draftOf(family, seed);
        if (fault?.families.includes(family)) {
          injected(fault, draft, fault.sizes[seed % fault.sizes.length] ?? 1, seed);
        }
        const whole = runOf(draft);
        const template: Run = {
          ...whole,
          series: whole.series
            .filter(({ name, parameter }) => withNorm || parameter !== null || !/norm/.test(name))
            .map((series, id) => ({ ...series, id })),
        };
        const points = pointsOf(template, restart, trailing ? 0 : late);
        const grown = new GrowingRun(template, trailing);
        const diagnosis = createDiagnosis(grown.run);
        const facts = new GrowingFacts(grown.run);
        const stops = [...cuts.map((cut) => Math.floor((cut * points.length) / 1000)), points.length];
        let taken = 0;
        for (const stop of stops.sort((a, b) => a - b)) {
          for (; taken < stop; taken++) {
            const point = points[taken];
            if (point !== undefined) {
              grown.take(point);
            }
          }
          assert.deepEqual(numbersOf(facts.now()), numbersOf(buildRunFacts(grown.run)));
          assert.deepEqual(diagnosis.update(), diagnoseRun(grown.run));
          assert.deepEqual(numbersOf(diagnosis.facts()), numbersOf(buildRunFacts(grown.run)));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('also where a series is long enough to be sampled', () => {
    const template = buildRun({
      series: [
        { name: 'loss', kind: 'loss', values: [] },
        { name: 'grad_norm', values: [] },
        { name: 'a.weight', parameter: 'a.weight', values: [] },
      ],
    });
    const grown = new GrowingRun(template);
    const facts = new GrowingFacts(grown.run);
    const random = randomFrom(3);
    let row = 0;
    for (const until of [100, 16_384, 16_385, 16_400, 32_769, 70_001]) {
      for (; row < until; row++) {
        for (let series = 0; series < 3; series++) {
          const value = series === 2 ? 1 + row / 100 : 0.2 + random() + 1 / (1 + row / 500);
          grown.take({ series, step: row * 5, value, line: row + 2 });
        }
      }
      assert.deepEqual(numbersOf(facts.now()), numbersOf(buildRunFacts(grown.run)));
      const middle = 1 + ((40.5 / 64) * until) / 100;
      assert.ok(Math.abs(10 ** (facts.now().tracks[0]?.level[40] ?? 0) / middle - 1) < 0.03, `${until} rows`);
    }
  });
});
