/** Where values and steps land, what part of the run is seen, and how numbers read. */

import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import fc from 'fast-check';
import { within } from '../../../src/protocol/range';
import { createProjection, valueAxis } from '../../../webview/chart/projection';
import { atLeastTwo, linearTicks, powerTicks, stepTicks } from '../../../webview/chart/ticks';
import { formatStep, formatValue, linearLabels, powerLabels } from '../../../webview/format';
import { isLogarithmic } from '../../../webview/panePlans';
import { panned, rangeAround, zoomed } from '../../../webview/range';
import { INITIAL_STATE, restoreState } from '../../../webview/state';
import { paneSentence, runSentence, spanPhrase } from '../../../webview/summary';
import { FINDING, snapshotOf } from './snapshot';

describe('axes', () => {
  it('hold every value, and a decade at least when logarithmic', () => {
    const positive = fc.double({ min: 1e-30, max: 1e30, noNaN: true });
    fc.assert(
      fc.property(positive, positive, fc.boolean(), (a, b, logarithmic) => {
        const extent = { min: Math.min(a, b), max: Math.max(a, b) };
        const axis = valueAxis(extent, logarithmic);
        ok(axis.min <= extent.min && axis.max >= extent.max);
        ok(!logarithmic || axis.max / axis.min >= 10);
      }),
    );
  });

  it('have few ticks, all inside', () => {
    const bound = fc.double({ min: 1e-12, max: 1e12, noNaN: true });
    fc.assert(
      fc.property(bound, bound, fc.integer({ min: 2, max: 20 }), (a, b, most) => {
        const [min, max] = [Math.min(a, b), Math.max(a, b) * 1.01];
        for (const ticks of [linearTicks(min, max, most), powerTicks(min, max, most)]) {
          ok(ticks.length <= most * 1.5 + 2, `${ticks.length} ticks for ${min} to ${max}, ${most} wished`);
          const slack = (max - min) * 1e-6;
          ok(ticks.every((tick) => tick >= min - slack && tick <= max + slack));
        }
      }),
    );
    deepStrictEqual(linearTicks(0, 1, 5), [0, 0.2, 0.4, 0.6, 0.8, 1]);
    deepStrictEqual(stepTicks({ from: 0, to: 2 }, true, 5), [0, 1, 2]);
    deepStrictEqual(stepTicks({ from: 0, to: 2 }, false, 5), [0, 0.5, 1, 1.5, 2]);
    deepStrictEqual(
      atLeastTwo(2, (most) => linearTicks(2.24, 2.39, most)),
      [2.25, 2.3, 2.35],
    );
    deepStrictEqual(powerTicks(1e-6, 1, 4), [1e-6, 1e-4, 0.01, 1]);
  });

  it('project there and back', () => {
    const projection = createProjection(
      { left: 50, right: 250, top: 0, bottom: 100 },
      { from: 0, to: 100 },
      { min: 0.01, max: 100, logarithmic: true },
    );
    strictEqual(projection.x(50), 150);
    strictEqual(projection.step(150), 50);
    strictEqual(projection.y(1), 50);
    ok(
      Number.isNaN(projection.y(0)) &&
        Number.isNaN(projection.y(Number.NaN)) &&
        Number.isNaN(projection.y(-1)),
    );
  });

  it('are linear where logarithms would hide values', () => {
    const snapshot = snapshotOf(2);
    strictEqual(isLogarithmic(snapshot, 'norms', INITIAL_STATE), true);
    strictEqual(isLogarithmic(snapshot, 'loss', INITIAL_STATE), false);
    strictEqual(isLogarithmic(snapshot, 'loss', { ...INITIAL_STATE, flippedAxes: ['loss'] }), true);
  });
});

describe('the range', () => {
  const whole = { from: 0, to: 1000 };

  it('zooms around a step, pans, and never leaves the run', () => {
    deepStrictEqual(zoomed(whole, whole, 0.5, 500), { from: 250, to: 750 });
    strictEqual(zoomed({ from: 250, to: 750 }, whole, 4, 500), null);
    deepStrictEqual(panned({ from: 100, to: 200 }, whole, 0.5), { from: 150, to: 250 });
    deepStrictEqual(panned({ from: 100, to: 200 }, whole, -5), { from: 0, to: 100 });
    strictEqual(within({ from: -5, to: 2000 }, whole), null);
    deepStrictEqual(rangeAround(500, 520, whole), { from: 480, to: 540 });
    deepStrictEqual(rangeAround(500, null, whole), { from: 300, to: 700 });
    deepStrictEqual(rangeAround(900, null, whole), { from: 700, to: 1000 });
    strictEqual(rangeAround(1, null, whole), null, 'what lasts the whole run is seen in all of it');
  });
});

describe('words and numbers', () => {
  it('read as people write them', () => {
    deepStrictEqual(
      [0, 1.5, -2, 1.23456, 1e-5, 1.5e300, Number.NaN, Number.POSITIVE_INFINITY].map(formatValue),
      ['0', '1.5', '−2', '1.235', '1e−5', '1.5e300', 'NaN', '+∞'],
    );
    const ticks: readonly (readonly [(ticks: readonly number[]) => readonly string[], number[], string[]])[] =
      [
        [powerLabels, [1e-12, 0.001, 0.01, 1, 1000, 1e9], ['10⁻¹²', '10⁻³', '0.01', '1', '10³', '10⁹']],
        [powerLabels, [0.001, 0.5, 1, 1000], ['0.001', '0.5', '1', '1000']],
        [linearLabels, [0.00095, 0.001, 0.00105], ['0.00095', '0.001', '0.00105']],
        [linearLabels, [-1, 0, 1], ['−1', '0', '1']],
        [linearLabels, [0, 1e12, 2e12], ['0', '1e12', '2e12']],
      ];
    for (const [label, values, texts] of ticks) {
      deepStrictEqual(label(values), texts);
    }
    strictEqual(formatStep(1234567), '1,234,567');
  });

  it('say what a picture shows', () => {
    strictEqual(runSentence(snapshotOf(4)), '100 steps · 4 parameters · nothing wrong found');
    ok(runSentence(snapshotOf(4, [FINDING])).endsWith('1 finding'));
    const broken = snapshotOf(1, [], 90).series.filter(({ kind }) => kind === 'loss');
    ok(/^From .*; 10 NaN, the first at 90 \(line 91\)\.$/.test(paneSentence(broken)), paneSentence(broken));
    strictEqual(spanPhrase({ ...FINDING, endStep: 10 }, 'step'), 'at step 10');
    strictEqual(spanPhrase(FINDING, 'epoch'), 'since epoch 10');
  });

  it('start anew from a state of another version', () => {
    strictEqual(restoreState({ view: 'pie' }), INITIAL_STATE);
    strictEqual(restoreState(undefined), INITIAL_STATE);
    deepStrictEqual(restoreState({ ...INITIAL_STATE, search: 'x' }).search, 'x');
  });
});
