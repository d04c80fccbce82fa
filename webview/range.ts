/** How the part of the axis that is looked at is moved. Pure. */
import type { RunInfo } from '../src/protocol/messages';
import { fullRange, type Range, within } from '../src/protocol/range';

/** Zooms by a factor around a step, never beyond the whole and never below a thousandth of a unit. */
export function zoomed(range: Range, whole: Range, factor: number, around: number): Range | null {
  const width = Math.max((range.to - range.from) * factor, Math.min(1e-3, whole.to - whole.from));
  const share = (around - range.from) / (range.to - range.from);
  return within({ from: around - share * width, to: around + (1 - share) * width }, whole);
}

/** Moves by a share of the visible width. */
export function panned(range: Range, whole: Range, share: number): Range | null {
  const shift = (range.to - range.from) * share;
  const from = Math.min(Math.max(range.from + shift, whole.from), whole.to - (range.to - range.from));
  return within({ from, to: from + (range.to - range.from) }, whole);
}

/** What is looked at after the run has changed: the zoom, moved along with the end; what is left of it in a log read anew. */
export function rangeAfter(range: Range | null, before: RunInfo, now: RunInfo): Range | null {
  if (range === null || now.state === 'reading') {
    return range;
  }
  const whole = fullRange(now);
  return before.epoch === now.epoch ? followed(range, fullRange(before), whole) : within(range, whole);
}

/** The range after the run has grown: moved along if it reached the end, else kept. */
function followed(range: Range, before: Range, now: Range): Range {
  const grown = now.to - before.to;
  return grown > 0 && range.to >= before.to ? { from: range.from + grown, to: now.to } : range;
}

/** What is seen before and after the onset of a finding that has no end, as a share of the run. */
const ONSET_SHARE = 0.2;

/** A finding with room around it; of one without an end its onset. One that begins with the run is seen best in all of it: null. */
export function rangeAround(step: number, endStep: number | null, whole: Range): Range | null {
  const width = whole.to - whole.from;
  if (endStep === null) {
    const room = width * ONSET_SHARE;
    return step - room <= whole.from ? null : within({ from: step - room, to: step + room }, whole);
  }
  const end = endStep;
  const margin = Math.max((end - step) * 0.5, width * 0.02);
  return within({ from: step - margin, to: end + margin }, whole);
}
