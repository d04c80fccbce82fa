import type { RemedyId } from '../../../remedies/remedy';
import type { RunFacts } from '../../../run/facts';
import { roleOf } from '../../../run/factsNames';
import { indexAtTime, type Moment, momentOf, type Track } from '../../../run/factsTimeline';
import { type Chain, type DepthFit, nameOf, profileOf } from '../../../run/profile';
import type { Severity } from '../../finding';
import { type Incident, looksRecurrent, say, sayWhen } from '../incident';
import { sayLoss } from '../vanishing/loss';

/** A run that reached a tenth of its initial loss trains, whatever its norms. */
export const TRAINED = 0.9;
/** Half the loss: more than marginals. */
const LEARNED = 0.5;
/** Healthy networks with shared weights and shrinking feature maps reach one decade from last to first layer; AUTOTRAINER's explosion ratio is 70. */
const DEPTH_DECADES = 1.5;
/** Once there, it lasts while it is above what healthy networks show. */
const DEPTH_LASTING_DECADES = 1;
const DEPTH_STEADY = 0.7;
/** log10 1.4: sqrt 2, a weight variance twice what keeps the norm, a layer. */
const DEPTH_PER_LAYER = 0.146;
const DEPTH_FEWEST_LAYERS = 5;
const DEPTH_FEW_DECADES = 2;
/** So much from output to input needs no steady slope and no five layers: the mirror image of vanishing. */
const DEPTH_EXTREME_DECADES = 3;
const DEPTH_SHARE = 0.5;
/** From about 20 normalised layers on their own growth passes the limit. */
const NORMALISED_DEPTH = 20;

/** The norm grows layer by layer toward the input, in most of the run. */
export function overDepth(facts: RunFacts): Incident | null {
  if (gained(facts) >= TRAINED) {
    return null;
  }
  const grows = (fit: DepthFit): boolean =>
    growsTowardInput(fit) || (facts.progress?.verdict === 'stuck' && growsOverFew(fit));
  for (const chain of facts.chains) {
    const { fits } = chain;
    const known = fits.filter((fit) => !Number.isNaN(fit.decades));
    const holding = known.filter(grows);
    const onset = fits.findIndex(grows);
    const lasting = known.filter(
      (fit) => growth(fit) >= DEPTH_LASTING_DECADES && fit.steadiness <= -DEPTH_STEADY,
    );
    const fit = [...holding].sort((a, b) => growth(a) - growth(b))[holding.length >> 1];
    if (fit === undefined || lasting.length < known.length * DEPTH_SHARE) {
      continue;
    }
    return depthIncident(facts, chain, fit, onset, lasting.length / known.length);
  }
  return null;
}

/** Share of the initial loss that the run gained at its best: what came later is no work of a profile it trained through. */
function gained({ progress }: RunFacts): number {
  return progress === null || !(progress.start > 0) ? 0 : (progress.start - progress.best) / progress.start;
}

function severityOf(facts: RunFacts, decades: number): Severity {
  if (facts.progress === null) {
    // Kernels see four times as many positions before each halving of a picture: alone, such a profile is a fact.
    return decades >= DEPTH_EXTREME_DECADES ? 'warning' : 'info';
  }
  return facts.progress.verdict === 'stuck' && gained(facts) < LEARNED ? 'error' : 'warning';
}

function growsTowardInput(fit: DepthFit): boolean {
  if (isExtreme(fit)) {
    return true;
  }
  return (
    fit.levels.length >= DEPTH_FEWEST_LAYERS &&
    growth(fit) >= DEPTH_DECADES &&
    fit.steadiness <= -DEPTH_STEADY &&
    fit.perLayer <= -DEPTH_PER_LAYER
  );
}

/** Three or four layers show a slope only where each has far more than the next: the mirror image of vanishing. */
function growsOverFew(fit: DepthFit): boolean {
  return (
    fit.levels.length < DEPTH_FEWEST_LAYERS &&
    growth(fit) >= DEPTH_FEW_DECADES &&
    fit.steadiness <= -DEPTH_STEADY
  );
}

function isExtreme(fit: DepthFit): boolean {
  return fit.decades <= -DEPTH_EXTREME_DECADES;
}

/** Decades from the last layer to the first along the fitted line, which no single odd layer can move. */
function growth(fit: DepthFit): number {
  return -fit.perLayer * (fit.levels.length - 1);
}

function depthIncident(facts: RunFacts, chain: Chain, fit: DepthFit, onset: number, share: number): Incident {
  const names = chain.members.map(nameOf);
  const at = startOf(facts, chain.members[0], onset);
  const affected = names.filter((_, i) => (fit.levels[i] ?? Number.NEGATIVE_INFINITY) >= fit.output + 1);
  const severity = severityOf(facts, growth(fit));
  const known = fit.levels.filter((level) => !Number.isNaN(level));
  const first = 10 ** (known[0] ?? Number.NaN);
  const last = 10 ** (known[known.length - 1] ?? Number.NaN);
  return {
    severity,
    at,
    end: null,
    message:
      `Gradients explode toward the input: the norm of ${names[0]} is ${say(first)}, ${say(first / last)} times that of ` +
      `${names[names.length - 1]}, since ${sayWhen(facts, at)} (x${say(10 ** -fit.perLayer)} per layer over ${names.length} layers)${sayLoss(facts)}.`,
    evidence: {
      ratio: first / last,
      decades: growth(fit),
      decadesPerLayer: -fit.perLayer,
      layers: names.length,
      firstNorm: first,
      lastNorm: last,
      shareOfRun: share,
      profile: profileOf(fit),
      ...(facts.progress === null ? {} : { lossStart: facts.progress.start, lossEnd: facts.progress.end }),
    },
    // Growth with depth comes from the weights: clipping and lower rates were measured not to repair it.
    remedies: remediesFor(facts, fit),
    parameters: affected.length > 0 ? affected : names.slice(0, 1),
    series: chain.members.map((member) => member.series.id),
  };
}

function remediesFor(facts: RunFacts, fit: DepthFit): readonly RemedyId[] {
  if (looksRecurrent(facts)) {
    return ['orthogonal-init', 'xavier-init', 'gru', 'lstm'];
  }
  // Batch normalisation takes the size out of the weights and multiplies gradients by about 1.21 a layer (Yang et al. 2019): no
  // initialisation helps, a path around the layers does.
  const isNormalised = facts.tracks.some((track) => roleOf(nameOf(track)) === 'normalisation');
  return isNormalised && fit.levels.length > NORMALISED_DEPTH
    ? ['residual', 'layer-norm', 'orthogonal-init', 'scaled-init']
    : ['xavier-init', 'orthogonal-init', 'he-init', 'scaled-init'];
}

function startOf(facts: RunFacts, track: Track | undefined, window: number): Moment {
  if (window <= 0 || facts.norm === null) {
    return track?.first ?? { time: 0, step: 0, line: 1 };
  }
  const index = Math.min(facts.norm.length - 1, indexAtTime(facts.norm, facts.windows[window] ?? 0));
  return momentOf(facts.norm, index);
}
