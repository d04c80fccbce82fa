import type { RunFacts } from '../../../run/facts';
import { type Curve, indexAtTime, type Moment, momentOf } from '../../../run/factsTimeline';
import { nonFiniteRows } from '../../../run/stretches';

/** NaN or infinity at a row. */
export function isBad(curve: Curve, index: number): boolean {
  return !Number.isFinite(curve.value[index] ?? 0);
}

/** First row of a curve that is not finite. */
export function firstBad(curve: Curve): Moment | null {
  const first = nonFiniteRows.of(curve).first;
  return first === null ? null : momentOf(curve, first.from);
}

/** Last row that is not finite in the norm or the loss. */
export function lastBad(facts: RunFacts): Moment | null {
  let last: Moment | null = null;
  for (const curve of [facts.norm, facts.lossCurve]) {
    const stretch = curve === null ? null : nonFiniteRows.of(curve).last;
    if (curve !== null && stretch !== null) {
      const moment = momentOf(curve, stretch.to - 1);
      last = last === null || moment.time > last.time ? moment : last;
    }
  }
  return last;
}

/** Rows of a curve, from one on, that are not finite. */
export function countBad(curve: Curve | null, from = 0): number {
  if (curve === null) {
    return 0;
  }
  const rows = nonFiniteRows.of(curve);
  return rows.total - rows.countBefore(from);
}

/** Non-finite rows that last until the end of a curve. */
export function stretchAtEnd(curve: Curve | null): { readonly rows: number; readonly from: Moment | null } {
  const last = curve === null ? null : nonFiniteRows.of(curve).last;
  return curve === null || last === null || last.to < curve.length
    ? { rows: 0, from: null }
    : { rows: last.to - last.from, from: momentOf(curve, last.from) };
}

/** Where the incident that lasts to the end began, by whichever curve shows it first without a finite row in between. */
export function connectedStart(facts: RunFacts, lasting: Moment): Moment {
  let start = lasting;
  for (const curve of [facts.norm, facts.lossCurve]) {
    if (curve === null) {
      continue;
    }
    const i = indexAtTime(curve, start.time) - (isBad(curve, indexAtTime(curve, start.time)) ? 0 : 1);
    const stretch = nonFiniteRows.of(curve).around(i);
    start = stretch === null ? start : momentOf(curve, stretch.from);
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
