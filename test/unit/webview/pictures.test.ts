/** The pure half of the page: what is chosen, where it lands, how it reads. */

import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import fc from 'fast-check';
import { remedyById } from '../../../src/core/remedies/registry';
import { Cell } from '../../../src/core/run/stepGrid';
import { ChartData } from '../../../src/protocol/chartData';
import type { FindingInfo, Snapshot } from '../../../src/protocol/messages';
import { beyondOf, extentOf, lineFigures } from '../../../webview/chart/content';
import { logsOf } from '../../../webview/chart/curve';
import { colorOfPosition, type HeatGrid, heatScale, holdingCells } from '../../../webview/chart/heat';
import { hoveredAt, nextStep } from '../../../webview/chart/hover';
import { placeLabels } from '../../../webview/chart/labels';
import { createProjection, valueAxis } from '../../../webview/chart/projection';
import { atLeastTwo, linearTicks, powerTicks, stepTicks } from '../../../webview/chart/ticks';
import { choose, MOST_LINES, shortLabels, spread } from '../../../webview/choose';
import { profileSentence } from '../../../webview/depthData';
import { forecastSentence, forecastValues } from '../../../webview/forecastCurve';
import { formatStep, formatValue, linearLabels, powerLabels } from '../../../webview/format';
import { groupByModule } from '../../../webview/legend';
import { isLogarithmic } from '../../../webview/panePlans';
import { panned, rangeAround, within, zoomed } from '../../../webview/range';
import { INITIAL_STATE, restoreState } from '../../../webview/state';
import { paneSentence, runSentence, spanPhrase } from '../../../webview/summary';
import { syntheticRun } from '../../webview-page/synthetic';

function snapshotOf(layers: number, findings: readonly FindingInfo[] = [], nanFrom?: number): Snapshot {
  const run = syntheticRun({ layers, steps: 100, decay: 0.6, ...(nanFrom === undefined ? {} : { nanFrom }) });
  const source = {
    run,
    findings: [],
    notChecked: [],
    links: [],
    state: 'ready',
    message: '',
    progress: 1,
  } as const;
  const data = new ChartData(
    { ...source, generation: 1 },
    { name: 'a.log', uri: 'file:///a.log' },
    remedyById,
  );
  return { version: 2, ...data.info(), compared: [], findings };
}

const FINDING: FindingInfo = {
  code: 'GI003',
  rule: 'vanishing-gradient',
  title: 'Gradients vanish',
  severity: 'warning',
  message: '',
  line: 1,
  step: 10,
  endStep: null,
  parameters: [],
  series: [],
  evidence: {},
  remedies: [],
  fixes: [],
};

describe('the choice of lines', () => {
  it('draws a dozen of many layers, both ends included, and the rest as a band', () => {
    const choice = choose(snapshotOf(300), 'norms', INITIAL_STATE);
    const layers = choice.lines.filter(({ series }) => series.parameter !== null);
    strictEqual(layers.length, MOST_LINES);
    strictEqual(choice.rest.length, 288);
    strictEqual(layers[0]?.series.parameter, 'blocks.0.attn.qkv.weight');
    strictEqual(layers.at(-1)?.series.parameter, 'blocks.149.mlp.fc.weight');
    strictEqual(choice.lines[0]?.style.hue, -1, 'the whole model in the foreground colour');
  });

  it('puts findings, pinned and searched layers first and leaves hidden ones out', () => {
    const snapshot = snapshotOf(300, [{ ...FINDING, parameters: ['blocks.7.mlp.fc.weight'] }]);
    const names = (state: Partial<typeof INITIAL_STATE>) =>
      choose(snapshot, 'norms', { ...INITIAL_STATE, ...state }).lines.map(
        ({ series }) => series.parameter ?? series.name,
      );
    ok(names({}).includes('blocks.7.mlp.fc.weight'));
    ok(names({ pinned: ['grad_norm/blocks.9.mlp.fc.weight'] }).includes('blocks.9.mlp.fc.weight'));
    deepStrictEqual(names({ search: 'blocks.42. attn' }), [
      'grad_norm',
      'blocks.7.mlp.fc.weight',
      'blocks.42.attn.qkv.weight',
    ]);
    deepStrictEqual(names({ onlyFindings: true }), ['grad_norm', 'blocks.7.mlp.fc.weight']);
    ok(!names({ hidden: ['grad_norm'] }).includes('grad_norm'));
  });

  it('tells any two lines apart by hue or dash', () => {
    for (const layers of [3, 12, 40]) {
      const styles = choose(snapshotOf(layers), 'norms', INITIAL_STATE).lines.map(
        ({ style }) => `${style.hue} ${style.dash}`,
      );
      strictEqual(new Set(styles).size, styles.length);
    }
  });

  it('spreads evenly', () => {
    deepStrictEqual(spread([1, 2, 3, 4, 5], 3), [1, 3, 5]);
    deepStrictEqual(spread([1, 2], 3), [1, 2]);
    deepStrictEqual(spread([1, 2, 3], 1), [1]);
  });
});

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

describe('short names', () => {
  it('leave out what all share, never what tells them apart', () => {
    deepStrictEqual(shortLabels(['net.0.weight', 'net.1.weight', 'net.1.bias']), ['0', '1', '1.bias']);
    deepStrictEqual(shortLabels(['a.weight', 'b.weight']), ['a', 'b']);
    deepStrictEqual(shortLabels(['fc.weight', 'fc']), ['fc.weight', 'fc']);
    deepStrictEqual(shortLabels(['weight']), ['weight']);
    deepStrictEqual(shortLabels([]), []);
  });
});

describe('groups of the legend', () => {
  const groups = (names: readonly string[]) => {
    const [template] = snapshotOf(1).series;
    ok(template);
    return [...groupByModule(names.map((parameter) => ({ ...template, parameter }))).keys()];
  };

  it('go as deep as it takes to tell modules apart, and no deeper', () => {
    deepStrictEqual(groups(['a.weight', 'a.bias', 'b.weight']), ['a', 'b']);
    deepStrictEqual(groups(['net.0.weight', 'net.0.bias', 'net.2.weight']), ['net.0', 'net.2']);
    const deep = Array.from({ length: 100 }, (_, at) => `layers.${at}.fc.weight`);
    strictEqual(groups([...deep, 'head.weight']).length, 2);
    strictEqual(groups(['Layer 1', 'Layer 2']).length, 2);
  });
});

describe('the forecast beside the measured profile', () => {
  const layers = (forecasts: readonly (number | null)[]) =>
    snapshotOf(forecasts.length)
      .series.slice(0, forecasts.length)
      .map((series, at) => ({
        ...series,
        forecast: forecasts[at] ?? null,
      }));

  it('goes through the last layer that has both, and has gaps where nothing is expected', () => {
    const values = forecastValues(layers([-4, null, -2, 0]), Float64Array.of(1e-3, 1e-2, 0.5, Number.NaN));
    deepStrictEqual([...(values ?? [])], [0.5e-2, Number.NaN, 0.5, 50]);
  });

  it('is not drawn where the code is not known, or nothing can be placed', () => {
    strictEqual(forecastValues(layers([null, null]), Float64Array.of(1, 1)), null);
    strictEqual(forecastValues(layers([-1, null]), Float64Array.of(1, 1)), null);
    strictEqual(forecastValues(layers([-1, 0]), Float64Array.of(0, Number.NaN)), null);
  });

  it('is said for those who do not see it', () => {
    strictEqual(forecastSentence(0.1), 'Expected at initialisation, from the code: ×0.1 a layer.');
    strictEqual(forecastSentence(Number.NaN), '');
  });

  it('counts a layer once, whether or not its bias is logged too', () => {
    const named = (parameters: readonly string[]) =>
      layers(parameters.map(() => null)).map((layer, at) => ({
        ...layer,
        parameter: parameters[at] ?? null,
      }));
    const weights = named(['a.weight', 'b.weight', 'c.weight', 'd.weight']);
    const both = named(weights.flatMap(({ parameter }) => [parameter ?? '', `${parameter?.[0]}.bias`]));
    const said = profileSentence(weights, Float64Array.of(1e-3, 1e-2, 1e-1, 1));
    strictEqual(said, '4 layers, first 0.001, last 1: ×0.1 a layer toward the input');
    strictEqual(profileSentence(both, Float64Array.of(1e-3, 9, 1e-2, 9, 1e-1, 9, 1, 9)), said);
    strictEqual(
      profileSentence(named(['a', 'b', 'c.weight']), Float64Array.of(1e-2, 1e-1, 1)),
      '3 layers, first 0.01, last 1: ×0.1 a layer toward the input',
    );
  });
});
