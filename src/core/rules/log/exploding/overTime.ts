import { lastingRise, startOfClimb } from '../../../run/baseline';
import type { RunFacts } from '../../../run/facts';
import { levelNoise } from '../../../run/factsLossLevel';
import { lastingLossRise } from '../../../run/factsLossRise';
import { layersThatJumped } from '../../../run/factsMovers';
import { type Curve, indexAtTime, type Moment, momentOf } from '../../../run/factsTimeline';
import { nameOf } from '../../../run/profile';
import { median, steadiness } from '../../../run/stats';
import { GIVEN_BACK, givenBack } from '../givenBack';
import { type Incident, recurrentRemedies, say, sayNames, sayWhen } from '../incident';
import { stretchAtEnd } from '../nonFinite/rows';

/** Tenfold over the own level: what trainproof calls a spike; here it must last. */
const RISE_DECADES = 1;
/** The settled level is the lowest of many, and so lies about two sigmas of the windows' own scatter below their middle. */
const SCATTER_SIGMAS = 2;
/** Without a worse loss to confirm it. */
const LARGE_RISE_DECADES = 2;
/** Where no loss can be read, what no healthy run was seen to reach. */
const HUGE_RISE_DECADES = 4;
/** A loss this much above its level before is worse, beyond the noise of window medians. */
const WORSE = 1.2;
const UNIMPROVED = 0.95;
/** A rise of less than this share of the initial loss is rounding at the bottom of a converged run. */
const MATTERS = 0.01;
/** And one within the error of a median of three rows (1.25 sigma / sqrt 3, twice) is noise. */
const NOISE_SIGMAS = 1.5;
/** Kendall's tau of the norm's windows: two thirds of all pairs rise. */
const CLIMBING = 0.3;
/** A median of five rows errs by 0.56 of their scatter. */
const ERROR_OF_LEVEL = 0.56;
/** Half again what the untrained model had (trainproof's TP-DIVERGE factor)... */
const OVER_START = 1.5;
/** ...in one window of ten: noise of batches does not undo all training time and again, steps that are too large do. */
const OVER_START_SHARE = 0.1;
/** A loss that fell to a third of where the rise had taken it is learned down again; a step too large leaves it where it landed. */
const COMING_DOWN = 3;
/** Gradients that add up do so from the first step on: nearly every pair of windows rises, the first tenfold comes early. */
const ADDING_UP = 0.8;
const EARLY = 0.25;
/** Rows a rise must last: two may be a spike. */
const FEWEST_ROWS = 3;

/** The norm left its own settled level for good, and the loss with it. */
export function overTime(facts: RunFacts, norm: Curve): Incident | null {
  const limit = RISE_DECADES + SCATTER_SIGMAS * levelNoise(facts.normLevels);
  const rise = lastingRise(facts.normLevels, limit);
  if (rise === null) {
    return null;
  }
  const from = facts.windows[rise.window] ?? 0;
  const at = startOfClimb(norm, from, rise.baseline, RISE_DECADES / 2);
  const onset = indexAtTime(norm, at.time);
  const decades = rise.level - rise.baseline;
  if (norm.length - onset < FEWEST_ROWS) {
    return null;
  }
  const { lossCurve, lossRole, progress } = facts;
  let loss = '';
  let claim = 'Gradients explode: the norm rose';
  let severity: 'error' | 'warning' | 'info' = 'warning';
  if (lossCurve !== null && lossRole === 'minimised' && progress !== null) {
    const before = lossLevelBefore(facts, at.time);
    const matters =
      progress.end - before >= Math.max(MATTERS * Math.abs(progress.start), NOISE_SIGMAS * progress.noise);
    const worse =
      (progress.end >= WORSE * before && matters) ||
      lastingLossRise(facts.lossLevels, progress.start) !== null;
    const unimproved = progress.end >= UNIMPROVED * before - ERROR_OF_LEVEL * progress.noise;
    const accumulates =
      unimproved &&
      climbs(facts, rise.window) &&
      (progress.verdict === 'stuck' || decades >= LARGE_RISE_DECADES || growsAllAlong(facts, rise.window));
    const thrown = progress.verdict !== 'learning' ? shareOverStart(facts, rise.window, progress.start) : 0;
    const isThrown = thrown >= OVER_START_SHARE;
    if (!worse && !accumulates && !isThrown) {
      return null;
    }
    const lost = givenBack(progress.start, before, progress.end) >= GIVEN_BACK;
    // Harder data, as a curriculum gives it: most of what was learned is kept, and the rest is being learned anew.
    const relearns =
      !lost &&
      stretchAtEnd(lossCurve).rows === 0 &&
      highestSince(facts, rise.window) >= COMING_DOWN * progress.end;
    severity =
      progress.end > progress.start || (worse && !relearns && decades >= LARGE_RISE_DECADES)
        ? 'error'
        : accumulates || isThrown || lost
          ? 'warning'
          : 'info';
    if (severity === 'info' && relearns) {
      claim =
        'The gradient norm rose with the loss, which is being learned down again, as after harder data (a curriculum, another domain): it went';
    }
    loss =
      `, while the loss went from ${say(before)} to ${say(progress.end)}` +
      (isThrown
        ? ` and stood above ${OVER_START} times its start ${thrown < 1 ? `for ${say(thrown * 100)} % of the run since` : 'ever since'}`
        : '');
  } else if (decades < LARGE_RISE_DECADES || steadiness(facts.normLevels) < CLIMBING) {
    return null;
  } else {
    severity = decades >= HUGE_RISE_DECADES ? 'warning' : 'info';
  }
  const steady = climbs(facts, rise.window);
  const movers = firstToMove(facts, at);
  const last = momentOf(norm, norm.length - 1);
  return {
    severity,
    at,
    end: null,
    message:
      `${claim} from ${say(10 ** rise.baseline)} to ${say(10 ** rise.level)}, ` +
      `x${say(10 ** decades)}, since ${sayWhen(facts, at)}${steady ? ', and keeps growing' : ''}${loss}` +
      `${movers.length > 0 ? `; ${sayNames(movers)} moved first` : ''}.`,
    evidence: {
      ratio: 10 ** decades,
      baseline: 10 ** rise.baseline,
      norm: 10 ** rise.level,
      ...(progress === null
        ? {}
        : { lossStart: progress.start, lossBest: progress.best, lossEnd: progress.end }),
    },
    remedies: steady
      ? ['zero-grad', 'clip-grad-norm', 'lower-lr', 'lr-warmup', 'weight-decay']
      : ['clip-grad-norm', 'lower-lr', 'lr-warmup', ...recurrentRemedies(facts)],
    parameters: movers.length > 0 ? movers : layersThatRose(facts, last.step),
    series: [...norm.series],
  };
}

/** A norm that keeps climbing after its rise, as when gradients add up; a jump to a new level does not. */
function climbs(facts: RunFacts, window: number): boolean {
  return steadiness(facts.normLevels.subarray(window)) >= CLIMBING;
}

/** Growth that began with the run and never paused. */
function growsAllAlong({ normLevels }: RunFacts, window: number): boolean {
  return window <= EARLY * normLevels.length && steadiness(normLevels) >= ADDING_UP;
}

/** Share of the windows from one on whose loss is far above that of the untrained model. */
function shareOverStart({ lossLevels }: RunFacts, window: number, start: number): number {
  const since = lossLevels.subarray(window).filter((level) => !Number.isNaN(level));
  return since.filter((level) => level >= OVER_START * start).length / Math.max(1, since.length);
}

/** Highest loss of the windows from one on. */
function highestSince({ lossLevels }: RunFacts, window: number): number {
  return Math.max(...lossLevels.subarray(window).filter((level) => !Number.isNaN(level)));
}

/** Median loss of the windows up to a time, the best of what the run had reached. */
function lossLevelBefore(facts: RunFacts, time: number): number {
  const levels = facts.lossLevels.filter(
    (level, w) => !Number.isNaN(level) && (facts.windows[w] ?? 0) <= time,
  );
  return levels.length > 0 ? median(levels.slice(-5)) : (facts.progress?.start ?? Number.NaN);
}

/** Those that stay above their own level; where none does, those that stand out at the end. */
function layersThatRose(facts: RunFacts, step: number): readonly string[] {
  const risen = facts.tracks.filter(({ level }) => lastingRise(level, RISE_DECADES / 2) !== null).map(nameOf);
  return risen.length > 0 ? risen : layersThatJumped(facts, step);
}

/** Layers that left their own level at the earliest window, if not all did so together. */
function firstToMove(facts: RunFacts, at: Moment): readonly string[] {
  const starts = facts.tracks.map((track) => {
    const rise = lastingRise(track.level, RISE_DECADES);
    return rise === null ? Number.POSITIVE_INFINITY : rise.window;
  });
  const first = Math.min(...starts, Number.POSITIVE_INFINITY);
  if (!Number.isFinite(first) || (facts.windows[first] ?? 0) > at.time + 1e-9 + Math.abs(at.time)) {
    return [];
  }
  const movers = facts.tracks.filter((_, i) => starts[i] === first).map(nameOf);
  return movers.length <= facts.tracks.length / 2 ? movers : [];
}
