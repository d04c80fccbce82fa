import type { RunFacts } from '../../../run/facts';
import { indexAtTime, momentOf } from '../../../run/factsTimeline';
import { type Chain, nameOf } from '../../../run/profile';
import { median } from '../../../run/stats';
import { type Incident, say, sayWhen } from '../incident';
import { lossEvidence, sayLoss } from './loss';
import { vanishingRemedies } from './remedies';

/** A thirtieth of what the layer got at first, beside the output: healthy profiles drift by less than a decade over a run. */
const FADED_DECADES = 1.5;
/** And none of the layers less than a tenth. */
const EACH_DECADES = 1;
/** A third has left the noise of levels: the onset is where it does for good. */
const LEFT_DECADES = 0.5;
const MOSTLY = 0.9;
/** One layer may have learned what it can; a network that is cut off loses its whole front. */
const FEWEST_LAYERS = 2;
/** The output still gets what it got: with all layers falling alike the run comes to rest. */
const OUTPUT_DECADES = 0.7;
/** Windows at the end that tell a level; at the start, where norms move fast, the fewest do. */
const END_SHARE = 0.1;
const FEWEST_WINDOWS = 3;
/** Twice the windows of both ends, and the way between. */
const FEWEST_KNOWN = 12;
/** Of the loss at the onset. */
const STOPPED = 0.95;

/** Layers at the input that fade beside the output during the run, while the loss stops far from done. */
export function fadesWhileStalled(facts: RunFacts): Incident | null {
  const { progress } = facts;
  if (progress === null || (progress.verdict !== 'stuck' && progress.verdict !== 'little')) {
    return null;
  }
  for (const chain of facts.chains) {
    const faded = fadedFront(chain);
    const window = faded === null ? -1 : onsetOf(chain, faded);
    const before = median(facts.lossLevels.subarray(Math.max(0, window - FEWEST_WINDOWS), window + 1));
    if (faded !== null && window > 0 && progress.end >= STOPPED * before) {
      return incidentOf(facts, chain, faded, window);
    }
  }
  return null;
}

interface Front {
  /** Members from the input on that faded. */
  readonly members: number;
  /** Decades by which they did, beside the output: the median of them. */
  readonly decades: number;
}

function fadedFront({ members, fits }: Chain): Front | null {
  const known = fits.filter(({ decades }) => !Number.isNaN(decades));
  const rows = Math.max(FEWEST_WINDOWS, Math.ceil(END_SHARE * known.length));
  if (known.length < FEWEST_KNOWN) {
    return null;
  }
  const [start, end] = [known.slice(0, FEWEST_WINDOWS), known.slice(-rows)];
  const at = (part: typeof known, member: number | null): number =>
    median(part.map(({ levels, output }) => (member === null ? output : (levels[member] ?? Number.NaN))));
  const output = at(end, null) - at(start, null);
  if (!(Math.abs(output) <= OUTPUT_DECADES)) {
    return null;
  }
  const falls = members.map((_, i) => at(start, i) - at(end, i));
  const kept = falls.findIndex((fall) => !(fall >= EACH_DECADES && fall + output >= EACH_DECADES));
  const decades = median(falls.slice(0, Math.max(0, kept))) + Math.min(0, output);
  return kept >= FEWEST_LAYERS && decades >= FADED_DECADES ? { members: kept, decades } : null;
}

/** First window from which on nearly all stand well below where the run began; -1 when there is none. */
function onsetOf({ fits }: Chain, { members }: Front): number {
  const beside = fits.map(({ levels, output }) => median(levels.slice(0, members)) - output);
  const start = median(beside.filter((level) => !Number.isNaN(level)).slice(0, FEWEST_WINDOWS));
  const isLeft = (level: number): boolean => level <= start - LEFT_DECADES;
  return beside.findIndex((level, window) => {
    const rest = beside.slice(window).filter((one) => !Number.isNaN(one));
    return isLeft(level) && rest.filter(isLeft).length >= MOSTLY * rest.length;
  });
}

function incidentOf(facts: RunFacts, chain: Chain, front: Front, window: number): Incident | null {
  const names = chain.members.map(nameOf);
  const fit = chain.fits.findLast(({ decades }) => !Number.isNaN(decades));
  const clock = facts.norm;
  if (fit === undefined || clock === null) {
    return null;
  }
  const at = momentOf(clock, Math.min(clock.length - 1, indexAtTime(clock, facts.windows[window] ?? 0)));
  return {
    severity: 'warning',
    at,
    end: null,
    message:
      `Gradients fade toward the input: ${names[0]} and ${front.members - 1} more fell to ${say(10 ** -front.decades)} of what they got at first, beside ` +
      `${names[names.length - 1]}, since about ${sayWhen(facts, at)}${sayLoss(facts)}: the layers at the input are cut off from the loss.`,
    evidence: {
      decades: front.decades,
      fadedLayers: front.members,
      layers: names.length,
      ...lossEvidence(facts),
    },
    remedies: vanishingRemedies(facts, fit, names),
    parameters: names.slice(0, front.members),
    series: chain.members.map((member) => member.series.id),
  };
}
