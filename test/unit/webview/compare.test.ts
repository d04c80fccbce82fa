/** Which series of several runs belong together, and how far they are apart. */

import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import fc from 'fast-check';
import { remedyById } from '../../../src/core/remedies/registry';
import { ChartData } from '../../../src/protocol/chartData';
import type { RunInfo, Snapshot } from '../../../src/protocol/messages';
import {
  commonParameters,
  comparedRuns,
  comparedSeries,
  lastCommonStep,
  layerDifferences,
  unionRange,
} from '../../../webview/compare';
import { syntheticRun } from '../../webview-page/synthetic';

function infoOf(name: string, layers: number, steps: number): RunInfo {
  const run = syntheticRun({ layers, steps, decay: 0.8 });
  const source = { run, findings: [], notChecked: [], links: [], message: '', progress: 1, generation: 1 };
  return new ChartData({ ...source, state: 'ready' }, { name, uri: `file:///${name}` }, remedyById).info();
}

function snapshotOf(own: RunInfo, ...compared: readonly RunInfo[]): Snapshot {
  return { version: 4, serial: 1, ...own, compared };
}

describe('compared runs', () => {
  it('are told apart by name and looks, also those of one name', () => {
    const info = infoOf('metrics.csv', 2, 20);
    const runs = comparedRuns(snapshotOf(info, ...Array.from({ length: 60 }, () => info)));
    strictEqual(new Set(runs.map(({ label }) => label)).size, 61);
    strictEqual(new Set(runs.map(({ style }) => JSON.stringify(style))).size, 61);
  });

  it('are compared by the same quantity, and up to the last step that all have', () => {
    const runs = comparedRuns(snapshotOf(infoOf('a', 4, 200), infoOf('b', 6, 120)));
    deepStrictEqual(unionRange(runs), { from: 0, to: 199 });
    strictEqual(lastCommonStep(runs, { from: 0, to: 199 }), 119);
    strictEqual(lastCommonStep(runs, { from: 0, to: 50 }), 50);
    strictEqual(commonParameters(runs).length, 4);
    strictEqual(comparedSeries(runs[1]!.run, 'norms', null)?.name, 'grad_norm');
    strictEqual(
      comparedSeries(runs[1]!.run, 'norms', 'blocks.0.attn.qkv.weight')?.parameter,
      'blocks.0.attn.qkv.weight',
    );
  });

  it('have the layers of a wrapped model in common with the bare one', () => {
    const bare = infoOf('a', 4, 200);
    const wrapped: RunInfo = {
      ...bare,
      series: bare.series.map((series) => ({
        ...series,
        parameter: series.parameter === null ? null : `module._orig_mod.${series.parameter}`,
      })),
    };
    const runs = comparedRuns(snapshotOf(bare, wrapped));
    strictEqual(commonParameters(runs).length, 4);
    strictEqual(
      comparedSeries(wrapped, 'norms', 'blocks.0.attn.qkv.weight')?.parameter,
      'module._orig_mod.blocks.0.attn.qkv.weight',
    );
  });

  it('have no step in common with one that counts epochs', () => {
    const other = { ...infoOf('b', 4, 200), axis: { kind: 'epoch', why: '' } } as const;
    strictEqual(
      lastCommonStep(comparedRuns(snapshotOf(infoOf('a', 4, 200), other)), { from: 0, to: 9 }),
      null,
    );
  });

  it('differ most where the factor is largest, and beyond any factor where one has no norm at all', () => {
    const own = Float64Array.of(1, 1, 1, 1, Number.NaN);
    const other = Float64Array.of(2, 0.001, 0, 1, Number.NaN);
    const rows = layerDifferences(['a', 'b', 'c', 'd', 'e'], [own, other], 9);
    deepStrictEqual(
      rows.map(({ parameter }) => parameter),
      ['c', 'b', 'a', 'd', 'e'],
    );
    strictEqual(rows[0]?.decades, Number.POSITIVE_INFINITY);
    ok(Math.abs((rows[1]?.decades ?? 0) - 3) < 1e-9);
  });

  it('never lose a layer or invent one, whatever was logged', () => {
    const value = fc.oneof(fc.double(), fc.constantFrom(0, Number.NaN, Number.POSITIVE_INFINITY));
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { maxLength: 40 }), (pairs) => {
        const names = pairs.map((_, at) => `layer ${at}`);
        const rows = layerDifferences(
          names,
          [Float64Array.from(pairs, ([a]) => a), Float64Array.from(pairs, ([, b]) => b)],
          1000,
        );
        deepStrictEqual(rows.map(({ parameter }) => parameter).sort(), [...names].sort());
        rows.forEach(({ decades }, at) => {
          ok(decades >= 0);
          ok(at === 0 || decades <= (rows[at - 1]?.decades ?? 0));
        });
      }),
    );
  });
});
