import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { changePerLayer, depthProfile } from '../../../src/core/run/depthProfile';
import { quantileBand } from '../../../src/core/run/quantileBand';
import { PointColumns } from '../../../src/core/run/series';
import { shareAbove } from '../../../src/core/run/shareAbove';
import { smoothedAt } from '../../../src/core/run/smooth';
import { Cell, stepGrid } from '../../../src/core/run/stepGrid';
import { randomNumbers } from '../../support/randomNumbers';

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

/** Steps 0, 1, 2 … with these values, on lines 1, 2, 3 … */
function series(...values: readonly number[]): PointColumns {
  const points = new PointColumns();
  values.forEach((value, at) => {
    points.push(at, value, at + 1);
  });
  return points;
}

describe('the band of many series', () => {
  it('reaches to every extreme and counts what it cannot show', () => {
    const band = quantileBand([series(1, 100, 3), series(2, nan, 0.001), series(3, 0, 5)], {
      from: 0,
      to: 2,
      columns: 1,
    });
    deepStrictEqual([band.low[0], band.high[0], band.median[0]], [0.001, 100, 3]);
    deepStrictEqual([band.nonFinite[0], band.zeros[0], band.lines[0]], [1, 1, 2]);
  });

  it('has the quartiles that sorting would give, of any number of series, equal numbers included', () => {
    const draw = randomNumbers(7);
    for (let size = 1; size <= 40; size++) {
      for (let round = 0; round < 10; round++) {
        const values = Array.from({ length: size }, () => 1 + Math.floor(draw() * (round < 5 ? 4 : 1000)));
        const band = quantileBand(
          values.map((value) => series(value)),
          { from: 0, to: 0, columns: 1 },
        );
        const sorted = [...values].sort((one, other) => one - other);
        const at = (q: number) => {
          const place = (size - 1) * q;
          const below = sorted[Math.floor(place)]!;
          return below + (sorted[Math.ceil(place)]! - below) * (place - Math.floor(place));
        };
        deepStrictEqual(
          [band.lowerQuartile[0], band.median[0], band.upperQuartile[0]],
          [at(0.25), at(0.5), at(0.75)],
          String(values),
        );
      }
    }
  });

  it('is empty where nothing is', () => {
    const band = quantileBand([series(1)], { from: 0, to: 9, columns: 3 });
    deepStrictEqual([...band.low], [1, nan, nan]);
  });
});

describe('the grid of layers and steps', () => {
  it('shows what must not be overlooked: NaN before infinity before zero before the strangest number', () => {
    const grid = stepGrid(
      [
        series(1, 1, 1, 50),
        series(1, 1, 1, 0.001),
        series(1, 0, 2, 3),
        series(1, infinity, 0, 1),
        series(nan, infinity, 0, 1),
      ],
      { from: 0, to: 3, columns: 1 },
    );
    deepStrictEqual([...grid.states], [Cell.finite, Cell.finite, Cell.zero, Cell.infinite, Cell.nan]);
    strictEqual(grid.values[0], 50);
    strictEqual(grid.values[1], Math.fround(0.001));
    deepStrictEqual([...grid.lines], [4, 4, 2, 2, 1]);
  });
});

describe('the profile over depth', () => {
  it('takes the last record at or before the step, of a restarted run the newest', () => {
    const restarted = series(1, 2, 3);
    restarted.push(1, 20, 9);
    const profile = depthProfile([series(5, 6), restarted, new PointColumns()], 1);
    deepStrictEqual([...profile.values], [6, 20, nan]);
    deepStrictEqual([...profile.lines], [2, 9, 0]);
  });

  it('gives the factor from layer to layer', () => {
    ok(Math.abs(changePerLayer([1e-6, 1e-4, 1e-2]) - 100) < 1e-9);
    ok(Math.abs(changePerLayer([1, nan, 4, 8]) - 2) < 1e-9);
    ok(Number.isNaN(changePerLayer([1, 2])));
  });
});

describe('smoothing', () => {
  it('starts at the first value, does not depend on which points are drawn, and keeps NaN', () => {
    const points = series(1, 100, 1, nan, 1);
    const all = smoothedAt(points, 0.5, Uint32Array.of(0, 1, 2, 3, 4), true);
    strictEqual(all[0], 1);
    ok(Number.isNaN(all[3]));
    deepStrictEqual([...smoothedAt(points, 0.5, Uint32Array.of(4, 1), true)], [all[4], all[1]]);
    ok(all[1]! > 1 && all[1]! < 100);
  });

  it('of a loss does not jump where its values become negative', () => {
    const points = series(...Array.from({ length: 60 }, (_, at) => 1 - at / 50 + 0.3 * (-1) ** at));
    const all = smoothedAt(
      points,
      0.8,
      Uint32Array.from({ length: 60 }, (_, at) => at),
      false,
    );
    for (let at = 10; at < 60; at++) {
      ok(Math.abs(all[at]! - all[at - 1]!) < 0.15, `from ${all[at - 1]} to ${all[at]}`);
    }
  });

  it('of a norm leaves zeros out, as the logarithm does', () => {
    const all = smoothedAt(series(10, 0, 10), 0.5, Uint32Array.of(0, 1, 2), true);
    ok(Number.isNaN(all[1]) && Math.abs(all[2]! - 10) < 1e-9);
  });
});

describe('the share above a threshold', () => {
  it('counts infinities and leaves NaN out', () => {
    deepStrictEqual(shareAbove(series(1, 2, 3, infinity, nan), 2), { above: 2, points: 4 });
  });
});
