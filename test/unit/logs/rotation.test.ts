import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { throughGzip } from '../../../src/core/io/gzipSource';
import { FORMATS } from '../../../src/core/logs/registry';
import { RotatedReader } from '../../../src/core/logs/rotatedReader';
import { mayBeRotated, rotatedLogs } from '../../../src/core/logs/rotation';
import { groupRunFiles, readRunFiles } from '../../../src/core/logs/runFolder';
import { diagnoseRun } from '../../../src/core/rules/engine';
import { placeOfLine } from '../../../src/core/run/parts';
import { stepsOf, valuesOf } from './shared';

/** Lines of training from one step to another. */
function steps(from: number, to: number): string {
  let text = '';
  for (let step = from; step <= to; step++) {
    text += `step ${step} loss ${1 / step} grad_norm ${(step % 7) + 1}\n`;
  }
  return text;
}

/** A folder in memory whose files may be renamed, and a reader of "train.log" in it. */
class Folder {
  readonly files = new Map<string, Uint8Array>();
  readonly reader: RotatedReader;
  private listed: readonly string[] = [];

  constructor(files: Record<string, string | Uint8Array>) {
    this.write(files);
    this.reader = new RotatedReader(
      'train.log',
      async () => this.older(),
      (path) => throughGzip(this.source(path)),
      FORMATS,
    );
  }

  write(files: Record<string, string | Uint8Array>): void {
    for (const [name, content] of Object.entries(files)) {
      this.files.set(name, typeof content === 'string' ? new TextEncoder().encode(content) : content);
    }
  }

  append(text: string): void {
    const old = this.files.get('train.log') ?? new Uint8Array();
    this.files.set('train.log', new Uint8Array(Buffer.concat([old, new TextEncoder().encode(text)])));
  }

  rename(from: string, to: string): void {
    this.files.set(to, this.files.get(from) ?? new Uint8Array());
    this.files.delete(from);
  }

  steps(): number[] {
    const [first] = this.reader.run?.series ?? [];
    return first === undefined ? [] : stepsOf(first);
  }

  /** As a file system does, it gives a new list after any change of names. */
  private older(): readonly string[] {
    const found = rotatedLogs([...this.files.keys()]).get('train.log') ?? [];
    this.listed = [...found];
    return this.listed;
  }

  source(path: string) {
    return {
      path,
      size: async () => {
        const bytes = this.files.get(path);
        if (bytes === undefined) {
          throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
        }
        return bytes.length;
      },
      read: async (offset: number, target: Uint8Array) => {
        const part = (this.files.get(path) ?? new Uint8Array()).subarray(offset, offset + target.length);
        target.set(part);
        return part.length;
      },
      close: async () => {},
    };
  }
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

describe('parts of a rotated log', () => {
  it('are told by their names, the oldest first', () => {
    const paths = [
      'a/train.log',
      'a/train.log.1',
      'a/train.log.10',
      'a/train.log.2.gz',
      'a/train.log.2',
      'a/other.log.1',
      'b/run.out',
      'b/run.out.2024-05-02',
      'b/run.out.2024-05-01_17-30',
      'c/t.txt',
      'c/t.txt-20240502.gz',
      'c/t.txt-20240501.gz',
      'd/train.log',
      'd/train.2024-05-01_17-30-00_123456.log',
      'd/train.2024-04-01_17-30-00_123456.log.gz',
      'e/train.log',
      'e/train.2024-05-01.log',
      'e/train.log.final',
    ];
    assert.deepEqual(
      [...rotatedLogs(paths)],
      [
        ['a/train.log', ['a/train.log.10', 'a/train.log.2.gz', 'a/train.log.1']],
        ['b/run.out', ['b/run.out.2024-05-01_17-30', 'b/run.out.2024-05-02']],
        ['c/t.txt', ['c/t.txt-20240501.gz', 'c/t.txt-20240502.gz']],
        [
          'd/train.log',
          ['d/train.2024-04-01_17-30-00_123456.log.gz', 'd/train.2024-05-01_17-30-00_123456.log'],
        ],
      ],
    );
    assert.deepEqual(['train.log', 'train.log.1', 'train.log-20240501', 'weights.pt'].map(mayBeRotated), [
      true,
      false,
      false,
      false,
    ]);
  });

  it('are grouped with their log where a folder is searched', () => {
    assert.deepEqual(groupRunFiles(['a.log', 'a.log.1', 'b.log', 'c.log.1']), [
      { path: 'a.log', files: ['a.log.1', 'a.log'], how: 'rotated' },
      { path: 'b.log', files: ['b.log'], how: 'together' },
      { path: 'c.log.1', files: ['c.log.1'], how: 'together' },
    ]);
  });

  it('are read as one log, and every line is found again in its file', async () => {
    const { files, reader } = new Folder({
      'train.log.2.gz': gzipSync(steps(1, 3000)),
      'train.log.1': steps(3001, 3500),
      'train.log': steps(3501, 3600),
    });
    assert.equal(files.size, 3);
    assert.deepEqual(await reader.readMore(), { kind: 'read', newPoints: 7200, replaced: false });
    const { run } = reader;
    assert.ok(run !== null);
    assert.deepEqual(stepsOf(run.series[0]!), upTo(3600));
    assert.equal(run.steps, 3600);
    assert.equal(run.segments.length, 1);
    const { points } = run.series[0]!;
    const places = [0, 2999, 3000, 3499, 3500, 3599].map((at) => placeOfLine(run, points.line(at)));
    assert.deepEqual(places, [
      { path: 'train.log.2.gz', line: 1 },
      { path: 'train.log.2.gz', line: 3000 },
      { path: 'train.log.1', line: 1 },
      { path: 'train.log.1', line: 500 },
      { path: 'train.log', line: 1 },
      { path: 'train.log', line: 100 },
    ]);
  });

  it('packed in several members are read to their end, whatever the last one promises', async () => {
    const packed = Buffer.concat([gzipSync(steps(1, 400)), gzipSync(steps(401, 410))]);
    const folder = new Folder({ 'train.log.1.gz': packed, 'train.log': steps(411, 500) });
    await folder.reader.readMore();
    assert.deepEqual(folder.steps(), upTo(500));
    folder.append(steps(501, 510));
    assert.deepEqual(await folder.reader.readMore(), { kind: 'read', newPoints: 20, replaced: false });
    assert.deepEqual(folder.steps(), upTo(510));
  });

  it('a line that a copy cut in two is whole again', async () => {
    const text = steps(1, 100);
    const folder = new Folder({ 'train.log.1': text.slice(0, 1013), 'train.log': text.slice(1013) });
    await folder.reader.readMore();
    assert.deepEqual(folder.steps(), upTo(100));
  });

  it('records without steps are counted on', async () => {
    const text = (from: number): string =>
      [0, 1, 2]
        .map((at) => `fc1.weight: gradient norm = ${from + at}.5\nfc2.weight: gradient norm = 0.5\n`)
        .join('');
    const folder = new Folder({ 'train.log.1': text(1), 'train.log': text(4) });
    await folder.reader.readMore();
    assert.deepEqual(folder.steps(), [0, 1, 2, 3, 4, 5]);
    assert.deepEqual(valuesOf(folder.reader.run!.series[0]!), [1.5, 2.5, 3.5, 4.5, 5.5, 6.5]);
  });

  it('`check` reads them by the same way', async () => {
    const texts: Record<string, string> = { 'x.log.1': steps(1, 10), 'x.log': steps(11, 20) };
    const run = await readRunFiles({ path: 'x.log', files: Object.keys(texts), how: 'rotated' }, (path) =>
      new Folder({ [path]: texts[path]! }).source(path),
    );
    assert.deepEqual(stepsOf(run!.series[0]!), upTo(20));
  });

  it('what begins in a part is said to begin there', async () => {
    const bad = steps(1, 300).replace(/(step 250 loss )\S+ grad_norm \S+/, '$1nan grad_norm nan');
    const folder = new Folder({ 'train.log.1': bad, 'train.log': steps(301, 400) });
    await folder.reader.readMore();
    const finding = diagnoseRun(folder.reader.run!).findings.find(({ rule }) => rule === 'non-finite');
    assert.equal(finding?.file, 'train.log.1');
    assert.equal(finding?.range.line, 250);
    assert.match(finding?.message ?? '', /line 250 of train\.log\.1/);
  });
});

describe('a log that is rotated while it is followed', () => {
  it('goes on without being read anew', async () => {
    const folder = new Folder({ 'train.log': steps(1, 200) });
    assert.deepEqual(await folder.reader.readMore(), { kind: 'read', newPoints: 400, replaced: false });
    const { run } = folder.reader;
    folder.append(steps(201, 210));
    folder.rename('train.log', 'train.log.1');
    folder.write({ 'train.log': steps(211, 220) });
    assert.deepEqual(await folder.reader.readMore(), { kind: 'read', newPoints: 40, replaced: false });
    assert.equal(folder.reader.run, run);
    assert.deepEqual(folder.steps(), upTo(220));
    assert.deepEqual(placeOfLine(run!, 215), { path: 'train.log', line: 5 });
    assert.deepEqual(placeOfLine(run!, 205), { path: 'train.log.1', line: 205 });
    folder.rename('train.log.1', 'train.log.2');
    folder.rename('train.log', 'train.log.1');
    folder.write({ 'train.log': '' });
    assert.deepEqual(await folder.reader.readMore(), { kind: 'read', newPoints: 0, replaced: false });
    folder.append(steps(221, 230));
    assert.deepEqual(await folder.reader.readMore(), { kind: 'read', newPoints: 20, replaced: false });
    assert.deepEqual(folder.steps(), upTo(230));
    assert.deepEqual(placeOfLine(run!, 205), { path: 'train.log.2', line: 205 });
    assert.deepEqual(placeOfLine(run!, 230), { path: 'train.log', line: 10 });
  });

  it('is read anew when the oldest part is deleted', async () => {
    const folder = new Folder({ 'train.log.1': steps(1, 100), 'train.log': steps(101, 200) });
    await folder.reader.readMore();
    folder.rename('train.log', 'train.log.1');
    folder.write({ 'train.log': steps(201, 300) });
    assert.deepEqual(await folder.reader.readMore(), { kind: 'read', newPoints: 400, replaced: true });
    assert.deepEqual(
      folder.steps(),
      upTo(300).filter((step) => step > 100),
    );
  });

  it('copied and then emptied, it is whole in the end', async () => {
    const folder = new Folder({ 'train.log': steps(1, 100) });
    await folder.reader.readMore();
    folder.write({ 'train.log.1': steps(1, 100) });
    await folder.reader.readMore();
    folder.write({ 'train.log': steps(101, 103) });
    await folder.reader.readMore();
    assert.deepEqual(folder.steps(), upTo(103));
    assert.equal(folder.reader.run?.segments.length, 1);
  });

  it('renamed and not yet begun anew, it is gone, and comes back whole', async () => {
    const folder = new Folder({ 'train.log': steps(1, 100) });
    await folder.reader.readMore();
    folder.rename('train.log', 'train.log.1');
    await assert.rejects(folder.reader.readMore(), { code: 'ENOENT' });
    folder.write({ 'train.log': steps(101, 105) });
    assert.deepEqual(await folder.reader.readMore(), { kind: 'read', newPoints: 10, replaced: false });
    assert.deepEqual(folder.steps(), upTo(105));
  });
});

describe('files that only look like parts', () => {
  it('of no training leave the log alone', async () => {
    const folder = new Folder({
      'train.log.1': 'Jan 1 kernel: nothing to see\n'.repeat(50_000),
      'train.log': steps(1, 50),
    });
    await folder.reader.readMore();
    assert.deepEqual(folder.steps(), upTo(50));
    assert.equal(folder.reader.run?.parts, undefined);
  });

  it('of another format leave the log alone', async () => {
    const json = upTo(500)
      .map((step) => `{"step": ${step}, "loss": 0.5, "grad_norm": 1.5}\n`)
      .join('');
    const folder = new Folder({ 'train.log.1': json, 'train.log': steps(1, 50) });
    await folder.reader.readMore();
    assert.deepEqual(folder.steps(), upTo(50));
  });

  it('a log that has only said hello still belongs to its parts', async () => {
    const folder = new Folder({ 'train.log.1': steps(1, 50), 'train.log': 'resuming from step 50\n' });
    await folder.reader.readMore();
    assert.deepEqual(folder.steps(), upTo(50));
    folder.append(steps(51, 60));
    await folder.reader.readMore();
    assert.deepEqual(folder.steps(), upTo(60));
  });
});
