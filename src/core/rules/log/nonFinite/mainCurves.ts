import type { RunFacts } from '../../../run/facts';
import type { Moment } from '../../../run/factsTimeline';
import { nameOf } from '../../../run/profile';
import { type Incident, say, sayNames, sayWhen } from '../incident';
import { causeRemedies, growthBefore, sayBefore, telling } from './before';
import { type LayersAlone, layersAlone } from './layers';
import { connectedStart, countBad, earliest, lastBad, stretchAtEnd } from './rows';

/** Two rows at the end of a log may be an overflow that the next row would have recovered from. */
export const LASTING_ROWS = 3;
/** Dynamic loss scaling starts at 2^16 and halves at each overflow: it settles within about 16 steps of a run. */
const SETTLING_SHARE = 0.05;
const SETTLING_ROWS = 16;
/** At its level the loss scale doubles every 2,000 steps and overflows about once each time; 5 % is a hundred times that. */
const USUAL_OVERFLOWS = 0.05;

/** NaN and infinity in the main loss, the norm, or a layer: for good, harmful, or skipped by mixed precision. */
export function judge(facts: RunFacts, first: Moment): Incident {
  const loss = stretchAtEnd(facts.lossCurve);
  const norm = stretchAtEnd(facts.norm);
  const lasting = earliest([
    loss.rows >= LASTING_ROWS ? loss.from : null,
    norm.rows >= LASTING_ROWS ? norm.from : null,
  ]);
  const at = lasting === null ? first : connectedStart(facts, lasting);
  // A loss may be hit first, or on a line of its own: then those of the layers that were first are concerned.
  const layers = earliest(facts.tracks.map((track) => track.firstNonfinite))?.time;
  const since = (time: number | undefined): readonly string[] =>
    facts.tracks
      .filter(({ firstNonfinite }) => firstNonfinite !== null && firstNonfinite.time === time)
      .map(nameOf);
  const atOnce = since(at.time);
  const parameters = atOnce.length > 0 ? atOnce : since(layers);
  const normBad = countBad(facts.norm);
  const lossBad = countBad(facts.lossCurve);
  const series = [
    ...(lossBad > 0 ? (facts.lossCurve?.series ?? []) : []),
    ...(normBad > 0 && !facts.normIsSummed ? (facts.norm?.series ?? []) : []),
    ...facts.tracks.filter((track) => track.nonfinite > 0).map((track) => track.series.id),
  ];
  const growth = growthBefore(telling(facts), at);
  const evidence = {
    rowsGradient: normBad,
    rowsLoss: lossBad,
    ...(growth === null ? {} : { baseline: growth.baseline, lastFinite: growth.last, ratio: growth.ratio }),
    ...(facts.lossScaleCurve === null ? {} : { lossScaleRows: facts.lossScaleCurve.length }),
    skippedSteps: facts.run.skips.length,
  };
  const what =
    lossBad > 0 && normBad > 0
      ? 'Loss and gradients are'
      : lossBad > 0
        ? 'The loss is'
        : 'The gradient norm is';
  const who =
    atOnce.length > 0 && atOnce.length < facts.tracks.length ? `, first in ${sayNames(atOnce)}` : '';
  const before = sayBefore(facts, at, growth);
  if (lasting !== null) {
    return {
      severity: 'error',
      at,
      end: null,
      message: `${what} not finite from ${sayWhen(facts, at)} to the end${who}; ${before}.`,
      evidence,
      remedies: causeRemedies(facts, at, growth?.ratio ?? Number.NaN),
      parameters,
      series,
    };
  }
  const rows = Math.max(facts.norm?.length ?? 0, facts.lossCurve?.length ?? 0);
  const bad = Math.max(normBad, lossBad);
  const overflows = facts.run.skips.length > 0 || facts.lossScaleCurve !== null;
  const harmed = isHarmed(facts);
  const settling = badAfterSettling(facts) === 0;
  const many = badAfterSettling(facts) > Math.max(1, rows * USUAL_OVERFLOWS);
  const severe = harmed || (lossBad > 0 && !overflows && !settling) || (many && !settling);
  const alone = bad > 0 ? null : layersAlone(facts);
  const usual = overflows
    ? 'mixed precision skipped these steps and lowered its loss scale'
    : settling
      ? 'only at the start, as when a loss scale settles'
      : 'the rows after them are finite again';
  const where = alone?.what ?? `${what} not finite in ${bad} of ${rows} rows`;
  const then = alone === null || overflows ? usual : sayAlone(alone, facts);
  return {
    severity: severe ? (harmed ? 'error' : 'warning') : 'info',
    at,
    end: alone === null ? lastBad(facts) : alone.end,
    message: `${where}, first at ${sayWhen(facts, at)}${alone?.count === atOnce.length ? '' : who}; ${
      harmed
        ? `the loss went from ${say(facts.progress?.start ?? Number.NaN)} to ${say(facts.progress?.end ?? Number.NaN)}`
        : then
    }.`,
    evidence,
    remedies:
      overflows && !harmed
        ? // A few skipped steps are how a loss scale settles: nothing is to be changed for them.
          severe
          ? ['unscale', 'lower-lr', 'clip-grad-norm']
          : ['unscale']
        : causeRemedies(facts, at, growth?.ratio ?? Number.NaN),
    parameters,
    series,
  };
}

function sayAlone({ end }: LayersAlone, { norm, lossCurve }: RunFacts): string {
  const others =
    norm === null
      ? 'the loss is'
      : lossCurve === null
        ? 'the norm of the whole model is'
        : 'the loss and the norm of the whole model are';
  return `${others} finite in every row${end === null ? ', and the log ends so' : ''}`;
}

/**
 * Loss far above where it was, or stuck at an exact zero beside a norm that was not finite: the Trainer of Hugging Face
 * leaves NaN losses out of its mean, and prints 0 when none is left.
 */
function isHarmed(facts: RunFacts): boolean {
  const { progress, lossCurve, lossRole } = facts;
  if (progress === null || lossCurve === null) {
    return false;
  }
  const tail = lossCurve.value.slice(-LASTING_ROWS);
  const zeroAtEnd =
    tail.length === LASTING_ROWS &&
    tail.every((value) => value === 0) &&
    countBad(facts.norm) >= LASTING_ROWS;
  return zeroAtEnd || (lossRole === 'minimised' && progress.start > 0 && progress.end > 1.5 * progress.start);
}

function badAfterSettling(facts: RunFacts): number {
  const counts = [facts.norm, facts.lossCurve].map((curve) => {
    const rows = curve?.length ?? 0;
    return countBad(curve, Math.ceil(Math.max(Math.min(SETTLING_ROWS, rows / 4), rows * SETTLING_SHARE)));
  });
  return Math.max(...counts);
}
