import assert from 'node:assert/strict';
import { BytesSource } from '../../../src/core/io/fileSource';
import { LogReader, readLog } from '../../../src/core/logs/logReader';
import { formatJson } from '../../../src/core/report/json';
import { diagnoseRun } from '../../../src/core/rules/engine';
import type { Run } from '../../../src/core/run/run';
import type { Series } from '../../../src/core/run/series';
import { ofKind, runOfText, stepsOf, valuesOf } from './shared';

async function read(lines: readonly string[]): Promise<Run> {
  const run = await readLog(new BytesSource('train.log', new TextEncoder().encode(`${lines.join('\n')}\n`)));
  assert.ok(run !== null);
  return run;
}

function of(run: Run, kind: Series['kind']): Series {
  const found = run.series.find((series) => series.kind === kind);
  assert.ok(found);
  return found;
}

/** A line of each rank for each step. */
function ranks(world: number, steps: number, line: (rank: number, step: number) => string): string[] {
  return Array.from({ length: world * steps }, (_, at) => line(at % world, Math.floor(at / world) + 1));
}

const STEPS = Array.from({ length: 20 }, (_, at) => at + 1);

describe('several ranks that log the same steps', () => {
  const lines: Readonly<Record<string, (rank: number, step: number) => string>> = {
    'torchtitan and PyTorch': (rank, step) =>
      `[rank${rank}]:[titan] 2025-05-20 02:13:12,567 - root - INFO - step: ${step}  loss: ${8 / step + rank}  grad_norm: ${2 + rank}`,
    torchrun: (rank, step) => `[default${rank}]:step ${step}: loss ${8 / step + rank}, grad_norm ${2 + rank}`,
    srun: (rank, step) => `${rank}: step ${step} loss ${8 / step + rank} grad_norm ${2 + rank}`,
    'a named rank': (rank, step) => `step=${step} rank=${rank} loss=${8 / step + rank} grad_norm=${2 + rank}`,
    JSON: (rank, step) =>
      JSON.stringify({ step, local_rank: rank, loss: 8 / step + rank, grad_norm: 2 + rank }),
    'a rank in brackets': (rank, step) =>
      `[rank ${rank}] step ${step} | loss ${8 / step + rank} | grad_norm ${2 + rank}`,
  };
  for (const [what, line] of Object.entries(lines)) {
    it(`marked by ${what}: one point a step, the mean loss and the largest norm`, async () => {
      const run = await read(ranks(4, 20, line));
      const loss = of(run, 'loss');
      assert.deepEqual(stepsOf(loss), STEPS);
      for (const [at, value] of valuesOf(loss).entries()) {
        assert.ok(Math.abs(value - (8 / (at + 1) + 1.5)) < 1e-12);
      }
      assert.deepEqual(
        valuesOf(of(run, 'grad-norm')),
        STEPS.map(() => 5),
      );
      assert.equal(loss.logged?.length, 80);
      assert.equal(run.segments.length, 1);
      assert.match(run.problems.map(({ message }) => message).join(), /different values at 20 of them/);
    });
  }

  it('without a mark are known by saying the same', async () => {
    const run = await read(
      ranks(
        2,
        20,
        (rank, step) =>
          `{"current_steps": ${step * 10}, "loss": ${1 / step + rank * 1e-5}, "lr": 1e-5, "epoch": 0.01}`,
      ),
    );
    assert.deepEqual(
      stepsOf(of(run, 'loss')),
      STEPS.map((step) => step * 10),
    );
    assert.deepEqual(run.problems, []);
  });

  it('drifting apart by a record or two, they are still told', async () => {
    // As two processes of LLaMA-Factory wrote one file.
    const steps = [
      1, 1, 2, 2, 3, 4, 3, 5, 4, 6, 5, 7, 6, 7, 8, 9, 8, 10, 9, 11, 10, 12, 11, 13, 12, 14, 13, 14,
    ];
    const run = await read(
      steps.map((step) => `{"current_steps": ${step}, "loss": ${2 / step}, "lr": 1e-5}`),
    );
    assert.equal(run.segments.length, 1);
    assert.deepEqual(stepsOf(of(run, 'loss')), STEPS.slice(0, 14));
  });

  it('are all counted in the report', async () => {
    const run = await read(ranks(2, 20, (_, step) => `step ${step} loss ${1 / step} grad_norm 2`));
    const { runs } = JSON.parse(
      formatJson({ runs: [{ run, findings: [], notChecked: [] }], sources: [], links: [] }),
    );
    assert.equal(runs[0].steps, 20);
    assert.equal(runs[0].series[0].points, 40);
  });

  it('what is not finite on one of them stays', async () => {
    const run = await read(
      ranks(
        4,
        40,
        (rank, step) =>
          `[rank${rank}]: step ${step} loss ${rank === 2 && step > 30 ? 'nan' : 1 / step} grad_norm ${rank === 3 && step === 29 ? 'inf' : 2}`,
      ),
    );
    const values = valuesOf(of(run, 'loss'));
    assert.deepEqual(
      values.map(Number.isNaN),
      Array.from({ length: 40 }, (_, at) => at >= 30),
    );
    assert.equal(valuesOf(of(run, 'grad-norm'))[28], Number.POSITIVE_INFINITY);
    assert.ok(diagnoseRun(run).findings.some(({ rule }) => rule === 'non-finite'));
  });

  it('without a mark and with numbers of their own are known by their steps, which go back and forth', async () => {
    const line = (step: number, own: number) =>
      `step ${step} loss ${2 - step / 100 + own} grad_norm ${1 + own}\n`;
    // The second is one to three records behind.
    const behind = (step: number) => (step % 3 === 2 ? [step - 2, step - 1, step] : []);
    const text = Array.from({ length: 60 }, (_, step) =>
      [line(step, 0), ...behind(step).map((late) => line(late, 0.125))].join(''),
    ).join('');
    const run = await runOfText(text);
    assert.ok(run !== null);
    const [loss] = ofKind(run, 'loss');
    assert.ok(loss !== undefined);
    assert.equal(run.segments.length, 1);
    assert.deepEqual(
      stepsOf(loss),
      Array.from({ length: 60 }, (_, step) => step),
    );
    assert.equal(valuesOf(loss)[4], 2 - 4 / 100 + 0.0625);
    assert.match(run.problems.map(({ message }) => message).join(), /Several ranks log the same steps/);
  });

  it('one that lags a few steps is no restart', async () => {
    const shuffled: string[] = [];
    for (let step = 1; step <= 30; step++) {
      shuffled.push(`[rank0]: step ${step} loss ${1 / step} grad_norm 2`);
      if (step > 3) {
        shuffled.push(`[rank1]: step ${step - 3} loss ${1 / (step - 3)} grad_norm 3`);
      }
    }
    const again = shuffled.flatMap((line) => [line, line]);
    const run = await read(again);
    assert.equal(run.segments.length, 1);
    assert.equal(of(run, 'loss').points.length, 30);
  });

  it('read line by line, the point of a step takes in every rank', async () => {
    const text = ranks(
      3,
      30,
      (rank, step) => `[rank${rank}]: step ${step} loss ${1 / step + rank} grad_norm 2`,
    );
    const whole = await read(text);
    let bytes = new Uint8Array();
    const source = {
      path: 'train.log',
      size: async () => bytes.length,
      read: async (offset: number, target: Uint8Array) => {
        const part = bytes.subarray(offset, offset + target.length);
        target.set(part);
        return part.length;
      },
      close: async () => {},
    };
    const reader = new LogReader(source);
    for (let count = 1; count <= text.length; count++) {
      bytes = new TextEncoder().encode(`${text.slice(0, count).join('\n')}\n`);
      await reader.readMore();
    }
    assert.ok(reader.run !== null);
    assert.deepEqual(valuesOf(of(reader.run, 'loss')), valuesOf(of(whole, 'loss')));
  });
});

describe('records that repeat a step and are no ranks', () => {
  it('micro-batches with losses of their own stay points', async () => {
    const run = await read(
      ranks(
        4,
        20,
        (micro, step) =>
          `step ${step} micro ${micro + 1} loss ${2 + Math.sin(micro * 7 + step * 3)} grad_norm 2`,
      ),
    );
    assert.equal(of(run, 'loss').points.length, 80);
  });

  it('a resumed run that repeats its last steps stays a restart', async () => {
    const line = (step: number): string => `step ${step} loss ${1 / step} grad_norm 2`;
    const run = await read([
      ...STEPS.map(line),
      ...STEPS.slice(10).map(line),
      ...STEPS.map((step) => line(step + 20)),
    ]);
    assert.equal(run.segments.length, 2);
    assert.equal(of(run, 'loss').points.length, 50);
  });

  it('two runs of one file stay apart where their losses have nothing in common', async () => {
    const text = Array.from({ length: 60 }, (_, step) => [
      `step ${step} loss ${2 - step / 100} grad_norm 1`,
      ...(step > 0 ? [`step ${step - 1} loss ${0.25 - step / 1000} grad_norm 9`] : []),
    ]).flat();
    const run = await read(text);
    assert.ok(ofKind(run, 'loss')[0]!.points.length > 100);
  });
});
