import type { RunFacts } from '../../../run/facts';
import { type Curve, indexAtTime, type Moment, momentOf } from '../../../run/factsTimeline';

/** NaN or infinity at a row. */
export function isBad(curve: Curve, index: number): boolean {
  return !Number.isFinite(curve.value[index] ?? 0);
}

/** First row of a curve that is not finite. */
export function firstBad(curve: Curve): Moment | null {
  for (let i = 0; i < curve.length; i++) {
    if (isBad(curve, i)) {
      return momentOf(curve, i);
    }
  }
  return null;
}

/** Last row that is not finite in the norm or the loss. */
export function lastBad(facts: RunFacts): Moment | null {
  let last: Moment | null = null;
  for (const curve of [facts.norm, facts.lossCurve]) {
    for (let i = (curve?.length ?? 0) - 1; curve !== null && i >= 0; i--) {
      if (isBad(curve, i)) {
        const moment = momentOf(curve, i);
        last = last === null || moment.time > last.time ? moment : last;
        break;
      }
    }
  }
  return last;
}

/** Rows of a curve that are not finite. */
export function countBad(curve: Curve | null): number {
  let count = 0;
  for (let i = 0; i < (curve?.length ?? 0); i++) {
    count += curve !== null && isBad(curve, i) ? 1 : 0;
  }
  return count;
}

/** Non-finite rows that last until the end of a curve. */
export function stretchAtEnd(curve: Curve | null): { readonly rows: number; readonly from: Moment | null } {
  let from = curve?.length ?? 0;
  while (curve !== null && from > 0 && isBad(curve, from - 1)) {
    from--;
  }
  const rows = (curve?.length ?? 0) - from;
  return { rows, from: curve === null || rows === 0 ? null : momentOf(curve, from) };
}

/** Where the incident that lasts to the end began, by whichever curve shows it first without a finite row in between. */
export function connectedStart(facts: RunFacts, lasting: Moment): Moment {
  let start = lasting;
  for (const curve of [facts.norm, facts.lossCurve]) {
    if (curve === null) {
      continue;
    }
    let i = indexAtTime(curve, start.time) - (isBad(curve, indexAtTime(curve, start.time)) ? 0 : 1);
    while (i >= 0 && isBad(curve, i)) {
      start = momentOf(curve, i);
      i--;
    }
  }
  for (const track of facts.tracks) {
    const moment = track.firstNonfinite;
    if (moment !== null && moment.time < start.time && track.nonfinite > 1 && facts.normIsSummed) {
      start = moment;
    }
  }
  return start;
}

/** The first of some moments; null when there is none. */
export function earliest(moments: readonly (Moment | null)[]): Moment | null {
  let found: Moment | null = null;
  for (const moment of moments) {
    if (moment !== null && (found === null || moment.time < found.time)) {
      found = moment;
    }
  }
  return found;
}
