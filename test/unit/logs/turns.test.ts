import assert from 'node:assert/strict';
import { LineReader } from '../../../src/core/io/lineReader';
import { CsvLog } from '../../../src/core/logs/csvLog';
import type { LineParser } from '../../../src/core/logs/format';
import { JsonLines } from '../../../src/core/logs/formats/json-lines';
import { meaningOf } from '../../../src/core/logs/keys';
import { KeyTable } from '../../../src/core/logs/keyTable';
import { Recorder } from '../../../src/core/logs/recorder';
import { PointColumns } from '../../../src/core/run/pointColumns';
import { SharedColumns } from '../../../src/core/run/sharedColumns';
import { Turn } from '../../../src/core/steps';

const COLUMNS = 20_000;
const NAMES = Array.from({ length: COLUMNS }, (_, index) => `grad_norm/blocks.${index >> 1}.w${index & 1}`);
const PLAN = {
  axis: { kind: 'step', why: '' },
  stepRank: meaningOf('step').rank,
  trailing: false,
  layerNames: false,
  ranks: false,
} as const;

/** Work done between two chances for others: names looked up, series made, numbers stored. */
interface Work {
  readonly names: number;
  readonly series: number;
  readonly points: number;
}

/** Reads lines as a log is read, and counts what is done in each step. */
function stepsOf(
  text: string,
  open: (recorder: Recorder) => LineParser,
): { recorder: Recorder; steps: Work[] } {
  let names = 0;
  const keys = new KeyTable((name) => {
    names++;
    return meaningOf(name);
  });
  const recorder = new Recorder(keys, PLAN);
  const parser = open(recorder);
  const reader = new LineReader();
  const steps: Work[] = [];
  let before = { names: 0, series: 0, points: 0 };
  const rest = () => {
    const { series } = recorder;
    const points = series.reduce((sum, one) => sum + one.points.length, 0);
    steps.push({
      names: names - before.names,
      series: series.length - before.series,
      points: points - before.points,
    });
    before = { names, series: series.length, points };
  };
  const bytes = new TextEncoder().encode(text);
  reader.space(bytes.length).set(bytes);
  recorder.later.awaited = true;
  const halts = () => recorder.later.isPending;
  for (let all = reader.accept(bytes.length, parser, halts); !all; all = reader.goOn(parser, halts)) {
    rest();
    for (const _ of recorder.later.doing()) {
      rest();
    }
  }
  recorder.flush();
  return { recorder, steps };
}

describe('turns of reading', () => {
  it('makes the twenty thousand columns of a table a few at a time', () => {
    const row = (step: number, empty: boolean) =>
      [step, ...NAMES.map((_, index) => (empty && index === 7 ? '' : step + index / 8))].join(',');
    const text = `${['step', ...NAMES].join(',')}\n${[1, 2, 3, 4].map((step) => `${row(step, step === 3)}\n`).join('')}`;
    const { recorder, steps } = stepsOf(text, (to) => new CsvLog(to));
    for (const { names, series, points } of steps) {
      assert.ok(names <= 64 && series <= 256 && points <= COLUMNS + 256, `${names} ${series} ${points}`);
    }
    assert.equal(recorder.series.length, COLUMNS);
    assert.deepEqual(
      recorder.series.slice(6, 9).map(({ points }) => [points.length, points.step(2), points.value(2)]),
      [
        [4, 3, 3 + 6 / 8],
        [3, 4, 4 + 7 / 8],
        [4, 3, 3 + 8 / 8],
      ],
    );
  });

  it('stores a JSON object of twenty thousand numbers a few at a time', () => {
    const object = (step: number) =>
      `{"step": ${step}, ${NAMES.map((name, at) => `"${name}": ${at / 4}`).join(', ')}}\n`;
    const { recorder, steps } = stepsOf(object(1) + object(2), (to) => new JsonLines(to));
    assert.ok(steps.every(({ series }) => series <= 256));
    assert.equal(recorder.points, 2 * COLUMNS);
    assert.equal(recorder.series[COLUMNS - 1]?.points.value(1), (COLUMNS - 1) / 4);
  });

  it('makes room for the points of many series at different rows', () => {
    let room = 0;
    class Counting extends SharedColumns {
      override room(size: number): Float64Array<ArrayBuffer> {
        room += size;
        return super.room(size);
      }
    }
    const shared = new Counting();
    const series = Array.from({ length: 512 }, () => new PointColumns(shared));
    for (let row = 0; row < 40_000; row++) {
      const before = room;
      for (const one of series) {
        one.push(row, row / 2, row);
      }
      // A tenth of all that the series could ask for at one row.
      assert.ok(
        row === 0 || room - before <= (512 * Math.max(32, row >> 3)) / 10,
        `row ${row}: ${room - before}`,
      );
    }
    assert.ok(room <= 512 * (40_000 * 1.125 + 32));
    assert.deepEqual([series[9]?.value(39_999), series[511]?.step(12_345)], [39_999 / 2, 12_345]);
  });

  it('ends a turn when its time is used up, and not where nobody waits', async () => {
    let turns = 0;
    const turn = new Turn(async () => {
      turns++;
    });
    const steps = function* (count: number): Generator<void, number> {
      for (let step = 0; step < count; step++) {
        const began = performance.now();
        while (performance.now() - began < 1) {}
        yield;
      }
      return count;
    };
    assert.equal(await turn.spendOn(steps(20)), 20);
    assert.ok(turns >= 4 && turns <= 20, String(turns));
    assert.equal(await new Turn().spendOn(steps(5)), 5);
    assert.equal(new Turn().isOver, false);
  });
});
