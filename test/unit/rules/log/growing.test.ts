import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createDiagnosis, diagnoseRun } from '../../../../src/core/rules/engine';
import type { Run, Segment } from '../../../../src/core/run/run';
import { PointColumns, type Series } from '../../../../src/core/run/series';
import { draftOf, FAMILY_NAMES, FAULTS, randomFrom, runOf } from '../../../bench/detectSynthetic';

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

  constructor(template: Run) {
    this.columns = template.series.map(() => new PointColumns());
    this.whole = template;
  }

  take({ series, step, value, line }: Point): void {
    const last = this.segments.at(-1);
    if (last === undefined || step < last.lastStep) {
      this.segments.push({ line, firstStep: step, lastStep: step });
    } else {
      last.lastStep = step;
    }
    this.columns[series]?.push(step, value, line);
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

/** Points of a synthetic run by line; from a row on the steps start again, as after a restart. */
function pointsOf(run: Run, restart: number): readonly Point[] {
  const points: Point[] = [];
  run.series.forEach(({ points: column }, series) => {
    for (let i = 0; i < column.length; i++) {
      const back = i >= restart ? Math.floor(restart / 2) * 5 : 0;
      points.push({ series, step: column.step(i) - back, value: column.value(i), line: column.line(i) });
    }
  });
  return points.sort((a, b) => a.line - b.line || a.series - b.series);
}

const scenario = fc.record({
  family: fc.constantFrom(...FAMILY_NAMES),
  seed: fc.integer({ min: 0, max: 1000 }),
  fault: fc.option(fc.constantFrom(...FAULTS), { nil: null }),
  withNorm: fc.boolean(),
  restart: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.integer({ min: 2, max: 60 })),
  cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 6 }),
});

describe('a diagnosis that follows a growing run', () => {
  it('says at every size what a diagnosis from scratch says', () => {
    fc.assert(
      fc.property(scenario, ({ family, seed, fault, withNorm, restart, cuts }) => {
        const draft = draftOf(family, seed);
        if (fault?.families.includes(family)) {
          fault.inject(draft, fault.sizes[seed % fault.sizes.length] ?? 1, randomFrom(seed));
        }
        const whole = runOf(draft);
        const template: Run = {
          ...whole,
          series: whole.series
            .filter(({ name, parameter }) => withNorm || parameter !== null || !/norm/.test(name))
            .map((series, id) => ({ ...series, id })),
        };
        const points = pointsOf(template, restart);
        const grown = new GrowingRun(template);
        const diagnosis = createDiagnosis(grown.run);
        const stops = [...cuts.map((cut) => Math.floor(cut * points.length)), points.length];
        let taken = 0;
        for (const stop of stops.sort((a, b) => a - b)) {
          for (; taken < stop; taken++) {
            const point = points[taken];
            if (point !== undefined) {
              grown.take(point);
            }
          }
          assert.deepEqual(diagnosis.update(), diagnoseRun(grown.run));
        }
      }),
      { numRuns: 150 },
    );
  });
});
