import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BytesSource } from '../../../src/core/io/fileSource';
import type { LogFormat } from '../../../src/core/logs/format';
import { readLog } from '../../../src/core/logs/logReader';
import { FORMATS } from '../../../src/core/logs/registry';
import type { Run } from '../../../src/core/run/run';
import { randomNumbers } from '../../support/randomNumbers';
import { sharedFolder } from './shared';

/** The same formats, but every line is read the long way. */
const LONG_WAY: readonly LogFormat[] = FORMATS.map((format) => ({
  ...format,
  open(recorder, path) {
    const parser = format.open(recorder, path);
    if (!('lines' in parser)) {
      return parser;
    }
    const { lines } = parser;
    return {
      lines: {
        line: (bytes, start, end, number) => lines.line(bytes, start, end, number),
        tail: (bytes, start, end, number) => lines.tail?.(bytes, start, end, number) ?? false,
      },
    };
  },
}));

/** All that was read of a run, in a form that `deepEqual` tells apart to the last bit. */
function columnsOf(run: Run | null): unknown {
  return (
    run && {
      axis: run.axis,
      steps: run.steps,
      lines: run.lines,
      segments: run.segments,
      skips: run.skips,
      problems: run.problems,
      series: run.series.map(({ name, kind, statistic, split, parameter, points }) => ({
        name,
        kind,
        statistic,
        split,
        parameter,
        steps: Float64Array.from({ length: points.length }, (_, index) => points.step(index)),
        values: Float64Array.from({ length: points.length }, (_, index) => points.value(index)),
        lines: Float64Array.from({ length: points.length }, (_, index) => points.line(index)),
      })),
    }
  );
}

async function assertSame(path: string, bytes: Uint8Array): Promise<void> {
  const quick = columnsOf(await readLog(new BytesSource(path, bytes)));
  const long = columnsOf(await readLog(new BytesSource(path, bytes), { formats: LONG_WAY }));
  assert.deepEqual(quick, long, path);
}

const VALUES = [
  'nan',
  'inf',
  '-inf',
  '0',
  '0.0',
  '12',
  '1e-7',
  '-3.25',
  '8,641',
  '50K',
  '1.5e',
  '2.5.1',
  'x',
  '',
];

/** Another line of the same log: some numbers change, a few into something that is none. */
function vary(line: string, random: () => number): string {
  return line.replace(/\d+(?:\.\d+)?(?:e[-+]?\d+)?/g, (number) => {
    const dice = random();
    if (dice < 0.02) {
      return VALUES[Math.floor(random() * VALUES.length)] ?? '';
    }
    return dice < 0.5 ? number : number.replace(/\d/g, () => String(Math.floor(random() * 10)));
  });
}

describe('lines that are read by the shape of earlier ones', () => {
  for (const { id, samples } of FORMATS) {
    it(`give what reading them the long way gives: ${id}`, async () => {
      const random = randomNumbers(id.length);
      for (const { text, path = 'train.log' } of samples) {
        const [header = '', ...lines] = text.split('\n').slice(0, -1);
        for (let round = 0; round < 4; round++) {
          const log = [header];
          for (let index = 0; index < 60; index++) {
            // In blocks as a program writes them, with a line of another place now and then.
            const place = random() < 0.1 ? Math.floor(random() * lines.length) : index % lines.length;
            log.push(vary(lines[place] ?? header, random));
          }
          const joint = round % 2 === 0 ? '\n' : '\r\n';
          await assertSame(path, new TextEncoder().encode(`${text}${log.join(joint)}${joint}`));
        }
      }
    });
  }

  it('give what reading them the long way gives: real logs', async function () {
    const folder = sharedFolder('corpus');
    if (folder === null) {
      this.skip();
    }
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (/\.(?:log|txt|csv|tsv|jsonl?|out)$/.test(name)) {
        const bytes = readFileSync(join(folder, name));
        await assertSame(name, bytes.subarray(0, 250_000));
      }
    }
  });
});
