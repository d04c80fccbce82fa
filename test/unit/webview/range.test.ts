import { deepStrictEqual, strictEqual } from 'node:assert';
import { visibleRange, within } from '../../../src/protocol/range';
import { rangeAfter } from '../../../webview/range';
import { INITIAL_STATE } from '../../../webview/state';
import { snapshotOf } from './snapshot';

/** Steps 0 to 99. */
const RUN = snapshotOf(2);
const grown = {
  ...RUN,
  series: RUN.series.map((series) => ({ ...series, maxStep: 119 })),
};

describe('the part of the axis that is looked at', () => {
  it('stays where it is while the log grows, and moves along where it reached the end', () => {
    deepStrictEqual(rangeAfter({ from: 10, to: 50 }, RUN, grown), { from: 10, to: 50 });
    deepStrictEqual(rangeAfter({ from: 60, to: 99 }, RUN, grown), { from: 80, to: 119 });
    strictEqual(rangeAfter(null, RUN, grown), null);
  });

  it('is all of a log that was truncated to less than it', () => {
    const anew = { ...RUN, epoch: RUN.epoch + 1 };
    strictEqual(rangeAfter({ from: 150, to: 180 }, grown, anew), null);
    deepStrictEqual(rangeAfter({ from: 90, to: 110 }, grown, anew), { from: 90, to: 99 });
    deepStrictEqual(visibleRange(RUN, { ...INITIAL_STATE, range: { from: 150, to: 180 } }), {
      from: 0,
      to: 99,
    });
  });

  it('is kept while a log is read again from the start', () => {
    const reading = { ...RUN, epoch: RUN.epoch + 1, state: 'reading' as const, series: [] };
    deepStrictEqual(rangeAfter({ from: 10, to: 50 }, RUN, reading), { from: 10, to: 50 });
  });

  it('is never wider than the run', () => {
    strictEqual(within({ from: -5, to: 200 }, { from: 0, to: 99 }), null);
    deepStrictEqual(within({ from: -5, to: 20 }, { from: 0, to: 99 }), { from: 0, to: 20 });
  });
});
