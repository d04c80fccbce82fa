import assert from 'node:assert/strict';
import { BytesSource, type FileSource } from '../../../src/core/io/fileSource';
import { LogReader, readLog } from '../../../src/core/logs/logReader';
import { FORMATS } from '../../../src/core/logs/registry';
import type { Run } from '../../../src/core/run/run';
import { runOfText, stepsOf, valuesOf } from './shared';

/** What a file system may answer, step by step. */
interface Script {
  readonly path?: string;
  size(): number;
  /** Bytes from `offset` on, at most `length`; may throw. */
  read(offset: number, length: number): Uint8Array;
}

function scripted({ path = 'train.log', size, read }: Script): FileSource {
  return {
    path,
    size: async () => size(),
    read: async (offset, target) => {
      const part = read(offset, target.length);
      target.set(part);
      return part.length;
    },
    close: async () => {},
  };
}

/** A source that gives `bytes` in pieces of at most `piece`. */
const inPieces = (bytes: Uint8Array, piece: number): FileSource =>
  scripted({
    size: () => bytes.length,
    read: (offset, length) => bytes.subarray(offset, offset + Math.min(length, piece)),
  });

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const line = (step: number): string => `step ${step} loss: ${step / 4} grad_norm: ${step / 8}\n`;
const lines = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, index) => line(from + index)).join('');

/** Steps and values of every series, by name. */
function told(run: Run | null): Record<string, [steps: number[], values: number[]]> {
  return Object.fromEntries(
    (run?.series ?? []).map((series) => [
      `${series.split} ${series.name}`,
      [stepsOf(series), valuesOf(series)],
    ]),
  );
}

function utf16(text: string, littleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(2 * text.length + 2);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0xfeff, littleEndian);
  for (let at = 0; at < text.length; at++) {
    view.setUint16(2 + 2 * at, text.charCodeAt(at), littleEndian);
  }
  return bytes;
}

describe('faults of files', () => {
  it('a sample of any format, cut at any byte: what is read is the beginning of the whole', async () => {
    for (const { id, samples } of FORMATS) {
      for (const { text, path } of samples) {
        const whole = await runOfText(text, path);
        const bytes = encode(text);
        for (let cut = 0; cut < bytes.length; cut++) {
          const run = await readLog(
            scripted({
              path,
              size: () => cut,
              read: (offset, length) => bytes.subarray(offset, Math.min(cut, offset + length)),
            }),
          );
          for (const series of run?.format === whole?.format ? (run?.series ?? []) : []) {
            const same = whole?.series.find(
              ({ name, split }) => name === series.name && split === series.split,
            );
            assert.deepEqual(
              valuesOf(series),
              same === undefined ? [] : valuesOf(same).slice(0, series.points.length),
              `${id}, cut at ${cut}: ${series.name}`,
            );
          }
        }
      }
    }
  }).timeout(0);

  it('pieces of one byte, UTF-16 of both orders, invalid UTF-8 and NUL bytes between the records', async () => {
    const text = lines(0, 40);
    const expected = told(await runOfText(text));
    assert.deepEqual(told(await readLog(inPieces(encode(text), 1))), expected);
    for (const littleEndian of [true, false]) {
      for (const piece of [1, 3, 4096]) {
        assert.deepEqual(told(await readLog(inPieces(utf16(text, littleEndian), piece))), expected);
      }
    }
    const [first, second] = [encode(lines(0, 20)), encode(lines(20, 40))];
    for (const dirt of [[0xff, 0xfe, 0x41, 0xc3, 0x28, 0x0a], new Array(5000).fill(0)]) {
      const dirty = new Uint8Array([...first, ...dirt, ...second]);
      assert.deepEqual(told(await readLog(inPieces(dirty, 777))), expected);
    }
  });

  it('replaced by another file while it is read: the next look reads the new one from its start', async () => {
    const old = encode(lines(0, 20_000));
    const fresh = encode(lines(50_000, 80_000).replaceAll('loss', 'cost loss'));
    let reads = 0;
    let current = old;
    const reader = new LogReader(
      scripted({
        size: () => current.length,
        read: (offset, length) => {
          // After the head and the first chunk the path means another file.
          if (++reads === 3) {
            current = fresh;
          }
          return current.subarray(offset, offset + length);
        },
      }),
    );
    await reader.readMore();
    assert.equal((await reader.readMore()).kind, 'read');
    assert.deepEqual(told(reader.run), told(await runOfText(new TextDecoder().decode(fresh))));
  });

  it('sizes that come late, or before their bytes: nothing is lost or read twice', async () => {
    let size = 0;
    let there = encode('');
    const reader = new LogReader(
      scripted({ size: () => size, read: (offset, length) => there.subarray(offset, offset + length) }),
    );
    const write = (text: string): void => {
      const joined = new Uint8Array(there.length + text.length);
      joined.set(there);
      joined.set(encode(text), there.length);
      there = joined;
    };
    write(lines(0, 10));
    size = there.length;
    await reader.readMore();
    // The bytes are there, the size is still the old one.
    write(lines(10, 20));
    await reader.readMore();
    // The size is told, the bytes are not there yet.
    size = there.length + 4000;
    await reader.readMore();
    write(lines(20, 30));
    await reader.readMore();
    assert.deepEqual(told(reader.run), told(await runOfText(lines(0, 30))));
  });

  it('permission lost and given back: the read fails, and then goes on', async () => {
    const bytes = encode(lines(0, 40_000));
    let locked = false;
    const reader = new LogReader(
      scripted({
        size: () => bytes.length,
        read: (offset, length) => {
          if (locked && offset > 500_000) {
            throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
          }
          return bytes.subarray(offset, offset + length);
        },
      }),
    );
    locked = true;
    await assert.rejects(reader.readMore(), /EACCES/);
    const before = reader.run?.series[0]?.points.length ?? 0;
    assert.ok(before > 0, 'what was read before stays');
    locked = false;
    await reader.readMore();
    assert.deepEqual(told(reader.run), told(await runOfText(lines(0, 40_000))));
  });

  it('a line of 1 GB between records costs a problem, not the records', async () => {
    const before = encode(lines(0, 20));
    const after = encode(`\n${lines(20, 40)}`);
    const length = 2 ** 30;
    const end = before.length + length + after.length;
    const filling = new Uint8Array(2 ** 20).fill(120);
    const heap = process.memoryUsage().arrayBuffers;
    const run = await readLog(
      scripted({
        size: () => end,
        read: (offset, wanted) =>
          offset < before.length
            ? before.subarray(offset, offset + wanted)
            : offset < before.length + length
              ? filling.subarray(0, Math.min(wanted, before.length + length - offset))
              : after.subarray(offset - before.length - length, offset - before.length - length + wanted),
      }),
    );
    assert.deepEqual(told(run), told(await runOfText(lines(0, 40))));
    assert.match(run?.problems[0]?.message ?? '', /longer than/);
    assert.ok(process.memoryUsage().arrayBuffers - heap < 64 * 2 ** 20, 'the line is not kept');
  }).timeout(0);

  it('two writers: whole lines of both are one run, torn ones are left out', async () => {
    const mixed = Array.from({ length: 20 }, (_, step) => `[rank0] ${line(step)}[rank1] ${line(step)}`).join(
      '',
    );
    const run = await runOfText(mixed);
    assert.equal(run?.segments.length, 1);
    assert.equal(run?.steps, 20);
    const loss = run?.series.find(({ kind }) => kind === 'loss');
    assert.ok(loss !== undefined);
    assert.deepEqual(stepsOf(loss).slice(0, 6), [0, 1, 2, 3, 4, 5]);
    assert.equal(loss.logged?.length, 40);
    // A line of the second writer falls into the middle of the first one's.
    const torn = await runOfText(`${lines(1, 4)}step 4 lo${line(4)}ss: 1 grad_no\n${lines(5, 8)}`);
    assert.deepEqual(
      told(torn)['train grad_norm']?.[1].filter((value) => value > 0.6),
      [0.625, 0.75, 0.875],
    );
  });

  it('clocks that go back change nothing: time is no axis', async () => {
    const stamped = (hour: (step: number) => number): string =>
      Array.from(
        { length: 20 },
        (_, step) => `2026-01-01 ${String(hour(step)).padStart(2, '0')}:00:00,000 INFO ${line(step)}`,
      ).join('');
    assert.deepEqual(
      told(await runOfText(stamped((step) => 20 - step))),
      told(await runOfText(stamped((step) => step))),
    );
  });

  it('a table whose header is longer than what decides on other files is read', async () => {
    const names = Array.from({ length: 6000 }, (_, at) => `grad_norm/${'blocks.'.repeat(12)}${at}.weight`);
    const rows = [0, 1, 2].map((step) => [step, 2 - step / 4, ...names.map(() => 0.5)].join(','));
    const run = await runOfText([`step,loss,${names.join(',')}`, ...rows, ''].join('\n'), 'wide.csv');
    assert.equal(run?.series.length, names.length + 1);
    assert.deepEqual(run.series[0]?.points.length, 3);
  });

  it('UTF-16 without a mark, and appended to other text, is read', async () => {
    const line = (step: number) => `step ${step} loss ${2 - step / 64} grad_norm 0.5\n`;
    const text = (from: number) => Array.from({ length: 30 }, (_, at) => line(from + at)).join('');
    const wide = (from: number) => Buffer.from(text(from), 'utf16le');
    const mark = Buffer.from([0xff, 0xfe]);
    for (const [name, bytes, points] of [
      ['little', wide(0), 30],
      ['big', wide(0).swap16(), 30],
      ['appended', Buffer.concat([Buffer.from(text(0)), wide(30)]), 60],
      ['appended with its mark', Buffer.concat([Buffer.from(text(0)), mark, wide(30)]), 60],
    ] as const) {
      const run = await readLog(new BytesSource('train.log', bytes));
      assert.deepEqual(
        stepsOf(run!.series[0]!),
        Array.from({ length: points }, (_, at) => at),
        name,
      );
    }
  });

  it('two programs that write into one log at once are told of', async () => {
    const line = (step: number, loss: number) => `step ${step} loss ${loss} grad_norm 0.5\n`;
    const text = Array.from({ length: 40 }, (_, at) => line(at * 10, 2 - at / 64) + line(at * 7, 0.25)).join(
      '',
    );
    const run = await runOfText(text);
    assert.match(run?.problems.map(({ message }) => message).join() ?? '', /several programs seem to write/);
    const resumed = [0, 20, 40].flatMap((from) => Array.from({ length: 30 }, (_, at) => line(from + at, 2)));
    assert.deepEqual((await runOfText(resumed.join('')))?.problems, []);
  });
});
