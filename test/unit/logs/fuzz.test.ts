import assert from 'node:assert/strict';
import { Dice, mutate, readDamaged, seeds } from '../../support/damagedLogs';
import { sharedFolder } from './shared';

/** A short slice of what `npm run bench:fuzz` runs. */
const ROUNDS = 1500;
/** Code that runs for the first times is slower than what is promised. */
const WARM_UP = 300;
/** Processor time for a file of 10 kB, read twice, so that a busy machine does not count. */
const HANG_MS = 50;

describe('damaged logs', () => {
  it(`${ROUNDS} mutated samples: no exception, no hang, whatever the format`, async () => {
    const originals = seeds(sharedFolder('corpus'));
    const dice = new Dice(20260101);
    for (let round = 0; round < ROUNDS; round++) {
      const bytes = mutate(originals[round % originals.length] ?? new Uint8Array(0), dice);
      try {
        const { ms, format } = await readDamaged(bytes, dice);
        if (round >= WARM_UP && ms > HANG_MS) {
          // A collection of garbage or the compiler may fall into one reading, hardly into three.
          const again = [
            await readDamaged(bytes, new Dice(round)),
            await readDamaged(bytes, new Dice(round)),
          ];
          const least = Math.min(ms, ...again.map((one) => one.ms));
          assert.ok(least <= HANG_MS, `round ${round} (${format}) took ${least.toFixed(0)} ms`);
        }
      } catch (error) {
        assert.fail(`round ${round}: ${error instanceof Error ? error.stack : error}`);
      }
    }
  }).timeout(0);
});
