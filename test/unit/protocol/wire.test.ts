import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert';
import fc from 'fast-check';
import type { Handlers } from '../../../src/protocol/wire';
import { Asking, answer, eventMessage } from '../../../src/protocol/wire';

const nothing = async () => null;
const refuse = async (): Promise<never> => {
  throw new Error('not asked for in this test');
};
const HANDLERS: Handlers = {
  snapshot: refuse,
  columns: refuse,
  band: refuse,
  grid: refuse,
  'share-above': refuse,
  profile: async ({ epoch }) => ({
    epoch,
    values: new Float64Array([1]).buffer,
    steps: new ArrayBuffer(8),
    lines: new ArrayBuffer(4),
  }),
  reveal: nothing,
  'reveal-code': nothing,
  explain: async ({ rule }) => {
    throw new Error(`no page for ${rule}`);
  },
  'apply-fix': nothing,
  'apply-clip': nothing,
  'insert-logging': nothing,
  read: nothing,
  'pick-runs': nothing,
  compare: nothing,
  save: async () => true,
};

/** A page and a host that hear each other. */
function connect(handlers: Handlers = HANDLERS, timeout?: number) {
  const heard: unknown[] = [];
  const asking: Asking = new Asking(
    (message) => {
      void answer(message, handlers, String).then((reply) => asking.receive(reply));
    },
    {
      first: (event) => heard.push(event),
      changed: (event) => heard.push(event),
      cursor: (event) => heard.push(event),
    },
    timeout,
  );
  return { asking, heard };
}

describe('requests between page and host', () => {
  it('bring the answer back', async () => {
    const { asking } = connect();
    const result = await asking.request('profile', { run: 0, epoch: 3, series: [0], from: null, step: 7 });
    strictEqual(result.epoch, 3);
    deepStrictEqual([...new Float64Array(result.values)], [1]);
  });

  it('bring an error back as a text', async () => {
    await rejects(connect().asking.request('explain', { rule: 'x' }), /no page for x/);
  });

  it('end when nobody answers, and when the page is closed', async () => {
    const silent = new Asking(() => {}, { first: () => {}, changed: () => {}, cursor: () => {} }, 5);
    await rejects(silent.request('reveal', { run: 0, line: 1 }), /No answer/);
    const asked = silent.request('pick-runs', {});
    await new Promise((resolve) => setTimeout(resolve, 20));
    silent.dispose();
    await rejects(asked, /closed/, 'a person may take longer');
    const closed = new Asking(() => {}, { first: () => {}, changed: () => {}, cursor: () => {} });
    const pending = closed.request('reveal', { run: 0, line: 1 });
    closed.dispose();
    await rejects(pending, /closed/);
    await rejects(closed.request('reveal', { run: 0, line: 1 }), /closed/);
  });

  it('reject an answer of another shape', async () => {
    const asking: Asking = new Asking(
      () => queueMicrotask(() => asking.receive({ reply: 1, result: { epoch: 'x' } })),
      { first: () => {}, changed: () => {}, cursor: () => {} },
    );
    await rejects(
      asking.request('profile', { run: 0, epoch: 0, series: [], from: null, step: 0 }),
      /unknown shape/,
    );
  });

  it('refuse parameters of another shape instead of passing them on', async () => {
    for (const params of [
      null,
      { run: 0, line: 'x' },
      { run: 0, line: -1 },
      { run: 0, line: 1.5 },
      { run: 0, line: Number.NaN },
      { run: 0, line: [1] },
      'reveal',
    ]) {
      const reply = await answer({ request: 'reveal', id: 1, params }, HANDLERS, String);
      ok(JSON.stringify(reply).includes('unknown shape'), JSON.stringify(params));
    }
    const tooWide = { run: 0, epoch: 0, from: 0, to: 1, columns: 1e9, series: [] };
    const reply = await answer({ request: 'band', id: 1, params: tooWide }, HANDLERS, String);
    ok(JSON.stringify(reply).includes('unknown shape'));
  });

  it('deliver events of the right shape and ignore others', () => {
    const { asking, heard } = connect();
    asking.receive(eventMessage('changed', { generation: 4 }));
    asking.receive({ event: 'changed', data: { generation: 'x' } });
    asking.receive({ event: 'toString', data: {} });
    deepStrictEqual(heard, [{ generation: 4 }]);
  });

  it('survive anything', async () => {
    const { asking } = connect();
    await fc.assert(
      fc.asyncProperty(fc.anything(), fc.anything(), async (message, params) => {
        asking.receive(message);
        await answer(message, HANDLERS, String);
        await answer({ request: 'columns', id: 1, params }, HANDLERS, String);
        await answer({ request: message, id: 1, params }, HANDLERS, String);
      }),
    );
  });
});
