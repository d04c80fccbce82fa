/** Modules folded into rows: nothing is lost, and what must not be overlooked is what shows. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import fc from 'fast-check';
import { Cell } from '../../../src/core/run/stepGrid';
import { foldedHolding, type HeatGrid, holdingCells } from '../../../webview/chart/heat';
import { foldDepth } from '../../../webview/depthRows';
import { foldLevels, rowsOf, toggledFold } from '../../../webview/folds';
import { snapshotOf } from './snapshot';

function layersNamed(names: readonly string[]) {
  const [template] = snapshotOf(1).series;
  ok(template);
  return names.map((parameter, id) => ({ ...template, id, parameter }));
}

const NAMES = ['emb.weight', 'net.0.weight', 'net.0.bias', 'net.1.fc/kernel', 'net.1.fc/bias', 'head'];

describe('folded modules', () => {
  it('keep every layer in exactly one row, in model order', () => {
    const part = fc.constantFrom('a', 'b', 'c');
    const name = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('.'));
    fc.assert(
      fc.property(fc.array(name, { maxLength: 20 }), fc.array(name, { maxLength: 4 }), (names, folded) => {
        const rows = rowsOf(layersNamed(names), folded);
        deepStrictEqual(
          rows.flatMap(({ members }) => members).sort((a, b) => a - b),
          names.map((_, at) => at),
        );
        const firsts = rows.map(({ members }) => members[0] ?? -1);
        deepStrictEqual(
          firsts,
          [...firsts].sort((a, b) => a - b),
        );
      }),
    );
  });

  it('stand where their first parameter stood; one parameter alone is no module', () => {
    const rows = rowsOf(layersNamed(NAMES), ['emb', 'net.0', 'net']);
    deepStrictEqual(
      rows.map(({ label, module, members }) => [label, module, members.length]),
      [
        ['emb.weight', null, 1],
        ['net', 'net', 4],
        ['head', null, 1],
      ],
    );
  });

  it('are offered by depth, and folded and unfolded one by one', () => {
    const layers = layersNamed(NAMES);
    deepStrictEqual(
      foldLevels(layers).map(({ folded, rows }) => [folded, rows]),
      [
        [['net'], 3],
        [['net.0', 'net.1'], 4],
        [['net.1.fc'], 5],
      ].slice(0, 3),
    );
    const [, , bias] = rowsOf(layers, []);
    ok(bias);
    const folded = toggledFold(layers, [], bias);
    deepStrictEqual(folded, ['net.0']);
    const row = rowsOf(layers, folded)[1];
    ok(row);
    deepStrictEqual(toggledFold(layers, folded, row), []);
    const [alone] = rowsOf(layers, []);
    ok(alone);
    strictEqual(toggledFold(layers, folded, alone), folded, 'nothing to fold it with');
  });

  it('show NaN before infinity before the largest norm before zero', () => {
    const grid: HeatGrid = {
      range: { from: 0, to: 4 },
      rows: 3,
      columns: 4,
      states: Uint8Array.of(
        ...[Cell.finite, Cell.finite, Cell.zero, Cell.nan],
        ...[Cell.finite, Cell.infinite, Cell.finite, Cell.infinite],
        ...[Cell.finite, Cell.finite, Cell.zero, Cell.finite],
      ),
      values: Float32Array.of(1, 9, 0, 0, 5, 0, 1e-9, 0, 0.001, 9, 0, 9),
      steps: new Float64Array(12),
      lines: new Uint32Array(12),
      medians: Float64Array.of(1, 5, 10),
    };
    const holding = holdingCells(grid);
    deepStrictEqual([...foldedHolding(grid, holding, [[0, 1, 2]], 'norm')], [4, 5, 6, 3]);
    // Ten thousand times below its median is farther than at it.
    strictEqual(foldedHolding(grid, holding, [[0, 1, 2]], 'relative')[0], 8);
    deepStrictEqual(foldedHolding(grid, holding, [[0], [1], [2]], 'norm'), holding);
  });

  it('of a depth profile show the largest norm and its line, a logged NaN before all', () => {
    const layers = layersNamed(['a.0', 'a.1', 'b.0', 'b.1']);
    const now = {
      values: Float64Array.of(1, 3, Number.NaN, 2),
      steps: Float64Array.of(7, 7, 7, 7),
      lines: Uint32Array.of(1, 2, 0, 4),
    };
    const forecast = Float64Array.of(Number.NaN, 5, 6, Number.NaN);
    const loaded = { layers, step: 7, now, beside: [], forecast };
    const { rows, now: shown, forecast: expected } = foldDepth(loaded, ['a', 'b']);
    deepStrictEqual(
      rows.map(({ label }) => label),
      ['a', 'b'],
    );
    deepStrictEqual(
      [[...shown.values], [...shown.lines]],
      [
        [3, 2],
        [2, 4],
      ],
    );
    deepStrictEqual([...(expected ?? [])], [5, 6]);
    const lost = { ...loaded, now: { ...now, lines: Uint32Array.of(1, 2, 3, 4) } };
    ok(Number.isNaN(foldDepth(lost, ['b']).now.values.at(-1)), 'a NaN that was logged');
  });
});
