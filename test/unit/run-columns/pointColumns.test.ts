import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PointColumns } from '../../../src/core/run/pointColumns';
import { SharedColumns } from '../../../src/core/run/sharedColumns';

interface Row {
  readonly step: number;
  readonly value: number;
  readonly line: number;
}

/** Steps and lines in stretches that are even, uneven, or jump. */
const STRETCH = fc.record({
  count: fc.integer({ min: 1, max: 90 }),
  step: fc.oneof(fc.integer({ min: -5, max: 50 }), fc.double({ noNaN: false })),
  stepBy: fc.constantFrom(0, 1, 10, 0.01, 0.5),
  lineBy: fc.integer({ min: 0, max: 3 }),
  waver: fc.boolean(),
  together: fc.boolean(),
});

function spacing(numbers: Float64Array): number {
  const by = numbers.length > 1 ? numbers[1]! - numbers[0]! : 0;
  const even = numbers.every(
    (number, index) => Number.isSafeInteger(number) && number === numbers[0]! + index * by,
  );
  return even ? by : Number.NaN;
}

describe('columns of points', () => {
  it('give back what was put in, one by one or in rows, however steps and lines are spaced', () => {
    fc.assert(
      fc.property(
        fc.array(STRETCH, { maxLength: 30 }),
        fc.integer({ min: 1, max: 3 }),
        (stretches, width) => {
          const shared = new SharedColumns();
          const columns = Array.from({ length: width }, () => new PointColumns(shared));
          const rows: Row[] = [];
          let line = 1;
          for (const { count, step, stepBy, lineBy, waver, together } of stretches) {
            const steps = new Float64Array(count);
            const lines = new Float64Array(count);
            const values = new Float64Array(count * width);
            for (let index = 0; index < count; index++) {
              steps[index] = step + index * stepBy + (waver && index % 7 === 3 ? 1 : 0);
              lines[index] = line;
              values.fill(Math.sin(rows.length), index * width, (index + 1) * width);
              rows.push({ step: steps[index]!, value: Math.sin(rows.length), line });
              line += lineBy + (waver && index % 5 === 2 ? 1 : 0);
            }
            const places = { steps, lines, stepBy: spacing(steps), lineBy: spacing(lines) };
            columns.forEach((column, at) => {
              if (together) {
                column.appendRows(places, values, at, width, count);
              } else {
                steps.forEach((one, index) => {
                  column.push(one, values[index * width]!, lines[index]!);
                });
              }
            });
          }
          for (const column of columns) {
            assert.equal(column.length, rows.length);
            rows.forEach(({ step, value, line: at }, index) => {
              assert.ok(
                column.step(index) === step || (Number.isNaN(step) && Number.isNaN(column.step(index))),
              );
              assert.equal(column.value(index), value);
              assert.equal(column.line(index), at);
            });
          }
        },
      ),
      { numRuns: 300, seed: 11 },
    );
  });

  it('move any point, and no other series with it', () => {
    const shared = new SharedColumns();
    const one = new PointColumns(shared);
    const other = new PointColumns(shared);
    for (let index = 0; index < 3000; index++) {
      const step = index * index;
      one.push(step, index, index);
      other.push(step, index, index);
    }
    for (let index = 0; index < 3000; index += 17) {
      one.setStep(index, -index);
    }
    for (let index = 0; index < 3000; index++) {
      assert.equal(one.step(index) + 0, index % 17 === 0 ? -index + 0 : index * index);
      assert.equal(other.step(index), index * index);
    }
  });
});
