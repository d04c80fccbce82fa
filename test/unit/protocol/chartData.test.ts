import { deepStrictEqual, ok, strictEqual, throws } from 'node:assert';
import type { LogFinding } from '../../../src/core/rules/finding';
import { PointColumns } from '../../../src/core/run/series';
import { ChartData, type ChartSource } from '../../../src/protocol/chartData';
import { requests } from '../../../src/protocol/messages';
import { syntheticRun } from '../../webview-page/synthetic';

const RUN = syntheticRun({ layers: 4, steps: 2000, decay: 0.5, nanFrom: 1990, spikes: [700] });
const FINDING: LogFinding = {
  code: 'GI001',
  rule: 'non-finite',
  severity: 'error',
  message: 'NaN since step 1990',
  range: { line: 1991, column: 1, endLine: 1991, endColumn: 2 },
  evidence: { norm: Number.NaN, baseline: 0.3, profile: [1, Number.POSITIVE_INFINITY] },
  remedies: ['lower-lr'],
  fixes: [],
  related: [],
  step: 1990,
  endStep: null,
  parameters: [],
  series: [0],
};
const SOURCE: ChartSource = {
  run: RUN,
  findings: [FINDING],
  notChecked: [{ rule: 'loss-plateau', why: 'too short' }],
  links: [{ parameter: 'blocks.0.attn.qkv.weight', run: 'run', source: 'model.py', line: 12, exact: true }],
  state: 'ready',
  message: '',
  progress: 1,
  generation: 5,
};
const LOG = { name: 'run.jsonl', uri: 'file:///run.jsonl' };
const WINDOW = { epoch: 0, from: 0, to: 1999, columns: 100 };

function create(source: Partial<ChartSource> = {}): ChartData {
  return new ChartData({ ...SOURCE, ...source }, LOG);
}

describe('chart data', () => {
  it('gives a snapshot that the page accepts, even after JSON', () => {
    const snapshot = create().snapshot();
    ok(requests.snapshot.result(JSON.parse(JSON.stringify(snapshot))));
    strictEqual(snapshot.series[0]?.nan, 10);
    deepStrictEqual(snapshot.series[0]?.firstNonFinite, { step: 1990, line: 1991, value: 'NaN' });
    deepStrictEqual(snapshot.findings[0]?.evidence, { norm: 'NaN', baseline: 0.3, profile: [1, 'Infinity'] });
    strictEqual(snapshot.findings[0]?.remedies[0]?.id, 'lower-lr');
    const layer = snapshot.series.find(({ parameter }) => parameter === 'blocks.0.attn.qkv.weight');
    deepStrictEqual(layer?.code, { path: 'model.py', line: 12, exact: true });
  });

  it('gives a snapshot before anything was read, and of a series without points', () => {
    ok(requests.snapshot.result(create({ run: null, findings: [], state: 'reading' }).snapshot()));
    const empty = { ...RUN.series[0]!, points: new PointColumns() };
    ok(requests.snapshot.result(create({ run: { ...RUN, series: [empty] } }).snapshot()));
  });

  it('answers every request in the shape that the page checks', () => {
    const data = create();
    const columns = data.columns({ ...WINDOW, series: [0, 1], smoothing: 0.9 });
    ok(requests.columns.result(columns));
    const values = new Float64Array(columns.series[0]!.values);
    ok(Math.max(...values.filter(Number.isFinite)) > 100, 'the spike is there');
    strictEqual(values.filter(Number.isNaN).length, 10, 'every NaN is there');
    strictEqual(columns.series[0]!.smoothed?.byteLength, values.byteLength);
    ok(requests.band.result(data.band({ ...WINDOW, series: [3, 4, 5] })));
    ok(requests.grid.result(data.grid({ ...WINDOW, series: [3, 4, 5] })));
    ok(requests.profile.result(data.profile({ epoch: 0, series: [3, 4], step: 10 })));
  });

  it('refuses questions about a run that was read anew, and about series that do not exist', () => {
    const data = create();
    throws(() => data.columns({ ...WINDOW, series: [99], smoothing: 0 }), /no series 99/);
    data.startAnew();
    throws(() => data.columns({ ...WINDOW, series: [0], smoothing: 0 }), /read anew/);
    strictEqual(data.snapshot().epoch, 1);
  });

  it('finds the step of a line and the code of a series', () => {
    const data = create();
    strictEqual(data.stepOfLine(701), 700);
    strictEqual(data.stepOfLine(99_999), null);
    strictEqual(data.codeOf({ epoch: 0, series: 3 })?.line, 12);
    strictEqual(data.codeOf({ epoch: 0, series: 1 }), undefined);
  });
});
