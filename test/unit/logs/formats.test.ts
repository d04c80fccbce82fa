import assert from 'node:assert/strict';
import { BytesSource } from '../../../src/core/io/fileSource';
import { detect, headOf } from '../../../src/core/logs/detect';
import type { FormatSample, LogFormat } from '../../../src/core/logs/format';
import { LogReader, readLog } from '../../../src/core/logs/logReader';
import { FORMATS } from '../../../src/core/logs/registry';
import type { Run } from '../../../src/core/run/run';

type Point = readonly [name: string, step: number, value: number];

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Training points of known kinds, in file order (series that share a line keep their order of first appearance). */
function pointsOf(run: Run | null): Point[] {
  const points: { line: number; series: number; point: Point }[] = [];
  for (const series of run?.series ?? []) {
    if (series.kind === 'other' || series.split !== 'train') {
      continue;
    }
    for (let index = 0; index < series.points.length; index++) {
      points.push({
        line: series.points.line(index),
        series: series.id,
        point: [series.name, series.points.step(index), series.points.value(index)],
      });
    }
  }
  return points
    .sort((one, other) => one.line - other.line || one.series - other.series)
    .map(({ point }) => point);
}

async function read(bytes: Uint8Array, path = 'train.log'): Promise<Run | null> {
  return readLog(new BytesSource(path, bytes));
}

/** The sample as other systems would have written it. */
const VARIANTS: Record<string, (text: string) => Uint8Array> = {
  'with CRLF': (text) => encode(text.replaceAll('\n', '\r\n')),
  'with a byte order mark': (text) => encode(`\ufeff${text}`),
  'in UTF-16': (text) => {
    const bytes = new Uint8Array(2 + text.length * 2);
    bytes.set([0xff, 0xfe]);
    for (let index = 0; index < text.length; index++) {
      bytes[2 + index * 2] = text.charCodeAt(index) & 255;
      bytes[3 + index * 2] = text.charCodeAt(index) >> 8;
    }
    return bytes;
  },
};

/** Only where lines are lines of text, not parts of a document. */
const TEXT_VARIANTS: Record<string, (text: string) => Uint8Array> = {
  'with terminal colours': (text) =>
    encode(text.replace(/\d[\d.]*/g, (number) => `\u001b[33m${number}\u001b[0m`)),
  'with progress bars between the lines': (text) =>
    encode(
      text.replaceAll(
        '\n',
        '\n\r  0%|          | 0/10 [00:00<?, ?it/s]\r 50%|#####     | 5/10 [00:01<00:01, 4.9it/s]\n',
      ),
    ),
};

const TEXTUAL = ['text', 'hf-trainer', 'llm-c'];

function check(format: LogFormat, sample: FormatSample, number: number): void {
  const named = `${format.id}, sample ${number + 1}`;

  it(`${named}: gives its points`, async () => {
    const run = await read(encode(sample.text), sample.path);
    assert.equal(run?.format, format.id);
    assert.deepEqual(pointsOf(run), sample.points);
  });

  it(`${named}: no other format is as sure of it`, () => {
    const head = headOf(encode(sample.text), true);
    const own = format.sniff(head);
    for (const other of FORMATS) {
      if (other !== format) {
        assert.ok(other.sniff(head) < own, `${other.id} claims it too`);
      }
    }
  });

  for (const [variant, bytesOf] of Object.entries({
    ...VARIANTS,
    ...(TEXTUAL.includes(format.id) ? TEXT_VARIANTS : {}),
  })) {
    it(`${named}: the same ${variant}`, async () => {
      assert.deepEqual(pointsOf(await read(bytesOf(sample.text), sample.path)), sample.points);
    });
  }

  it(`${named}: cut anywhere and completed later, it is the same run`, async () => {
    const bytes = encode(sample.text);
    for (let cut = 0; cut < bytes.length; cut += Math.max(1, Math.floor(bytes.length / 60))) {
      let visible = bytes.subarray(0, cut);
      const reader = new LogReader({
        path: sample.path ?? 'train.log',
        size: async () => visible.length,
        read: async (offset, target) => new BytesSource('', visible).read(offset, target),
        close: async () => {},
      });
      await reader.readMore();
      for (const [, , value] of pointsOf(reader.run)) {
        assert.ok(
          sample.points.some(([, , known]) => Object.is(known, value)),
          `cut at ${cut}: ${value} was never logged`,
        );
      }
      visible = bytes;
      await reader.readMore();
      assert.deepEqual(pointsOf(reader.run), sample.points, `cut at ${cut}`);
    }
  });
}

describe('log formats', () => {
  for (const format of FORMATS) {
    format.samples.forEach((sample, number) => {
      check(format, sample, number);
    });
  }

  it('have ids in kebab-case, titles and references', () => {
    assert.equal(new Set(FORMATS.map(({ id }) => id)).size, FORMATS.length);
    for (const { id, title, reference } of FORMATS) {
      assert.match(id, /^[a-z]+(?:-[a-z]+)*$/);
      assert.ok(title.length > 3);
      assert.match(reference, /^https:\/\//);
    }
  });

  it('do not claim an empty file', () => {
    assert.equal(detect(headOf(new Uint8Array(0), true), FORMATS), null);
  });
});
