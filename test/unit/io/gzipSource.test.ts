import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { BytesSource, type FileSource } from '../../../src/core/io/fileSource';
import { throughGzip } from '../../../src/core/io/gzipSource';
import { LogReader, readLog } from '../../../src/core/logs/logReader';
import { randomNumbers } from '../../support/randomNumbers';

const LINES = 40_000;
const text = Array.from(
  { length: LINES },
  (_, step) => `step ${step} loss ${step / 8} grad_norm ${step / 16}\n`,
).join('');

async function pointsOf(source: FileSource): Promise<number> {
  const run = await readLog(throughGzip(source));
  return run?.series[0]?.points.length ?? 0;
}

describe('gzip files', () => {
  const packed = gzipSync(text);

  it('are read as what they hold, whatever they are called', async () => {
    assert.equal(await pointsOf(new BytesSource('train.log', packed)), LINES);
  });

  it('plain files pass through', async () => {
    assert.equal(await pointsOf(new BytesSource('train.log.gz', new TextEncoder().encode(text))), LINES);
  });

  it('cut files give what can be unpacked', async () => {
    const points = await pointsOf(new BytesSource('train.log.gz', packed.subarray(0, packed.length / 2)));
    assert.ok(points > LINES / 4 && points < LINES, `${points} points`);
  });

  it('say that they are cut', async () => {
    const run = await readLog(
      throughGzip(new BytesSource('train.log.gz', packed.subarray(0, packed.length / 2))),
    );
    assert.match(run?.problems.map(({ message }) => message).join() ?? '', /gzip file is cut off or damaged/);
  });

  it('with something else behind their end are read up to it, and say so', async () => {
    for (const junk of ['junk', 'x'.repeat(300_000)]) {
      const bytes = Buffer.concat([packed, Buffer.from(junk)]);
      const run = await readLog(throughGzip(new BytesSource('train.log.gz', bytes)));
      const points = run?.series[0]?.points.length ?? 0;
      // Node's older decoder keeps back the piece of 16 kB in which it fails.
      assert.ok(points > LINES - 600 && points <= LINES, `${points} points`);
      assert.match(run?.problems.map(({ message }) => message).join() ?? '', /stands behind its end/);
    }
  });

  it('of several pieces are read to the end of the last', async () => {
    const bytes = Buffer.concat([packed, packed]);
    assert.equal(await pointsOf(new BytesSource('train.log.gz', bytes)), 2 * LINES);
  });

  it('tell how far they were read, whatever their end says of their size, and can be stopped', async () => {
    const digits = randomNumbers(5);
    const noise = Array.from({ length: LINES }, (_, step) => `step ${step} loss ${digits()}\n`).join('');
    const lying = gzipSync(noise);
    lying.writeUInt32LE(100, lying.length - 4);
    const source = throughGzip(new BytesSource('train.log.gz', lying));
    const shares: number[] = [];
    const target = new Uint8Array(64 * 1024);
    for (let at = 0, count = -1; count !== 0; at += count) {
      count = await source.read(at, target);
      shares.push(source.share ?? Number.NaN);
    }
    assert.ok(shares.length > 4 && shares.every((share, at) => share > 0 && share >= (shares[at - 1] ?? 0)));
    assert.ok(shares[0]! < 0.9, `${shares[0]} after the first bytes`);
    assert.equal(shares.at(-1), 1);
    const reader = new LogReader(throughGzip(new BytesSource('train.log.gz', packed)));
    const stop = new AbortController();
    await reader.readMore({ signal: stop.signal, breathe: async () => stop.abort() });
    assert.ok((reader.run?.series[0]?.points.length ?? 0) < LINES);
  });

  it('damaged and empty files give nothing, and do not throw', async () => {
    for (const bytes of [
      Uint8Array.of(0x1f, 0x8b),
      Uint8Array.of(0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8),
      new Uint8Array(0),
    ]) {
      assert.equal(await pointsOf(new BytesSource('x.gz', bytes)), 0);
    }
  });

  it('tell the unpacked size once they were read, and are not read anew when nothing changed', async () => {
    const source = throughGzip(new BytesSource('train.log.gz', packed));
    const reader = new LogReader(source);
    await reader.readMore();
    assert.equal(await source.size(), text.length);
    const again = await reader.readMore();
    assert.deepEqual(again, { kind: 'read', newPoints: 0, replaced: false });
  });

  it('are read anew when another file takes their place', async () => {
    let bytes = packed;
    const reader = new LogReader(
      throughGzip({
        path: 'train.log.gz',
        size: async () => bytes.length,
        read: async (offset, target) => new BytesSource('', bytes).read(offset, target),
        close: async () => {},
      }),
    );
    await reader.readMore();
    bytes = gzipSync('step 7 loss 1.5\nstep 8 loss 2.5\n');
    const outcome = await reader.readMore();
    assert.deepEqual(outcome, { kind: 'read', newPoints: 2, replaced: true });
  });
});
