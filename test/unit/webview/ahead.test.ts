/** What comes with the first answer is what the page asks next. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { ChartData } from '../../../src/protocol/chartData';
import { dataHandlers } from '../../../src/protocol/chartRequests';
import { isObject } from '../../../src/protocol/check';
import { PROTOCOL_VERSION } from '../../../src/protocol/messages';
import { visibleRange } from '../../../src/protocol/range';
import { Asking, answer, type Handlers } from '../../../src/protocol/wire';
import { pinnedSteps } from '../../../webview/lineData';
import { panePlans } from '../../../webview/panePlans';
import { SeriesColumns } from '../../../webview/series';
import { takenSnapshot } from '../../../webview/snapshots';
import { INITIAL_STATE, type ViewState } from '../../../webview/state';
import { syntheticRun } from '../../webview-page/synthetic';

const COLUMNS = 700;

/** A page on a run of many layers that has asked for its first snapshot, and then for what it draws. */
async function open(state: ViewState, columns = COLUMNS) {
  const run = syntheticRun({ layers: 60, steps: 400, decay: 0.9 });
  const source = { run, findings: [], notChecked: [], links: [], message: '', progress: 1, generation: 1 };
  const data = new ChartData(
    { ...source, state: 'ready' },
    { name: 'a.log', uri: 'test:/a.log' },
    () => undefined,
  );
  const refuse = async (): Promise<never> => {
    throw new Error('Nobody asks for this here.');
  };
  const handlers = { ...dataHandlers(() => [data]) } as unknown as Handlers;
  const asked: unknown[] = [];
  const asking: Asking = new Asking(
    (message) => {
      asked.push(isObject(message) ? message.request : message);
      void answer(message, handlers, String).then((reply) => asking.receive(reply), refuse);
    },
    { first: () => {}, changed: () => {}, cursor: () => {} },
  );
  const { range, smoothing, onlyFindings, search, pinned, hidden, closedPanes } = state;
  const choice = { range, smoothing, onlyFindings, search, pinned, hidden, closedPanes };
  const told = await asking.request('snapshot', {
    version: PROTOCOL_VERSION,
    axis: 'logged',
    known: null,
    picture: { ...choice, columns: COLUMNS },
  });
  const snapshot = takenSnapshot(undefined, told);
  ok(snapshot !== undefined);
  asking.foretell(told.ahead);
  const plans = panePlans(snapshot, state, null);
  const series = new SeriesColumns(
    asking,
    () => {},
    (error) => {
      throw error;
    },
  );
  const want = () =>
    series.want({
      run: 0,
      epoch: snapshot.epoch,
      range: visibleRange(snapshot, state),
      columns,
      smoothing,
      lines: plans.flatMap(({ choice: { lines } }) => lines.map((line) => line.series)),
      bands: new Map(plans.map(({ id, choice: { rest } }) => [id, rest])),
      pins: pinnedSteps(snapshot),
    });
  want();
  await series.idle();
  const drawn = plans.map(({ id, choice: { lines } }) => series.content(id, lines));
  return { asked, drawn, want, series };
}

describe('the first answer', () => {
  it('brings the points that the page draws first: lines and band are there without another question', async () => {
    const { asked, drawn } = await open(INITIAL_STATE);
    deepStrictEqual(asked, ['snapshot']);
    ok(drawn.some(({ lines }) => lines.length > 1 && lines.every(({ steps }) => steps.length > 0)));
    ok(drawn.some(({ band }) => band !== null && band.median.steps.length > 0));
  });

  it('brings what is drawn by the choices that were kept', async () => {
    const kept = { range: { from: 20, to: 90 }, search: 'layers.1', smoothing: 0.9, closedPanes: ['loss'] };
    const { asked, drawn } = await open({ ...INITIAL_STATE, ...kept });
    deepStrictEqual(asked, ['snapshot']);
    ok(drawn[0]?.lines.every(({ smoothed }) => smoothed !== null));
  });

  it('is worth one picture: what is asked later is asked of the host', async () => {
    const { asked, want, series } = await open(INITIAL_STATE);
    series.clear();
    want();
    await series.idle();
    deepStrictEqual(asked, ['snapshot', 'columns', 'band']);
  });

  it('does not stand for another picture', async () => {
    const { asked, drawn } = await open(INITIAL_STATE, COLUMNS + 15);
    deepStrictEqual(asked, ['snapshot', 'columns', 'band']);
    strictEqual(drawn.length > 0, true);
  });
});
