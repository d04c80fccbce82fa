/** Logs for the benches of reading: made by a program, the same in every run. */
import { appendFileSync, writeFileSync } from 'node:fs';
import { Crc } from '../../src/core/io/crc';
import type { FileSource } from '../../src/core/io/fileSource';
import { randomNumbers } from '../support/randomNumbers';

export interface MadeLog {
  readonly name: string;
  /** Every line is one JSON object. */
  readonly json: boolean;
  line(index: number): string;
}

const random = randomNumbers(7);
const NAMES = Array.from(
  { length: 222 },
  (_, index) => `grad_norm/blocks.${index >> 1}.mlp.${index & 1}.weight`,
);

export const MADE_LOGS: readonly MadeLog[] = [
  {
    name: 'JSON lines, 225 keys',
    json: true,
    line: (index) =>
      JSON.stringify(
        Object.fromEntries([
          ['step', index],
          ['loss', random() * 3],
          ['lr', 1e-4],
          ...NAMES.map((name): [string, number] => [name, random()]),
        ]),
      ),
  },
  {
    name: 'Hugging Face dict lines',
    json: false,
    line: (index) =>
      `{'loss': ${(random() * 3).toFixed(4)}, 'grad_norm': ${Math.fround(random())}, 'learning_rate': ${random() * 1e-5}, 'epoch': ${(index / 1000).toFixed(2)}}`,
  },
  {
    name: 'per-parameter prints',
    json: false,
    line: (index) =>
      index % 223 === 0
        ? `[step ${index / 223}] loss=${random().toFixed(5)} lr=2.00e-03`
        : `    ${NAMES[(index % 223) - 1]?.slice(10)}: ${random().toExponential(4)}`,
  },
  {
    name: 'Epoch/Step text',
    json: false,
    line: (index) =>
      `Epoch [${Math.floor(index / 600) + 1}/1000], Step [${(index % 600) + 1}/600], Loss: ${random().toFixed(4)}, grad_norm: ${random().toFixed(4)}`,
  },
  {
    name: 'CSV, 225 columns',
    json: false,
    line: (index) =>
      index === 0
        ? ['step', 'loss', 'lr', ...NAMES].join(',')
        : [index, random(), 1e-4, ...NAMES.map(() => random().toFixed(6))].join(','),
  },
  {
    name: 'CSV, 4 columns',
    json: false,
    line: (index) =>
      index === 0
        ? 'step,loss,lr,grad_norm'
        : `${index},${random().toFixed(6)},0.0001,${random().toFixed(6)}`,
  },
];

const COLUMNS = 20_000;
/** A table as wide as tables get: every tensor of a large model. */
export const WIDE_LOG: MadeLog = {
  name: `CSV, ${COLUMNS.toLocaleString('en-US')} columns`,
  json: false,
  line: (index) =>
    [
      index === 0 ? 'step' : index,
      ...Array.from({ length: COLUMNS - 1 }, (_, column) =>
        index === 0 ? `grad_norm/blocks.${column >> 1}.mlp.${column & 1}.weight` : random().toFixed(6),
      ),
    ].join(','),
};

/** Writes lines until the file has so many bytes. */
export function writeLog(path: string, log: MadeLog, bytes: number): void {
  let index = 0;
  writeFileSync(path, '');
  for (let written = 0; written < bytes; ) {
    let text = '';
    while (text.length < 4 * 1024 * 1024 && written + text.length < bytes) {
      text += `${log.line(index++)}\n`;
    }
    appendFileSync(path, text);
    written += text.length;
  }
}

/** Writes a TensorBoard event file of scalars, as `SummaryWriter.add_scalar` does: 20 tags a step. @returns the points. */
export function writeEvents(path: string, bytes: number): number {
  const crc = new Crc(0x82f63b78);
  const masked = (data: Uint8Array) => {
    const sum = crc.of(data, 0, data.length);
    return (((sum >>> 15) | (sum << 17)) + 0xa282ead8) >>> 0;
  };
  const tags = NAMES.slice(0, 20).map((name) => Buffer.from(name));
  const chunk = Buffer.alloc(4 * 1024 * 1024);
  let used = 0;
  let points = 0;
  writeFileSync(path, '');
  for (let written = 0; written < bytes; ) {
    const tag = tags[points % tags.length]!;
    const step = Math.floor(points / tags.length);
    // Event{wall_time = 1, step = 2, summary = 5{value = 1{tag = 1, simple_value = 2}}}; the step in three bytes.
    const value = Buffer.concat([Buffer.from([0x0a, tag.length]), tag, Buffer.from([0x15, 0, 0, 0, 0])]);
    value.writeFloatLE(random(), value.length - 4);
    const data = Buffer.concat([
      Buffer.from([0x09, 0, 0, 0, 0, 0, 0, 0, 0, 0x10]),
      Buffer.from([(step & 127) | 128, ((step >> 7) & 127) | 128, step >> 14]),
      Buffer.from([0x2a, value.length + 2, 0x0a, value.length]),
      value,
    ]);
    data.writeDoubleLE(1.7e9 + points, 1);
    const head = Buffer.alloc(8);
    head.writeUInt32LE(data.length, 0);
    const record = Buffer.alloc(data.length + 16);
    head.copy(record);
    record.writeUInt32LE(masked(head), 8);
    data.copy(record, 12);
    record.writeUInt32LE(masked(data), data.length + 12);
    if (used + record.length > chunk.length) {
      appendFileSync(path, chunk.subarray(0, used));
      used = 0;
    }
    record.copy(chunk, used);
    used += record.length;
    written += record.length;
    points++;
  }
  appendFileSync(path, chunk.subarray(0, used));
  return points;
}

/** A log of JSON lines of any size that is on no disk: every line is made when it is read. */
export class EndlessLog implements FileSource {
  readonly path = 'endless.jsonl';
  private readonly lines: readonly Buffer[];
  private readonly width: number;

  constructor(private readonly bytes: number) {
    const digits = randomNumbers(3);
    this.lines = Array.from({ length: 64 }, () =>
      Buffer.from(
        `{"step": 100000000, "loss": ${(1 + digits()).toFixed(6)}${NAMES.map((name) => `, "${name}": ${(1 + digits()).toFixed(6)}`).join('')}}\n`,
      ),
    );
    this.width = this.lines[0]!.length;
  }

  size(): Promise<number> {
    return Promise.resolve(Math.floor(this.bytes / this.width) * this.width);
  }

  async read(offset: number, target: Uint8Array): Promise<number> {
    const end = Math.min(offset + target.length, await this.size());
    for (let at = offset; at < end; ) {
      const row = Math.floor(at / this.width);
      const line = this.lines[row % this.lines.length]!;
      line.write(String(100_000_000 + row), 9, 'latin1');
      const skip = at - row * this.width;
      const part = line.subarray(skip, Math.min(this.width, skip + end - at));
      target.set(part, at - offset);
      at += part.length;
    }
    return Math.max(0, end - offset);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
