import type { RunFacts } from '../../../run/facts';
import { indexAtTime, type Moment, momentOf, type Track } from '../../../run/factsTimeline';
import { type Chain, type DepthFit, nameOf, profileOf } from '../../../run/profile';
import { median } from '../../../run/stats';
import type { Severity } from '../../finding';
import { type Incident, say, sayWhen } from '../incident';
import { EXTREME_DECADES, MANY_DECADES, SOME_DECADES } from './decades';
import { lossEvidence, sayLoss } from './loss';
import { SIGMOID_LOSS, vanishingRemedies } from './remedies';

/** Kendall's tau: four of five pairs of layers in order. Unlike layers side by side (q, k, v, projection) still pass. */
const STEADY = 0.6;
/** Of the windows, how many must show it. A stuck loss with a tenth: an adaptive optimizer revives the gradients while training stays lost. */
const SHARE_STUCK = 0.1;
const SHARE_OTHER = 0.5;

/** Of the limit: so far a profile may fall back between two windows that show it. */
const STILL_THERE = 0.7;

const MOSTLY_ZERO = 0.5;

/** Of the loss at the onset: the rest of the run gained less than a tenth. */
const STOPPED = 0.9;
const FEWEST_WINDOWS = 4;
const FIRST_SHARE = 0.1;
/** Standard errors, on the side of doubt. */
const DOUBT = 2;
/** Of the initial loss: a run that gained so much trains, whatever its norms. */
const TRAINED = 0.9;

const RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2, hint: 3 };

interface Symptom {
  readonly chain: Chain;
  readonly severity: Severity;
  readonly onset: number;
  readonly share: number;
  /** Of the window with the median drop. */
  readonly fit: DepthFit;
}

/** The chain of layers along which the gradient vanishes worst. */
export function overDepth(facts: RunFacts): Incident | null {
  const [worst] = facts.chains
    .map((chain) => judgeChain(facts, chain))
    .filter((symptom) => symptom !== null)
    .sort((a, b) => RANK[a.severity] - RANK[b.severity] || b.fit.decades - a.fit.decades);
  return worst === undefined ? null : depthIncident(facts, worst);
}

function judgeChain(facts: RunFacts, chain: Chain): Symptom | null {
  const { fits } = chain;
  const known = fits.filter((fit) => !Number.isNaN(fit.decades));
  const holds = (fit: DepthFit | undefined): boolean =>
    fit !== undefined &&
    fit.decades >= SOME_DECADES &&
    (fit.steadiness >= STEADY || fit.steadinessOfBiases >= STEADY);
  const holding = known.filter(holds);
  if (holding.length === 0) {
    return null;
  }
  const sorted = [...holding].sort((a, b) => a.decades - b.decades);
  const fit = sorted[sorted.length >> 1];
  const first = fits.findIndex((candidate, window) => holds(candidate) && lasts(fits, window, holds));
  if (fit === undefined || first < 0) {
    return null;
  }
  const onset = beginning(chain, first);
  const share = holding.length / known.length;
  const severity = severityOf(facts, fit, share) ?? sinceOnset(facts, onset, share);
  return severity === null ? null : { chain, severity, onset, share, fit };
}

/** A profile that sways around the limit began where it was last well below; an input layer at 0 is no way back. */
function beginning({ fits, members }: Chain, first: number): number {
  let onset = first;
  for (let window = first - 1; window >= 0; window--) {
    const decades = fits[window]?.decades ?? Number.NaN;
    if (decades < SOME_DECADES * STILL_THERE) {
      break;
    }
    const isZero = (members[0]?.zeroShare[window] ?? 0) >= MOSTLY_ZERO;
    onset = Number.isNaN(decades) && !isZero ? onset : window;
  }
  return onset;
}

/** The next windows show it too (or there are none): one odd window is no onset. */
function lasts(fits: readonly DepthFit[], window: number, holds: (fit: DepthFit) => boolean): boolean {
  const next = fits
    .slice(window + 1)
    .filter((fit) => !Number.isNaN(fit.decades))
    .slice(0, 2);
  return next.every(holds);
}

function severityOf(facts: RunFacts, fit: DepthFit, share: number): Severity | null {
  const { decades } = fit;
  const many = decades >= MANY_DECADES && share >= SHARE_OTHER;
  const extreme = decades >= EXTREME_DECADES && share >= SHARE_OTHER;
  switch (facts.progress?.verdict) {
    case 'stuck':
      return share < SHARE_STUCK ? null : many ? 'error' : 'warning';
    case 'little':
      return many ? 'warning' : null;
    case 'learning':
      return extreme ? (restedAtOnce(facts) ? 'warning' : 'info') : null;
    case 'unknown':
      return extreme ? 'warning' : null;
    default:
      // Without a loss, fewer decades are worth a word when every layer loses more than a saturated sigmoid would.
      return many ? 'warning' : 10 ** -fit.perLayer < SIGMOID_LOSS && share >= SHARE_OTHER ? 'info' : null;
  }
}

/**
 * All that was gained was gained in the first tenth of the run, and not nearly everything: the bias of the output learns the mean of
 * the targets in a few steps, whatever else learns.
 */
export function restedAtOnce({ lossLevels, progress }: RunFacts): boolean {
  const known = lossLevels.filter((level) => !Number.isNaN(level));
  const tenth = Math.max(1, Math.ceil(known.length * FIRST_SHARE));
  const early = known.subarray(tenth, Math.max(tenth + FEWEST_WINDOWS - 1, 2 * tenth));
  const late = known.subarray(-Math.ceil(known.length / 3));
  const luck = (DOUBT * (progress?.noise ?? 0)) / Math.sqrt(Math.max(1, early.length));
  const [before, end] = [median(early), median(late)];
  return (
    known.length >= 2 * FEWEST_WINDOWS &&
    before - end <= Math.max((1 - STOPPED) * before, luck) &&
    end >= (1 - TRAINED) * (progress?.start ?? Number.NaN)
  );
}

/** A profile that came later, with a loss that had been falling and stopped there, far from done. */
function sinceOnset(facts: RunFacts, onset: number, share: number): Severity | null {
  const { lossLevels, progress } = facts;
  const before = median(lossLevels.subarray(Math.max(0, onset - 2), onset + 1));
  const known = lossLevels.subarray(onset).filter((level) => !Number.isNaN(level));
  const isStill = progress?.verdict === 'little' && progress.end >= STOPPED * before;
  return onset > 0 && known.length >= FEWEST_WINDOWS && share >= SHARE_OTHER && isStill ? 'warning' : null;
}

function depthIncident(facts: RunFacts, symptom: Symptom): Incident {
  const { chain, fit } = symptom;
  const names = chain.members.map(nameOf);
  const affected = names.filter(
    (_, i) => (fit.levels[i] ?? Number.POSITIVE_INFINITY) <= fit.output - SOME_DECADES,
  );
  const source = chain.members[0];
  const at = source === undefined ? ZERO : startOfWindow(facts, source, symptom.onset);
  const perLayer = 10 ** -fit.perLayer;
  const first = names[0] ?? '';
  const last = names[names.length - 1] ?? '';
  const norms = fit.levels.map((level) => 10 ** level);
  const firstNorm = norms.find((norm) => !Number.isNaN(norm)) ?? Number.NaN;
  const outputNorm = 10 ** fit.output;
  return {
    severity: symptom.severity,
    at,
    end: null,
    message:
      `Gradients vanish toward the input: the norm of ${first} is ${say(firstNorm)}, ${say(firstNorm / outputNorm)} of that of ${last}, ` +
      `since ${sayWhen(facts, at)} (decay x${say(perLayer)} per layer over ${names.length} layers)${sayLoss(facts)}.`,
    evidence: {
      ratio: firstNorm / outputNorm,
      decades: fit.decades,
      decadesPerLayer: fit.perLayer,
      layers: names.length,
      firstNorm,
      lastNorm: outputNorm,
      shareOfRun: symptom.share,
      profile: profileOf(fit),
      profileFirst: first,
      profileLast: last,
      ...lossEvidence(facts),
    },
    remedies: vanishingRemedies(facts, fit, names),
    parameters: affected.length > 0 ? affected : names.slice(0, 1),
    series: chain.members.map((member) => member.series.id),
  };
}

function startOfWindow(facts: RunFacts, track: Track, window: number): Moment {
  if (window === 0) {
    return track.first;
  }
  const { points } = track.series;
  const curve = facts.norm;
  if (curve !== null) {
    return momentOf(curve, Math.min(curve.length - 1, indexAtTime(curve, facts.windows[window] ?? 0)));
  }
  return { time: 0, step: points.step(0), line: points.line(0) };
}

const ZERO: Moment = { time: 0, step: 0, line: 1 };
