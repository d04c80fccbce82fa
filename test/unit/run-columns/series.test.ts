import assert from 'node:assert/strict';
import { PointColumns } from '../../../src/core/run/series';

describe('point columns', () => {
  it('give back every point, in any order of asking', () => {
    const points = new PointColumns();
    const count = 200_000;
    for (let index = 0; index < count; index++) {
      points.push(index * 2, index / 7, index + 1);
    }
    assert.equal(points.length, count);
    for (let ask = 0; ask < 5000; ask++) {
      const index = (ask * 7919 * 31) % count;
      assert.equal(points.step(index), index * 2);
      assert.equal(points.value(index), index / 7);
      assert.equal(points.line(index), index + 1);
    }
  });

  it('keep non-finite values and the sign of zero', () => {
    const points = new PointColumns();
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0]) {
      points.push(0, value, 1);
    }
    assert.deepEqual(
      [0, 1, 2, 3].map((index) => points.value(index)),
      [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0],
    );
  });

  it('answer NaN and line 0 outside', () => {
    const points = new PointColumns();
    assert.ok(Number.isNaN(points.step(0)) && Number.isNaN(points.value(-1)));
    assert.equal(points.line(5), 0);
  });

  it('move a point along the axis', () => {
    const points = new PointColumns();
    points.push(0, 1, 1);
    points.push(0, 2, 2);
    points.setStep(1, 40);
    points.setStep(9, 40);
    assert.deepEqual([points.step(0), points.step(1)], [0, 40]);
  });
});
