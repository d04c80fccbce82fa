import assert from 'node:assert/strict';
import { FAULTS } from '../../../bench/synthetic/faults';
import { detection, FAMILY_NAMES, falseAlarms, runsOf, SEEDS } from '../../../bench/synthetic/measure';

/** The bench (`npm run bench:detect`) takes 200 of a family; these are for every commit. */
const TWINS = 12;
const MOST_ALARMS_IN_A_FAMILY = 1;
const TRIES = 8;
/** One of the 8 runs may go the other way between two sizes by the luck of their other numbers. */
const LUCK = 0.13;
const GROSS_FOUND = 0.85;
const GROSS_TIMELY = 0.8;

describe('log rules on seeded runs', () => {
  for (const family of FAMILY_NAMES) {
    it(`stay silent on healthy runs: ${family}`, () => {
      const said = falseAlarms(family, SEEDS.seen, runsOf(family, TWINS));
      assert.ok(said.length <= MOST_ALARMS_IN_A_FAMILY, said.join('\n'));
    });
  }

  for (const fault of FAULTS) {
    it(`find it the more surely, the larger it is: ${fault.name}`, () => {
      const rates = fault.sizes.map((size) => detection(fault, size, SEEDS.seen, TRIES));
      const found = rates.map((rate) => rate.found);
      for (const [i, rate] of found.entries()) {
        assert.ok(i === 0 || rate >= (found[i - 1] ?? 0) - LUCK, `found ${found.join(', ')}`);
      }
      const gross = rates[rates.length - 1];
      assert.ok((gross?.found ?? 0) >= GROSS_FOUND, `gross faults found: ${gross?.found}`);
      assert.ok((gross?.timely ?? 0) >= GROSS_TIMELY, `found in time: ${gross?.timely}`);
    });
  }
});
