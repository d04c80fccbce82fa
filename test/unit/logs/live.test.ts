import assert from 'node:assert/strict';
import type { FileSource } from '../../../src/core/io/fileSource';
import { joinRunWithSources } from '../../../src/core/link/join';
import { LogReader } from '../../../src/core/logs/logReader';
import { FORMATS } from '../../../src/core/logs/registry';
import { diagnoseRun } from '../../../src/core/rules/engine';
import type { Run } from '../../../src/core/run/run';
import { runOfText, stepsOf, valuesOf } from './shared';

/** A file that a test writes to. */
class GrowingFile implements FileSource {
  bytesRead = 0;
  private content = new Uint8Array(0);

  constructor(readonly path = 'train.log') {}

  write(text: string): void {
    this.content = new TextEncoder().encode(text);
  }

  append(text: string): void {
    const more = new TextEncoder().encode(text);
    const joined = new Uint8Array(this.content.length + more.length);
    joined.set(this.content);
    joined.set(more, this.content.length);
    this.content = joined;
  }

  async size(): Promise<number> {
    return this.content.length;
  }

  async read(offset: number, target: Uint8Array): Promise<number> {
    const part = this.content.subarray(offset, offset + target.length);
    target.set(part);
    this.bytesRead += part.length;
    return part.length;
  }

  async close(): Promise<void> {}
}

const line = (step: number): string => `step ${step} loss: ${step / 4} grad_norm: ${step / 8}\n`;
const lines = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, index) => line(from + index)).join('');

const norms = (reader: LogReader): number[] =>
  (reader.run?.series ?? []).filter(({ kind }) => kind === 'grad-norm').flatMap(valuesOf);
const expected = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => (from + index) / 8);

/** Everything a run says, for comparison. */
function contents(run: Run | null) {
  return run === null
    ? null
    : {
        ...{ format: run.format, axis: run.axis, lines: run.lines, steps: run.steps, segments: run.segments },
        series: run.series.map((series) => ({
          name: series.name,
          values: valuesOf(series),
          steps: stepsOf(series),
        })),
      };
}

describe('a growing log', () => {
  it('is read on where it stopped, and the run stays the same object', async () => {
    const file = new GrowingFile();
    const reader = new LogReader(file);
    file.write(lines(0, 10));
    assert.deepEqual(await reader.readMore(), { kind: 'read', newPoints: 20, replaced: false });
    const run = reader.run;
    file.append(lines(10, 12));
    file.append('step 12 loss: 3 grad_no');
    assert.deepEqual(await reader.readMore(), { kind: 'read', newPoints: 4, replaced: false });
    assert.equal(reader.run, run);
    file.append('rm: 1.5\n');
    assert.equal((await reader.readMore()).kind, 'read');
    assert.deepEqual(norms(reader), expected(0, 13));
    assert.equal(run?.steps, 13);
    assert.equal(run?.lines, 13);
  });

  it('costs what was appended', async () => {
    const file = new GrowingFile();
    const reader = new LogReader(file);
    file.write(lines(0, 40_000));
    await reader.readMore();
    file.bytesRead = 0;
    file.append(line(40_000));
    await reader.readMore();
    assert.ok(file.bytesRead < 2000, `${file.bytesRead} bytes read for one line`);
  });

  it('is a log only once it holds records', async () => {
    const file = new GrowingFile();
    const reader = new LogReader(file);
    file.write('loading data\n');
    assert.deepEqual(await reader.readMore(), { kind: 'not-a-log' });
    assert.equal(reader.run, null);
    file.append(lines(0, 3));
    assert.equal((await reader.readMore()).kind, 'read');
    assert.deepEqual(norms(reader), expected(0, 3));
  });

  for (const [name, change] of [
    ['truncated and written anew, shorter', (file: GrowingFile) => file.write(lines(100, 103))],
    [
      'rewritten at the same length',
      (file: GrowingFile) => file.write(lines(0, 10).replaceAll('grad_norm', 'grad-norm')),
    ],
    ['replaced by a longer file', (file: GrowingFile) => file.write(`another run\n${lines(0, 30)}`)],
  ] as const) {
    it(`${name}: read from its start`, async () => {
      const file = new GrowingFile();
      const reader = new LogReader(file);
      file.write(lines(0, 10));
      await reader.readMore();
      change(file);
      const outcome = await reader.readMore();
      assert.ok(outcome.kind === 'read' && outcome.replaced);
      const fresh = new LogReader(file);
      await fresh.readMore();
      assert.deepEqual(norms(reader), norms(fresh));
    });
  }

  it('emptied: no log, until it is written again', async () => {
    const file = new GrowingFile();
    const reader = new LogReader(file);
    file.write(lines(0, 10));
    await reader.readMore();
    file.write('');
    assert.deepEqual(await reader.readMore(), { kind: 'not-a-log' });
    file.write(lines(0, 4));
    await reader.readMore();
    assert.deepEqual(norms(reader), expected(0, 4));
  });

  it('a JSON record without its line end is read once', async () => {
    const file = new GrowingFile();
    const reader = new LogReader(file);
    file.write('{"step": 1, "grad_norm": 0.5}\n{"step": 2, "grad_norm": 0.25}');
    await reader.readMore();
    assert.deepEqual(norms(reader), [0.5, 0.25]);
    file.append('\n{"step": 3, "grad_norm": 0.125}\n');
    await reader.readMore();
    assert.deepEqual(norms(reader), [0.5, 0.25, 0.125]);
  });

  it('gives the same run however small the pieces are that it arrives in', async () => {
    for (const { id, samples } of FORMATS) {
      for (const { text, path } of samples) {
        const whole = await runOfText(text, path);
        for (const size of [1, 7]) {
          const file = new GrowingFile(path);
          const reader = new LogReader(file);
          for (let at = 0; at < text.length; at += size) {
            file.append(text.slice(at, at + size));
            await reader.readMore();
          }
          assert.deepEqual(contents(reader.run), contents(whole), `${id} in pieces of ${size}`);
        }
      }
    }
  });

  it('stops when asked, and keeps what was read', async () => {
    const file = new GrowingFile();
    const reader = new LogReader(file);
    file.write(lines(0, 40_000));
    const abort = new AbortController();
    let breaths = 0;
    await reader.readMore({
      signal: abort.signal,
      breathe: async () => {
        breaths++;
        abort.abort();
      },
    });
    const partly = norms(reader).length;
    await reader.readMore();
    assert.equal(norms(reader).length, 40_000);
    assert.ok(breaths === 0 || partly < 40_000);
  });
});

describe('what a log means', () => {
  it('a restart starts a segment; the replaced part stays', async () => {
    const run = await runOfText(lines(0, 10) + lines(5, 12));
    assert.deepEqual(run?.segments, [
      { line: 1, firstStep: 0, lastStep: 9 },
      { line: 11, firstStep: 5, lastStep: 11 },
    ]);
    assert.equal(run?.steps, 12);
  });

  it('steps that go back all the time are no restarts, and are said once', async () => {
    const text = Array.from(
      { length: 60_000 },
      (_, index) => `step ${100 - (index % 2)} loss: 0.5 grad_norm: 1\n`,
    ).join('');
    const run = await runOfText(text);
    assert.ok(run !== null);
    assert.ok(run.segments.length <= 10_000);
    assert.deepEqual(
      run.problems.filter(({ message }) => message.includes('go back')).map(({ line }) => line > 10_000),
      [true],
    );
    assert.deepEqual(
      joinRunWithSources(run, diagnoseRun(run).findings, []).findings.map(({ rule }) => rule),
      diagnoseRun(run).findings.map(({ rule }) => rule),
    );
  });

  it('steps within epochs are counted on', async () => {
    const run = await runOfText(
      [1, 2, 3]
        .flatMap((epoch) => [10, 20].map((step) => `Epoch [${epoch}/3], Step [${step}/25], Loss: 0.5\n`))
        .join(''),
    );
    const loss = run?.series[0];
    assert.deepEqual(
      Array.from({ length: 6 }, (_, index) => loss?.points.step(index)),
      [10, 20, 35, 45, 60, 70],
    );
  });

  it('validation is told from training', async () => {
    const run = await runOfText(
      'step 1 loss: 0.5\nstep 1 val_loss: 0.7\nValidation: loss: 0.6\nstep 2 loss: 0.4\n',
    );
    assert.deepEqual(
      run?.series.map(({ name, split, points }) => [name, split, points.length]),
      [
        ['loss', 'train', 2],
        ['val_loss', 'eval', 1],
        ['loss', 'eval', 1],
      ],
    );
  });

  it("skipped steps keep their message's loss scale", async () => {
    const run = await runOfText(
      'step 1 loss: 0.5 grad_norm: 1\n[deepspeed] OVERFLOW! Rank 0 Skipping step. Attempted loss scale: 256, reducing to 128\nstep 2 loss: 0.5 grad_norm: 1\n',
    );
    assert.deepEqual(run?.skips, [{ step: 1, line: 2, lossScale: 128 }]);
  });

  it('settings never become points', async () => {
    const run = await runOfText(
      `max_grad_norm: 1.0\nclip_grad = 1.0\n{'max_grad_norm': 1.0, 'gradient_accumulation_steps': 8}\n${lines(0, 3)}`,
    );
    assert.deepEqual(
      run?.series.map(({ name }) => name),
      ['loss', 'grad_norm'],
    );
  });

  it('a hole of NUL bytes, as a log that was cut under its writer has one, costs nothing', async () => {
    for (const text of [
      `${'\0'.repeat(5000)}${lines(0, 5)}`,
      `${lines(0, 2)}${'\0'.repeat(64)}${lines(2, 5)}`,
    ]) {
      const run = await runOfText(text);
      assert.equal(run?.steps, 5);
      assert.deepEqual(valuesOf(run.series[0]!), [0, 0.25, 0.5, 0.75, 1]);
    }
  });

  it('a line of 20 MB costs a problem, not the run', async () => {
    const run = await runOfText(`${lines(0, 3)}${'x'.repeat(20 * 1024 * 1024)}\n${lines(3, 5)}`);
    assert.equal(run?.steps, 5);
    assert.equal(run?.lines, 6);
    assert.match(run?.problems[0]?.message ?? '', /longer than/);
  });
});
