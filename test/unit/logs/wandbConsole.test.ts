import assert from 'node:assert/strict';
import { Crc } from '../../../src/core/io/crc';
import { BytesSource } from '../../../src/core/io/fileSource';
import { readLog } from '../../../src/core/logs/logReader';
import { ofKind, stepsOf, valuesOf } from './shared';

const zlib = new Crc(0xedb88320);

/** A protocol buffer field with bytes as value (short ones: one byte of length). */
const field = (number: number, bytes: readonly number[]): number[] => [
  (number << 3) | 2,
  bytes.length,
  ...bytes,
];
const text = (value: string): number[] => [...new TextEncoder().encode(value)];

/** A run file of these records, each in a block part of its own. */
function runFile(records: readonly number[][]): Uint8Array {
  const bytes = [0x3a, 0x57, 0x26, 0x42, 0xe1, 0xbe, 0x00];
  for (const record of records) {
    const data = Uint8Array.from([1, ...record]);
    const crc = zlib.of(data, 0, data.length);
    bytes.push(
      crc & 255,
      (crc >>> 8) & 255,
      (crc >>> 16) & 255,
      crc >>> 24,
      record.length & 255,
      record.length >> 8,
      ...data,
    );
  }
  return Uint8Array.from(bytes);
}

const printed = (line: string): number[] => field(13, field(3, text(line)));
const logged = (key: string, value: string): number[] =>
  field(2, field(1, [...field(1, text(key)), ((16 << 3) & 127) | 2 | 128, 1, value.length, ...text(value)]));

describe('W&B run files', () => {
  it('without history: what the script printed is read, pieces of lines put together', async () => {
    const file = runFile([
      printed('step 1 loss 0.5 gr'),
      printed('ad_norm 1.5\nstep 2 loss 0.25 grad_norm 1.25\n'),
    ]);
    const run = await readLog(new BytesSource('run-a.wandb', file));
    assert.ok(run !== null);
    assert.equal(run.format, 'wandb-console');
    const [norm] = ofKind(run, 'grad-norm');
    assert.ok(norm !== undefined);
    assert.deepEqual(
      [stepsOf(norm), valuesOf(norm)],
      [
        [1, 2],
        [1.5, 1.25],
      ],
    );
  });

  it('with history: the console says the same again and is left alone', async () => {
    const file = runFile([printed('step 1 loss 0.5\nstep 2 loss 0.25\n'), logged('grad_norm', '2.5')]);
    const run = await readLog(new BytesSource('run-a.wandb', file));
    assert.equal(run?.format, 'wandb');
    assert.deepEqual(
      run?.series.map(({ name }) => name),
      ['grad_norm'],
    );
  });
});
