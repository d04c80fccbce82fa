import assert from 'node:assert/strict';
import { diagnoseRun } from '../../../../src/core/rules/engine';
import {
  type Draft,
  draftOf,
  FAMILY_NAMES,
  FAULTS,
  type Fault,
  randomFrom,
  runOf,
} from '../../../bench/detectSynthetic';

const TWINS = 200;
const TRIES = 24;
/** An onset counts when it is within a tenth of the run. */
const ONSET = 0.1;

function claims(draft: Draft) {
  return diagnoseRun(runOf(draft)).findings.filter(
    ({ severity }) => severity === 'error' || severity === 'warning',
  );
}

/** Share of seeded runs in which a fault of one size is claimed, and claimed at the right step. */
function detection(fault: Fault, size: number): { readonly found: number; readonly timely: number } {
  let found = 0;
  let timely = 0;
  for (let seed = 0; seed < TRIES; seed++) {
    const family = fault.families[seed % fault.families.length] ?? '';
    const draft = draftOf(family, 7000 + seed);
    const injected = fault.inject(draft, size, randomFrom(seed));
    const finding = claims(draft).find(({ rule }) => rule === injected.rule);
    found += finding === undefined ? 0 : 1;
    timely +=
      finding !== undefined && Math.abs(finding.step / 5 - injected.row) <= Math.max(2, ONSET * draft.rows)
        ? 1
        : 0;
  }
  return { found: found / TRIES, timely: timely / TRIES };
}

describe('log rules on seeded runs', () => {
  it(`stay silent on ${TWINS} healthy runs, but for one at most`, () => {
    const fired: string[] = [];
    for (let seed = 0; seed < TWINS; seed++) {
      const family = FAMILY_NAMES[seed % FAMILY_NAMES.length] ?? '';
      fired.push(...claims(draftOf(family, seed)).map(({ message }) => `${family} ${seed}: ${message}`));
    }
    assert.ok(fired.length <= 1, fired.join('\n'));
  });

  for (const fault of FAULTS) {
    it(`find it the more surely, the larger it is: ${fault.name}`, () => {
      const rates = fault.sizes.map((size) => detection(fault, size));
      for (const [i, rate] of rates.entries()) {
        assert.ok(
          i === 0 || rate.found >= (rates[i - 1]?.found ?? 0),
          `found ${rates.map((one) => one.found).join(', ')}`,
        );
      }
      const gross = rates[rates.length - 1];
      assert.ok((gross?.found ?? 0) >= 0.95, `gross faults found: ${gross?.found}`);
      assert.ok((gross?.timely ?? 0) >= 0.9, `found in time: ${gross?.timely}`);
    });
  }
});
