import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { setTimeout as wait } from 'node:timers/promises';
import type {
  ChartActions,
  ChartSession,
  ChartView,
  WidthMemory,
} from '../../../src/host/editor/chartController';
import { ChartController } from '../../../src/host/editor/chartController';
import { isObject } from '../../../src/protocol/check';
import type { Snapshot } from '../../../src/protocol/messages';
import { FRESH_CHOICE } from '../../../src/protocol/picture';
import { takenSnapshot } from '../../../webview/snapshots';
import { syntheticRun } from '../../webview-page/synthetic';

/** A webview, a session and the controller between them. */
function setUp(isVisible = true, width: WidthMemory = { columns: undefined }) {
  const posted: unknown[] = [];
  const done: unknown[] = [];
  let receive: (message: unknown) => void = () => {};
  let visibility: () => void = () => {};
  let change: (change: { replaced: boolean }) => void = () => {};
  const view = {
    visible: isVisible,
    post: (message: unknown) => posted.push(message),
    onDidReceive: (listener: typeof receive) => {
      receive = listener;
      return { dispose: () => {} };
    },
    onDidChangeVisibility: (listener: () => void) => {
      visibility = listener;
      return { dispose: () => {} };
    },
  } satisfies ChartView;
  const session: ChartSession = {
    run: syntheticRun({ layers: 2, steps: 50, decay: 1 }),
    findings: [],
    notChecked: [],
    links: [],
    state: 'ready',
    message: '',
    progress: 1,
    generation: 1,
    onDidChange: (listener) => {
      change = listener;
      return { dispose: () => {} };
    },
  };
  const act = (name: string) => async (value?: unknown, more?: unknown) => {
    done.push(more === undefined ? [name, value] : [name, value, more]);
  };
  const opened: string[] = [];
  const closed: string[] = [];
  let changeOther: () => void = () => {};
  const other: ChartSession = {
    ...session,
    run: syntheticRun({ layers: 2, steps: 80, decay: 0.5 }),
    onDidChange: (listener) => {
      changeOther = () => listener({ replaced: false });
      return { dispose: () => {} };
    },
  };
  const actions: ChartActions = {
    revealLine: act('line'),
    revealCode: act('code'),
    explain: act('explain'),
    applyFix: act('fix'),
    applyClip: act('clip'),
    insertLogging: act('insert'),
    read: act('read'),
    save: async () => false,
    pickRuns: async () => null,
    openRun: (uri) => {
      opened.push(uri);
      return { session: other, name: 'b.log', dispose: () => closed.push(uri) };
    },
  };
  const controller = new ChartController(
    view,
    session,
    { name: 'a.log', uri: 'file:///a.log' },
    actions,
    String,
    width,
  );
  return {
    view,
    session,
    posted,
    done,
    controller,
    ask: async (request: string, params: unknown) => {
      const id = posted.length + 1;
      receive({ request, id, params });
      await wait(5);
      return posted.find((message) => isObject(message) && message.reply === id);
    },
    show: (visible: boolean) => {
      view.visible = visible;
      visibility();
    },
    change: (replaced = false) => change({ replaced }),
    opened,
    closed,
    changeOther: () => changeOther(),
    events: () => posted.filter((message) => isObject(message) && message.event === 'changed').length,
  };
}

/** What a page asks that knows nothing yet. */
const FIRST = { version: 6, axis: 'logged', known: null, picture: null };

describe('chart controller', () => {
  it('answers, acts, and says what went wrong', async () => {
    const charts = setUp();
    const reply = await charts.ask('snapshot', FIRST);
    ok(isObject(reply) && isObject(reply.result) && isObject(reply.result.whole));
    strictEqual(reply.result.whole.name, 'a.log');
    await charts.ask('reveal', { run: 0, line: 17 });
    deepStrictEqual(charts.done, [['line', 17, null]]);
    const failed = await charts.ask('apply-fix', { epoch: 0, finding: 0, fix: 0, preview: false });
    ok(isObject(failed) && /no longer offered/.test(String(failed.error)));
    await charts.ask('apply-clip', { bound: 2.5 });
    deepStrictEqual(charts.done.at(-1), ['clip', 2.5]);
    const refused = await charts.ask('apply-clip', { bound: -1 });
    ok(isObject(refused) && /positive/.test(String(refused.error)));
  });

  it('tells a page what it will ask before it asks, and then only what has changed', async () => {
    const charts = setUp();
    await wait(5);
    const [first] = charts.posted;
    ok(isObject(first) && first.event === 'first' && isObject(first.data) && isObject(first.data.whole));
    const { serial, series } = first.data.whole;
    ok(Array.isArray(series) && series.length > 0);
    const reply = await charts.ask('snapshot', FIRST);
    ok(isObject(reply) && isObject(reply.result));
    strictEqual(reply.result.whole, null);
    const now = takenSnapshot(first.data.whole as unknown as Snapshot, reply.result as never);
    strictEqual(now?.serial, Number(serial) + 1);
    // A page that was never reached asks once more, and is told everything.
    const again = await charts.ask('snapshot', FIRST);
    ok(isObject(again) && isObject(again.result) && isObject(again.result.whole));
    charts.controller.dispose();
  });

  it('foresees the points of a picture as wide as the last one', async () => {
    const width = { columns: 300 };
    const charts = setUp(true, width);
    await wait(5);
    const [first] = charts.posted;
    ok(isObject(first) && isObject(first.data) && Array.isArray(first.data.ahead));
    ok(first.data.ahead.some((one) => isObject(one) && isObject(one.params) && one.params.columns === 300));
    await charts.ask('snapshot', { ...FIRST, picture: { ...FRESH_CHOICE, columns: 500 } });
    strictEqual(width.columns, 500);
    charts.controller.dispose();
  });

  it('tells a hidden page nothing before it asks', async () => {
    const charts = setUp(false);
    await wait(5);
    deepStrictEqual(charts.posted, []);
    charts.controller.dispose();
  });

  it('tells a visible page of changes, at most four times a second', async () => {
    const charts = setUp();
    await charts.ask('snapshot', FIRST);
    for (let at = 0; at < 20; at++) {
      charts.change();
      await wait(10);
    }
    await wait(300);
    ok(charts.events() >= 1 && charts.events() <= 3, `${charts.events()} events`);
    charts.controller.dispose();
  });

  it('sends nothing to a hidden page, and one event when it is shown again', async () => {
    const charts = setUp();
    await charts.ask('snapshot', FIRST);
    charts.show(false);
    charts.change();
    charts.change();
    charts.controller.sendCursor(3);
    await wait(300);
    strictEqual(charts.events(), 0);
    charts.show(true);
    await wait(20);
    strictEqual(charts.events(), 1);
    charts.controller.dispose();
  });

  it('tells a page of no change before it has asked, and not again what it was answered', async () => {
    const charts = setUp();
    charts.change();
    charts.change();
    await wait(300);
    strictEqual(charts.posted.length, 1);
    await charts.ask('snapshot', FIRST);
    await wait(300);
    strictEqual(charts.events(), 0);
    charts.change();
    await wait(300);
    strictEqual(charts.events(), 1);
    charts.controller.dispose();
  });

  it('answers a page that opens when the first points are there', async () => {
    const charts = setUp();
    const { run } = charts.session;
    Object.assign(charts.session, { run: null, state: 'reading' });
    strictEqual(await charts.ask('snapshot', FIRST), undefined);
    charts.change();
    await wait(5);
    strictEqual(charts.posted.length, 0);
    Object.assign(charts.session, { run });
    charts.change();
    await wait(5);
    strictEqual(charts.posted.length, 1);
    charts.controller.dispose();
  });

  it('answers a page that opens though a slow log has no points yet', async () => {
    const charts = setUp();
    Object.assign(charts.session, { run: null, state: 'reading' });
    await charts.ask('snapshot', FIRST);
    await wait(400);
    strictEqual(charts.posted.length, 1);
    charts.controller.dispose();
  });

  it('is silent after dispose', async () => {
    const charts = setUp();
    charts.change();
    charts.controller.dispose();
    await wait(300);
    strictEqual(charts.posted.length, 0);
  });

  it('drops questions about a log that was read anew', async () => {
    const charts = setUp();
    charts.change(true);
    const reply = await charts.ask('profile', { run: 0, epoch: 0, series: [0], from: null, step: 1 });
    ok(isObject(reply) && /read anew/.test(String(reply.error)));
    charts.controller.dispose();
  });

  it('opens the runs to compare with once, tells of their changes, and closes them when nobody needs them', async () => {
    const charts = setUp();
    await charts.ask('compare', { uris: ['file:///b.log', 'file:///c.log', 'file:///b.log'] });
    deepStrictEqual(charts.opened, ['file:///b.log', 'file:///c.log']);
    const reply = await charts.ask('snapshot', FIRST);
    ok(isObject(reply) && isObject(reply.result) && isObject(reply.result.whole));
    const { compared } = reply.result.whole;
    ok(Array.isArray(compared));
    strictEqual(compared.length, 2);
    strictEqual(compared[0]?.steps, 80);
    charts.changeOther();
    await wait(300);
    strictEqual(charts.events(), 1);
    await charts.ask('reveal', { run: 2, line: 5 });
    deepStrictEqual(charts.done.at(-1), ['line', 5, 'file:///c.log']);
    await charts.ask('compare', { uris: ['file:///c.log'] });
    deepStrictEqual(charts.closed, ['file:///b.log']);
    strictEqual(charts.opened.length, 2, 'what is open stays open');
    charts.controller.dispose();
    deepStrictEqual(charts.closed, ['file:///b.log', 'file:///c.log']);
  });
});
