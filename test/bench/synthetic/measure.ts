import { diagnoseRun } from '../../../src/core/rules/engine';
import type { LogFinding } from '../../../src/core/rules/finding';
import { type Draft, runOf } from './draft';
import { draftOf, FAMILY_NAMES } from './families';
import { type Fault, injected } from './faults';

/** An onset counts when it is within a tenth of the run. */
const ONSET = 0.1;
/** Rows by which the onset of a fault in a short log may be off: a window of three rows tells a level. */
const ONSET_ROWS = 2;

/** Seeds that thresholds were looked at with, and seeds that nobody looks at before a measurement. */
export const SEEDS = { seen: 0, heldOut: 1_000_000 } as const;

export function claims(draft: Draft): readonly LogFinding[] {
  return diagnoseRun(runOf(draft)).findings.filter(isClaim);
}

function isClaim({ severity }: LogFinding): boolean {
  return severity === 'error' || severity === 'warning';
}

/** What was said of healthy runs of a family: one text an alarm. */
export function falseAlarms(family: string, from: number, runs: number): readonly string[] {
  return Array.from({ length: runs }, (_, i) => from + i).flatMap((seed) => {
    const [first] = claims(draftOf(family, seed));
    return first === undefined ? [] : [`${family} ${seed}: ${first.rule}: ${first.message}`];
  });
}

export interface Detection {
  /** Share of the runs in which the fault was named. */
  readonly found: number;
  /** Share in which it was named at the right place. */
  readonly timely: number;
}

/** How often a fault of one size is found in seeded runs of its families. */
export function detection(fault: Fault, size: number, from: number, runs: number): Detection {
  let found = 0;
  let timely = 0;
  for (let i = 0; i < runs; i++) {
    const seed = from + 7000 + i;
    const draft = draftOf(fault.families[i % fault.families.length] ?? '', seed);
    const truth = injected(fault, draft, size, seed);
    const all = diagnoseRun(runOf(draft)).findings;
    const named = all.find(
      (finding) => truth.rules.includes(finding.rule) && (fault.isMild === true || isClaim(finding)),
    );
    if (named !== undefined) {
      found++;
      const off = Math.abs(named.step / draft.stride - truth.row);
      timely += off <= Math.max(ONSET_ROWS, ONSET * draft.rows) ? 1 : 0;
    }
  }
  return { found: found / runs, timely: timely / runs };
}

/** Runs of a family that are worth their time: the long ones are few. */
export function runsOf(family: string, runs: number): number {
  return family === 'long' ? Math.ceil(runs / 20) : runs;
}

export { FAMILY_NAMES };
