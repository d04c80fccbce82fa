import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import fc from 'fast-check';
import { PointIndex } from '../../../src/core/run/pointIndex';
import { columnOf, reducePoints, type Window } from '../../../src/core/run/reduce';
import { PointColumns } from '../../../src/core/run/series';

interface Row {
  readonly step: number;
  readonly value: number;
}

function pointsOf(rows: readonly Row[]): PointColumns {
  const points = new PointColumns();
  rows.forEach((row, index) => {
    points.push(row.step, row.value, index + 1);
  });
  return points;
}

/** Lines (= 1-based row numbers) that the written guarantee demands, found the slow way. */
function demanded(
  rows: readonly Row[],
  window: Window,
  pinned: readonly number[],
): { line: number; why: string }[] {
  const columns = new Map<number, number[]>();
  const lines: { line: number; why: string }[] = [];
  rows.forEach(({ step, value }, index) => {
    if (!(step >= window.from && step <= window.to)) {
      return;
    }
    const column = columnOf(step, window);
    push(columns, column, index);
    if (!Number.isFinite(value)) {
      lines.push({ line: index + 1, why: 'non-finite' });
    }
    if (pinned.includes(step)) {
      lines.push({ line: index + 1, why: 'pinned' });
    }
  });
  for (const indices of columns.values()) {
    lines.push(
      { line: indices[0]! + 1, why: 'first' },
      { line: indices[indices.length - 1]! + 1, why: 'last' },
    );
  }
  return lines;
}

function push(columns: Map<number, number[]>, column: number, item: number): void {
  const items = columns.get(column);
  if (items === undefined) {
    columns.set(column, [item]);
  } else {
    items.push(item);
  }
}

/** Smallest, largest and smallest positive value of every column. */
function extremes(rows: readonly Row[], window: Window): Map<number, string> {
  const columns = new Map<number, number[]>();
  for (const { step, value } of rows) {
    if (step >= window.from && step <= window.to && Number.isFinite(value)) {
      const column = columnOf(step, window);
      push(columns, column, value);
    }
  }
  return new Map(
    [...columns].map(([column, values]) => [
      column,
      `${Math.min(...values) + 0} ${Math.max(...values) + 0} ${Math.min(...values.filter((value) => value > 0))}`,
    ]),
  );
}

function checkGuarantee(rows: readonly Row[], window: Window, pinned: readonly number[]): number {
  const points = pointsOf(rows);
  const plain = reducePoints(points, window, pinned);
  const indexed = reducePoints(points, window, pinned, new PointIndex(points));
  for (const reduced of [plain, indexed]) {
    const kept = new Set(reduced.lines);
    const keptRows: Row[] = [];
    reduced.lines.forEach((line, at) => {
      const row = rows[line - 1];
      ok(row !== undefined, 'a kept point is one of the series');
      strictEqual(reduced.steps[at], row.step);
      strictEqual(reduced.values[at], row.value);
      keptRows.push(row);
    });
    for (const { line, why } of demanded(rows, window, pinned)) {
      ok(kept.has(line), `line ${line} (${why}) is lost`);
    }
    deepStrictEqual(extremes(keptRows, window), extremes(rows, window));
    strictEqual(kept.size, reduced.lines.length, 'no point twice');
  }
  return plain.lines.length;
}

const value = fc.oneof(
  { weight: 6, arbitrary: fc.double({ min: -1e3, max: 1e3, noNaN: true }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  },
);
const anyWindow = fc
  .record({ from: fc.integer({ min: -10, max: 2500 }), width: fc.integer({ min: 0, max: 2500 }) })
  .chain(({ from, width }) =>
    fc.record({
      from: fc.constant(from),
      to: fc.constant(from + width),
      columns: fc.integer({ min: 1, max: 60 }),
    }),
  );
const pins = fc.array(fc.integer({ min: 0, max: 2500 }), { maxLength: 5 });

describe('reducePoints', () => {
  it('keeps what it promises on runs whose steps go forward', () => {
    const rows = fc
      .array(fc.record({ gap: fc.integer({ min: 0, max: 3 }), value }), {
        minLength: 0,
        maxLength: 2000,
        size: 'max',
      })
      .map((gaps) => {
        let step = 0;
        return gaps.map((gap) => {
          step += gap.gap;
          return { step, value: gap.value };
        });
      });
    fc.assert(
      fc.property(rows, anyWindow, pins, (series, window, pinned) => {
        checkGuarantee(series, window, pinned);
      }),
      { numRuns: 150 },
    );
  });

  it('keeps what it promises on restarted and shuffled runs', () => {
    const rows = fc.array(fc.record({ step: fc.integer({ min: 0, max: 300 }), value }), {
      maxLength: 600,
      size: 'max',
    });
    fc.assert(
      fc.property(rows, anyWindow, pins, (series, window, pinned) => {
        checkGuarantee(series, window, pinned);
      }),
      { numRuns: 150 },
    );
  });

  it('shrinks a million points to a few a column, with or without the index', () => {
    const points = new PointColumns();
    for (let step = 0; step < 1_000_000; step++) {
      points.push(step, step === 654_321 ? 1e9 : Math.sin(step) + 2, step + 1);
    }
    const window = { from: 0, to: 999_999, columns: 1000 };
    const plain = reducePoints(points, window);
    const indexed = reducePoints(points, window, [], new PointIndex(points));
    ok(plain.lines.length <= 5000, `${plain.lines.length} points`);
    ok(indexed.lines.length <= 5000, `${indexed.lines.length} points`);
    ok(plain.lines.includes(654_322) && indexed.lines.includes(654_322), 'the spike stays');
  });

  it('stays bounded when steps alternate between two ends', () => {
    const rows = Array.from({ length: 50_000 }, (_, index) => ({
      step: index % 2 === 0 ? 0 : 100,
      value: index,
    }));
    ok(checkGuaranteeOfExtremes(rows, { from: 0, to: 100, columns: 100 }) <= 12);
  });

  it('keeps the neighbours outside, and the line that crosses an empty window', () => {
    const rows = [0, 10, 20, 30].map((step) => ({ step, value: step }));
    deepStrictEqual([...reducePoints(pointsOf(rows), { from: 8, to: 12, columns: 4 }).steps], [0, 10, 20]);
    deepStrictEqual([...reducePoints(pointsOf(rows), { from: 12, to: 14, columns: 4 }).steps], [10, 20]);
    deepStrictEqual([...reducePoints(pointsOf(rows), { from: 40, to: 50, columns: 4 }).steps], []);
  });
});

function checkGuaranteeOfExtremes(rows: readonly Row[], window: Window): number {
  const reduced = reducePoints(pointsOf(rows), window);
  const keptRows = [...reduced.lines].map((line) => rows[line - 1]!);
  deepStrictEqual(extremes(keptRows, window), extremes(rows, window));
  return reduced.lines.length;
}

describe('PointIndex', () => {
  it('gives the same figures where it was made in steps', () => {
    const points = new PointColumns();
    for (let step = 0; step < 200_000; step++) {
      points.push(step, step % 777 === 0 ? Number.NaN : Math.sin(step), step + 1);
    }
    const inSteps = new PointIndex(points);
    let steps = 0;
    for (const _ of inSteps.extending()) {
      steps++;
    }
    ok(steps > 3, `${steps} steps`);
    deepStrictEqual(inSteps.summary(), new PointIndex(points).summary());
  });

  it('gives the figures of the whole series, also while it grows', () => {
    const points = new PointColumns();
    const index = new PointIndex(points);
    deepStrictEqual(index.summary().points, 0);
    for (let step = 0; step < 3000; step++) {
      points.push(
        step,
        step === 1200 ? Number.NaN : step === 2000 ? Number.POSITIVE_INFINITY : step - 5,
        step + 1,
      );
      if (step === 1500) {
        strictEqual(index.summary().nan, 1);
      }
    }
    deepStrictEqual(index.summary(), {
      points: 3000,
      minStep: 0,
      maxStep: 2999,
      min: -5,
      max: 2994,
      smallestPositive: 1,
      zeros: 1,
      nan: 1,
      infinite: 1,
      firstNonFinite: 1200,
    });
  });
});
