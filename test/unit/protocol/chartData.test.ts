import { deepStrictEqual, ok, rejects, strictEqual, throws } from 'node:assert';
import { remedyById } from '../../../src/core/remedies/registry';
import type { LogFinding } from '../../../src/core/rules/finding';
import type { Run } from '../../../src/core/run/run';
import { PointColumns } from '../../../src/core/run/series';
import type { AxisWish } from '../../../src/protocol/chartAxis';
import { ChartData, type ChartSource } from '../../../src/protocol/chartData';
import { dataHandlers } from '../../../src/protocol/chartRequests';
import { PROTOCOL_VERSION, requests, type Snapshot } from '../../../src/protocol/messages';
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
const WINDOW = { run: 0, epoch: 0, from: 0, to: 1999, columns: 100, known: null };

function create(source: Partial<ChartSource> = {}): ChartData {
  return new ChartData({ ...SOURCE, ...source }, LOG, remedyById);
}

/** What a page is told that knows nothing yet. */
async function wholeOf(
  handlers: ReturnType<typeof dataHandlers>,
  axis: AxisWish = 'logged',
): Promise<Snapshot> {
  const answer = await handlers.snapshot({ version: PROTOCOL_VERSION, axis, known: null, picture: null });
  ok(requests.snapshot.result(JSON.parse(JSON.stringify(answer))));
  ok(answer.whole !== null && answer.patch === null);
  return answer.whole;
}

function snapshotOf(...runs: readonly ChartData[]): Promise<Snapshot> {
  return wholeOf(dataHandlers(() => runs));
}

/** The run with a clock: every step takes two seconds, and the log was written by a process started at `start`. */
function withClock(start: number, name = '_timestamp'): Run {
  const points = new PointColumns();
  for (let step = 0; step < 2000; step++) {
    points.push(step, start + 2 * step, step + 1);
  }
  const epochs = new PointColumns();
  for (let epoch = 0; epoch < 4; epoch++) {
    epochs.push(epoch * 500, epoch, epoch * 500 + 1);
  }
  const clock = { ...RUN.series[0]!, id: RUN.series.length, name, kind: 'other' as const, points };
  return { ...RUN, series: [...RUN.series, clock], epochs };
}

describe('chart data', () => {
  it('gives a snapshot that the page accepts, even after JSON', async () => {
    const snapshot = await snapshotOf(create());
    strictEqual(snapshot.series[0]?.nan, 10);
    deepStrictEqual(snapshot.series[0]?.firstNonFinite, {
      step: 1990,
      line: 1991,
      place: 'line 1991',
      value: 'NaN',
    });
    deepStrictEqual(snapshot.findings[0]?.evidence, { norm: 'NaN', baseline: 0.3, profile: [1, 'Infinity'] });
    strictEqual(snapshot.findings[0]?.remedies[0]?.id, 'lower-lr');
    const layer = snapshot.series.find(({ parameter }) => parameter === 'blocks.0.attn.qkv.weight');
    deepStrictEqual(layer?.code, { path: 'model.py', line: 12, exact: true });
  });

  it('gives a snapshot before anything was read, and of a series without points', async () => {
    const unread = create({ run: null, findings: [], state: 'reading' });
    strictEqual((await snapshotOf(unread)).series.length, 0);
    const empty = { ...RUN.series[0]!, points: new PointColumns() };
    strictEqual((await snapshotOf(create({ run: { ...RUN, series: [empty] } }))).series[0]?.points, 0);
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
    ok(requests.profile.result(data.profile({ run: 0, epoch: 0, series: [3, 4], from: null, step: 10 })));
  });

  it('refuses questions about a run that was read anew, and about series that do not exist', () => {
    const data = create();
    throws(() => data.columns({ ...WINDOW, series: [99], smoothing: 0 }), /no series 99/);
    data.startAnew();
    throws(() => data.columns({ ...WINDOW, series: [0], smoothing: 0 }), /read anew/);
    strictEqual(data.info().epoch, 1);
  });

  it('finds the step of a line and the code of a series', () => {
    const data = create();
    strictEqual(data.stepOfLine(701), 700);
    strictEqual(data.stepOfLine(99_999), null);
    strictEqual(data.codeOf({ epoch: 0, series: 3 })?.line, 12);
    strictEqual(data.codeOf({ epoch: 0, series: 1 }), undefined);
  });

  it('puts everything on the wall time that the log carries, in a unit that fits', async () => {
    const charts = [create({ run: withClock(1.7e9) })];
    const handlers = dataHandlers(() => charts);
    const logged = await wholeOf(handlers);
    deepStrictEqual(logged.otherAxes, ['time', 'epoch']);
    const timed = await wholeOf(handlers, 'time');
    strictEqual(timed.axis.kind, 'minute');
    ok(timed.epoch > logged.epoch, 'old places mean nothing any more');
    ok(Math.abs((timed.findings[0]?.step ?? 0) - (1990 * 2) / 60) < 1e-9);
    ok(Math.abs((timed.series[0]?.maxStep ?? 0) - (1999 * 2) / 60) < 1e-9);
    const { series } = await handlers.columns({
      ...WINDOW,
      epoch: timed.epoch,
      to: 70,
      series: [0],
      smoothing: 0,
    });
    const steps = new Float64Array(series[0]!.steps);
    const values = new Float64Array(series[0]!.values);
    const spike = steps[values.indexOf(Math.max(...values.filter(Number.isFinite)))];
    ok(Math.abs((spike ?? 0) - (700 * 2) / 60) < 1e-9, `the spike stands at ${spike} minutes`);
    strictEqual(values.filter(Number.isNaN).length, 10);
  });

  it('puts everything on the epochs, also within one and after the last began', async () => {
    const charts = [create({ run: withClock(0) })];
    const epochs = await wholeOf(
      dataHandlers(() => charts),
      'epoch',
    );
    strictEqual(epochs.axis.kind, 'epoch');
    ok(Math.abs((epochs.series[0]?.maxStep ?? 0) - 1999 / 500) < 1e-9);
  });

  it('takes no duration of a step for a clock', async () => {
    const run = withClock(0, 'time');
    const points = new PointColumns();
    for (let step = 0; step < 2000; step++) {
      points.push(step, 0.5 + (step % 7) / 10, step + 1);
    }
    const series = [...run.series.slice(0, -1), { ...run.series.at(-1)!, points }];
    const { otherAxes } = await snapshotOf(create({ run: { ...run, series } }));
    deepStrictEqual(otherAxes, ['epoch']);
  });

  it('answers about the runs that it is compared with, and refuses those that are not there', async () => {
    const other = syntheticRun({ layers: 4, steps: 100, decay: 0.9 });
    const charts = [create(), create({ run: other, findings: [] })];
    const handlers = dataHandlers(() => charts);
    const { compared } = await snapshotOf(...charts);
    strictEqual(compared.length, 1);
    strictEqual(compared[0]?.steps, 100);
    const question = { epoch: 0, series: [0], from: null, step: 99 };
    const own = await handlers.profile({ run: 0, ...question });
    const theirs = await handlers.profile({ run: 1, ...question });
    ok(new Float64Array(own.values)[0] !== new Float64Array(theirs.values)[0]);
    await rejects(handlers.profile({ run: 2, ...question }), /no longer compared/);
  });

  it('takes medians over a window, which a spike does not move', async () => {
    const charts = [create()];
    const ask = async (from: number | null, step: number) =>
      new Float64Array(
        (await dataHandlers(() => charts).profile({ run: 0, epoch: 0, series: [0], from, step })).values,
      )[0] ?? Number.NaN;
    ok((await ask(null, 700)) > 100, 'the spike itself');
    ok((await ask(600, 800)) < 10, 'the level around it');
    ok(Number.isNaN(await ask(1985, 1999)), 'NaN where most of the window is');
  });
});
