import type { RunFacts } from '../../../run/facts';
import { medianAround } from '../../../run/factsLossLevel';
import type { Moment, Track } from '../../../run/factsTimeline';

/** Of the rows since it died. */
const REVIVED = 0.1;
/** Since the layer fell silent, the loss must have fallen by this much to say that the rest learns without it. */
const STILL_LEARNS = 0.2;

/** Where the first of some layers fell silent for good; null when none did. */
export function earliestSilence(tracks: readonly Track[]): Moment | null {
  let first: Moment | null = null;
  for (const track of tracks) {
    const moment = beginOfSilence(track);
    if (moment !== null && (first === null || moment.time < first.time)) {
      first = moment;
    }
  }
  return first;
}

/** First zero from which on nearly all rows are zero: one revived for a row does not move the beginning. */
function beginOfSilence({ series, count, zerosUntilEnd, zeroRowsAtEnd }: Track): Moment | null {
  const { points } = series;
  const last = count - zeroRowsAtEnd;
  let begin = last;
  for (let row = last - 1, alive = 0; row >= 0; row--) {
    alive += points.value(row) === 0 ? 0 : 1;
    if (alive > REVIVED * (count - row)) {
      break;
    }
    begin = points.value(row) === 0 ? row : begin;
  }
  if (zerosUntilEnd === null || begin === last) {
    return zerosUntilEnd;
  }
  const back = points.step(last) - points.step(begin);
  return { time: zerosUntilEnd.time - back, step: points.step(begin), line: points.line(begin) };
}

/** Whether the loss went on falling after the layer fell silent; null when that cannot be told. */
export function improvesAfter(facts: RunFacts, at: Moment): boolean | null {
  const { lossCurve, progress, lossRole } = facts;
  if (lossCurve === null || progress === null || lossRole !== 'minimised') {
    return null;
  }
  const then = medianAround(lossCurve, at.time, 5);
  return then > 0 ? (then - progress.end) / then >= STILL_LEARNS : null;
}
