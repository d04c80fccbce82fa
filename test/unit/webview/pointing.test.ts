/** What a pointer is at, and where labels and cells lie. */

import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import fc from 'fast-check';
import { Cell } from '../../../src/core/run/stepGrid';
import { beyondOf, extentOf, lineFigures } from '../../../webview/chart/content';
import { logsOf } from '../../../webview/chart/curve';
import { colorOfPosition, type HeatGrid, heatScale, holdingCells } from '../../../webview/chart/heat';
import { hoveredAt, nextStep } from '../../../webview/chart/hover';
import { placeLabels } from '../../../webview/chart/labels';
import { createProjection } from '../../../webview/chart/projection';
import { snapshotOf } from './snapshot';

describe('pointing', () => {
  const line = {
    series: snapshotOf(1).series[0]!,
    style: { hue: 0, dash: 0, width: 1 },
    steps: Float64Array.of(0, 10, 20, 20, 30),
    values: Float64Array.of(1, 10, 0.1, 100, Number.NaN),
    lines: Uint32Array.of(1, 2, 3, 4, 5),
    smoothed: null,
  };
  const content = {
    lines: [
      {
        ...line,
        logs: logsOf(line.values),
        figures: lineFigures(line.steps, line.values, { from: 0, to: 30 }),
      },
    ],
    band: null,
  };
  const projection = createProjection(
    { left: 0, right: 300, top: 0, bottom: 100 },
    { from: 0, to: 30 },
    { min: 0.01, max: 1000, logarithmic: true },
  );

  it('takes the nearest point, of several at one step the one that is meant', () => {
    strictEqual(hoveredAt(content, projection, 98, 20)?.nearest?.logLine, 2);
    strictEqual(hoveredAt(content, projection, 200, projection.y(100))?.nearest?.logLine, 4);
    strictEqual(hoveredAt(content, projection, 200, projection.y(0.1))?.nearest?.logLine, 3);
    ok(Number.isNaN(hoveredAt(content, projection, 299, 50)?.nearest?.value));
    strictEqual(hoveredAt({ lines: [], band: null }, projection, 1, 1), null);
  });

  it('goes from step to step by keyboard', () => {
    strictEqual(nextStep(content, null, 1), 0);
    strictEqual(nextStep(content, 10, 1), 20);
    strictEqual(nextStep(content, 10, -1), 0);
    strictEqual(nextStep(content, 30, 1), null);
  });

  it('knows what no axis can hold', () => {
    deepStrictEqual(beyondOf(content), { nan: true, infinite: false, zero: false });
    deepStrictEqual(extentOf(content, true), { min: 0.1, max: 100 });
    const part = lineFigures(line.steps, line.values, { from: 0, to: 15 });
    deepStrictEqual([part.min, part.max, part.beyond.nan], [1, 10, false]);
  });
});

describe('labels of findings', () => {
  it('never cover one another, the gravest placed first', () => {
    const wish = fc.record({ x: fc.integer({ min: 0, max: 500 }), width: fc.integer({ min: 20, max: 200 }) });
    fc.assert(
      fc.property(fc.array(wish, { maxLength: 12 }), (wishes) => {
        const wanted = wishes.map((one, at) => ({ ...one, at, text: 'x' }));
        const placed = placeLabels(wanted, { left: 0, right: 500, rows: 2, rowHeight: 18 });
        for (const a of placed) {
          ok(a.x >= 0 && a.x + a.width <= 501);
          for (const b of placed) {
            ok(a === b || a.y !== b.y || a.x + a.width <= b.x || b.x + b.width <= a.x, 'two labels overlap');
          }
        }
        ok(wanted.length === 0 || placed[0]?.at === 0);
      }),
    );
  });
});

describe('the heat map', () => {
  const grid: HeatGrid = {
    range: { from: 0, to: 10 },
    rows: 2,
    columns: 6,
    states: Uint8Array.of(0, 1, 0, 1, 0, 0, 0, 3, 0, 0, 0, 0),
    values: Float32Array.of(0, 1, 0, 100, 0, 0, 0, 0, 0, 0, 0, 0),
    steps: new Float64Array(12),
    lines: new Uint32Array(12),
    medians: Float64Array.of(10, Number.NaN),
  };

  it('lets a record hold until the next, the last as long as the one before', () => {
    deepStrictEqual([...holdingCells(grid).subarray(0, 6)], [-1, 1, 1, 3, 3, -1]);
    strictEqual(grid.states[7], Cell.infinite);
    deepStrictEqual([...holdingCells(grid).subarray(6)], [-1, 7, -1, -1, -1, -1]);
  });

  it('has colours for all that is there', () => {
    deepStrictEqual(heatScale(grid, 'norm'), { mode: 'norm', low: 0, high: 2 });
    deepStrictEqual(heatScale(grid, 'relative'), { mode: 'relative', low: -1, high: 1 });
    const [low, high] = [0, 2].map((position) =>
      colorOfPosition(heatScale(grid, 'norm'), position, [0, 0, 0]),
    );
    deepStrictEqual(
      [low, high],
      [
        [68, 1, 84],
        [253, 231, 37],
      ],
    );
  });
});
