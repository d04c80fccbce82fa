import { strict as assert } from 'node:assert';
import type { Uri } from 'vscode';
import type { FileSource } from '../../src/core/io/fileSource';
import type { JoinedRun } from '../../src/core/link/join';
import { FORMATS } from '../../src/core/logs/registry';
import type { LogFinding } from '../../src/core/rules/finding';
import { formatsWith } from '../../src/host/logFormats';
import { FollowingSession, type SessionParts } from '../../src/host/sessions/followingSession';
import { HeadSource } from '../../src/host/sessions/headSource';
import { firstRead, type LogSession } from '../../src/host/sessions/logSession';
import { SessionStore } from '../../src/host/sessions/sessionStore';
import { TextSource } from '../../src/host/sessions/textSource';
import { WholeFileSource } from '../../src/host/sessions/wholeFileSource';

/** A file whose content the test sets; null: it does not exist. */
class ScriptedSource implements FileSource {
  readonly path = '/runs/a.log';
  content: Uint8Array | null;
  isClosed = false;

  constructor(text: string | null) {
    this.content = text === null ? null : Buffer.from(text);
  }

  async size(): Promise<number> {
    if (this.content === null) {
      throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
    }
    return this.content.length;
  }

  async read(offset: number, target: Uint8Array): Promise<number> {
    const part = (this.content ?? new Uint8Array()).subarray(offset, offset + target.length);
    target.set(part);
    return part.length;
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }
}

const silent = { debug() {}, info() {}, warn() {}, error() {}, show() {} };

function uri(path: string): Uri {
  return { toString: () => `file://${path}` } as Uri;
}

function parts(source: FileSource, other: Partial<SessionParts> = {}): SessionParts {
  return {
    uri: uri(source.path),
    source,
    watch: () => ({ dispose() {} }),
    select: (findings) => findings,
    join: async (_run, findings): Promise<JoinedRun> => ({ links: [], findings }),
    formats: FORMATS,
    company: () => 1,
    log: silent,
    ...other,
  };
}

/** A Hugging Face log of `steps` rows; the norm is NaN from `badFrom` on. */
function rows(from: number, to: number, badFrom = Number.POSITIVE_INFINITY): string {
  let text = '';
  for (let step = from; step < to; step++) {
    const norm = step >= badFrom ? 'nan' : (1 + (step % 7) / 10).toFixed(3);
    text += `{'loss': ${(3 / (1 + step / 50)).toFixed(4)}, 'grad_norm': ${norm}, 'learning_rate': 0.001, 'epoch': ${(step / 100).toFixed(2)}}\n`;
  }
  return text;
}

async function settled(session: LogSession, condition: () => boolean): Promise<void> {
  const end = Date.now() + 5000;
  while (!condition()) {
    assert.ok(Date.now() < end, `still ${session.state} with ${session.run?.steps} steps`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('log formats of the settings', () => {
  const LOG = Array.from(
    { length: 20 },
    (_, i) => `@@${i}@@ L<${(2 / (i + 1)).toFixed(4)}> G<${1 + (i % 3)}>\n`,
  ).join('');
  const OWN = { name: 'angles', template: '@@{step}@@ L<{loss}> G<{grad_norm}>' };

  it('are tried before ours', async () => {
    const session = new FollowingSession(
      parts(new ScriptedSource(LOG), { formats: formatsWith([OWN], silent) }),
    );
    await settled(session, () => session.state === 'ready');
    assert.equal(session.run?.steps, 20);
    assert.deepEqual(
      session.run?.series.map(({ kind }) => kind),
      ['loss', 'grad-norm'],
    );
    session.dispose();
  });

  it('that cannot be read are named and passed over', () => {
    const said: string[] = [];
    const formats = formatsWith([{ name: 'broken', template: '{' }, 7], {
      warn: (text: string) => said.push(text),
    });
    assert.equal(formats, FORMATS);
    assert.equal(said.length, 2);
    assert.match(said[0] ?? '', /logFormats: broken/);
  });
});

describe('a session', () => {
  let session: FollowingSession;
  const open = (source: FileSource, other: Partial<SessionParts> = {}) => {
    session = new FollowingSession(parts(source, other));
    return session;
  };
  afterEach(() => session.dispose());

  it('reads and judges a log', async () => {
    await firstRead(open(new ScriptedSource(rows(0, 200, 150))));
    assert.equal(session.state, 'ready');
    assert.equal(session.run?.steps, 200);
    assert.ok(session.findings.some(({ rule }) => rule === 'non-finite'));
    assert.equal(session.progress, 1);
  });

  it('shows what was read before it is judged, and keeps the first part when cancelled', async () => {
    const source = new ScriptedSource(rows(0, 20_000));
    let drawable = 0;
    open(source, { watch: () => ({ dispose() {} }) });
    session.onDidChange(() => {
      drawable += session.state === 'reading' && session.progress === 1 && session.run !== null ? 1 : 0;
    });
    await firstRead(session);
    assert.ok(drawable > 0);
    session.dispose();

    open(source);
    session.cancel();
    await firstRead(session);
    assert.match(session.message, /cancelled/);
    session.refresh();
    await settled(session, () => session.run?.steps === 20_000 && session.message === '');
  });

  it('shows new points before it has judged them', async () => {
    const source = new ScriptedSource(rows(0, 100));
    const session = new FollowingSession(parts(source));
    await settled(session, () => session.state === 'ready');
    // The next judgement is due a while after the first.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const isJudged = () => session.findings.some(({ severity }) => severity === 'error');
    const told: { steps: number | undefined; isJudged: boolean }[] = [];
    session.onDidChange(() => told.push({ steps: session.run?.steps, isJudged: isJudged() }));
    source.content = Buffer.from(rows(0, 140, 120));
    session.refresh();
    await settled(session, isJudged);
    assert.deepEqual(told[0], { steps: 140, isJudged: false });
    session.dispose();
  });

  it('forgets the findings of a log that was emptied, and says that the next run is another', async () => {
    const source = new ScriptedSource(rows(0, 200, 150));
    await firstRead(open(source));
    const replacements: boolean[] = [];
    session.onDidChange(({ replaced }) => replacements.push(replaced));
    source.content = Buffer.from('');
    session.refresh();
    await settled(session, () => session.state === 'not-a-log' && replacements.includes(true));
    assert.deepEqual([session.run, session.findings, session.links], [null, [], []]);
    source.content = Buffer.from(rows(0, 50));
    session.refresh();
    await settled(session, () => session.state === 'ready');
    assert.ok(session.findings.every(({ rule }) => rule !== 'non-finite'));
  });

  it('says what is no log, and asks again when told', async () => {
    const source = new ScriptedSource('Dear diary,\ntoday was a fine day.\n');
    await firstRead(open(source));
    assert.equal(session.state, 'not-a-log');
    assert.equal(session.run, null);
    source.content = Buffer.from(rows(0, 50));
    session.refresh();
    await settled(session, () => session.state === 'ready');
  });

  it('follows a file that grows, is rewritten, goes away and comes back', async () => {
    const source = new ScriptedSource(rows(0, 100));
    let told: () => void = () => {};
    const replaced: boolean[] = [];
    open(source, {
      watch: (callback) => {
        told = callback;
        return { dispose() {} };
      },
    });
    await firstRead(session);
    session.onDidChange((change) => replaced.push(change.replaced));

    source.content = Buffer.from(rows(0, 120));
    told();
    await settled(session, () => session.run?.steps === 120);
    assert.ok(!replaced.includes(true));

    source.content = Buffer.from(rows(500, 530));
    told();
    // The change is told once the run is judged, a little after it was read.
    await settled(session, () => session.run?.steps === 30 && replaced.includes(true));

    source.content = null;
    told();
    await settled(session, () => session.state === 'gone');
    assert.equal(session.run?.steps, 30);
    assert.match(session.message, /deleted/);

    source.content = Buffer.from(rows(500, 540));
    told();
    await settled(session, () => session.state === 'ready' && session.run?.steps === 40);
    assert.equal(session.message, '');
  });

  it('says why a file cannot be read', async () => {
    const source = new ScriptedSource('');
    source.size = () => Promise.reject(new Error('permission denied'));
    await firstRead(open(source));
    assert.equal(session.state, 'failed');
    assert.match(session.message, /permission denied/);
  });

  it('grows its generation with every change it tells', async () => {
    await firstRead(open(new ScriptedSource(rows(0, 20))));
    const before = session.generation;
    session.reselect();
    assert.equal(session.generation, before + 1);
  });

  it('drops a join that a later diagnosis overtook', async () => {
    const source = new ScriptedSource(rows(0, 100, 50));
    const joins: ((joined: JoinedRun) => void)[] = [];
    open(source, { join: () => new Promise((resolve) => joins.push(resolve)) });
    await firstRead(session);
    source.content = Buffer.from(rows(0, 300, 50));
    session.refresh();
    await settled(session, () => joins.length === 2);
    const link = { parameter: 'a', run: 'r', source: 's', line: 1, exact: true };
    joins[0]?.({ links: [link], findings: [] });
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(session.links, []);
    joins[1]?.({ links: [link], findings: [] });
    await settled(session, () => session.links.length === 1);
  });

  it('shows findings as the settings select them', async () => {
    const none: readonly LogFinding[] = [];
    await firstRead(open(new ScriptedSource(rows(0, 200, 150)), { select: () => none }));
    assert.deepEqual(session.findings, []);
  });

  it('is silent and closed after its end', async () => {
    const source = new ScriptedSource(rows(0, 5000));
    open(source);
    let told = 0;
    session.onDidChange(() => told++);
    session.dispose();
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(told, 0);
    assert.ok(source.isClosed);
  });
});

describe('the session store', () => {
  it('shares a session and closes it with the last lease', async () => {
    const source = new ScriptedSource(rows(0, 20));
    const store = new SessionStore(() => new FollowingSession(parts(source)));
    const [first, second] = [store.acquire(uri('/runs/a.log')), store.acquire(uri('/runs/a.log'))];
    assert.equal(first.session, second.session);
    await firstRead(first.session);
    first.dispose();
    first.dispose();
    assert.ok(!source.isClosed);
    assert.ok(store.peek(uri('/runs/a.log')) !== undefined);
    second.dispose();
    assert.ok(source.isClosed);
    assert.equal(store.peek(uri('/runs/a.log')), undefined);
    store.dispose();
  });
});

describe('sources', () => {
  const readAll = async (source: FileSource) => {
    const bytes = new Uint8Array(await source.size());
    await source.read(0, bytes);
    return Buffer.from(bytes).toString();
  };

  it('give the head of a file', async () => {
    const head = new HeadSource(new ScriptedSource('0123456789'), 4);
    assert.equal(await head.size(), 4);
    const target = new Uint8Array(8);
    assert.equal(await head.read(2, target), 2);
    assert.equal(Buffer.from(target).toString().slice(0, 2), '23');
    assert.equal(await head.read(9, target), 0);
  });

  it('give a document as it is now, and tell when it is closed', async () => {
    let document: { version: number; text: string } | undefined = { version: 1, text: 'ä' };
    const source = new TextSource('untitled', { read: () => document });
    assert.equal(await readAll(source), 'ä');
    document = { version: 2, text: 'bc' };
    assert.equal(await readAll(source), 'bc');
    document = undefined;
    await assert.rejects(source.size(), { code: 'FileNotFound' });
  });

  it('read a virtual file once a change', async () => {
    let reads = 0;
    let mtime = 1;
    const source = new WholeFileSource('x', {
      stat: async () => ({ size: 3, mtime }),
      readFile: async () => {
        reads++;
        return Buffer.from(`v${mtime}!`);
      },
    });
    assert.equal(await readAll(source), 'v1!');
    assert.equal(await readAll(source), 'v1!');
    mtime = 2;
    assert.equal(await readAll(source), 'v2!');
    assert.equal(reads, 2);
  });
});
