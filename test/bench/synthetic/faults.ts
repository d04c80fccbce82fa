import type { Draft } from './draft';
import { FAMILY_NAMES } from './families';
import { BREAKS } from './faults/breaks';
import { OVER_DEPTH } from './faults/depth';
import type { Fault, Injection } from './faults/fault';
import { STANDING_STILL } from './faults/still';
import { UNITS } from './faults/units';
import { randomOf } from './random';

export type { Fault } from './faults/fault';

export const FAULTS: readonly Fault[] = [...BREAKS, ...OVER_DEPTH, ...STANDING_STILL, ...UNITS];

for (const fault of FAULTS) {
  for (const family of fault.families) {
    if (!FAMILY_NAMES.includes(family)) {
      throw new Error(`no family ${family}`);
    }
  }
}

/** A run of a family with a fault in it. */
export function injected(fault: Fault, draft: Draft, size: number, seed: number): Injection {
  return fault.inject(draft, size, randomOf(seed));
}
