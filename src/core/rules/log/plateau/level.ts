import type { RemedyId } from '../../../remedies/remedy';
import type { RunFacts } from '../../../run/facts';
import { firstRowWhere } from '../../../run/factsLossLevel';
import { layersThatFell } from '../../../run/factsMovers';
import type { Progress } from '../../../run/factsProgress';
import { type Curve, type Moment, momentOf } from '../../../run/factsTimeline';
import { median } from '../../../run/stats';
import { type Incident, say, sayWhen } from '../incident';
import { classesAtLevel } from './chance';
import { highestRate, isFineTuning, SUSPECT_RATE } from './rate';
import { levelStretch, type Stretch } from './stretch';

/** Learning the mean of the targets (the marginal of the classes) is worth up to about this much of the initial loss. */
const LITTLE = 0.2;
/** A fifth: the noise of batches of 32 alone keeps a norm at about 1 / sqrt(32) of a gradient all examples agree on. */
const NORM_FALL_DECADES = 0.7;
/** Without a fallen norm only a loss that did not move at all is stuck. */
const NOTHING = 0.03;
/** As in {@link Progress}: below this no improvement is one. */
const NONE = 0.1;
/** Two standard errors on the side of doubt. */
const DOUBT = 2;
/** Where rows scatter more than this around an unmoved level, the first row says nothing and the whole course must. */
const BLURRED = 0.05;
/** The first row is one batch: so much of it is granted to luck. */
const SLACK = 0.01;
/** Rows that scatter more than this are ruled by how hard each batch is (denoising at random levels): a level says nothing. */
const LOUD = 0.35;
/** The standard error of a median is 1.25 that of a mean. */
const OF_MEDIAN = 1.25;
/** A log that begins at a later step continues an older run, whose loss fell before. */
const LATE_START = 0.1;
const UNMOVED = 0.01;
/** Steps shake the outputs around equal chances, which costs a little. */
const SHAKEN = 0.01;
/** Outputs of a fresh classifier are small, not zero: its first loss lies a few per cent off that of equal chances, or up to a tenth above. */
const NEAR_CHANCE = 0.05;

/** A loss that settled early, close to where it began, and stays. */
export function levelLoss(facts: RunFacts, loss: Curve): Incident | null {
  const stay = stayOf(facts, loss);
  if (stay === null) {
    return null;
  }
  const { evidence, stretch, at, fall } = stay;
  const { progress, rested } = evidence;
  const severity = stretch.creeps ? severityOfCreeping(evidence) : severityOf(facts, evidence);
  if (severity === null) {
    return null;
  }
  return {
    severity,
    at,
    end: null,
    message:
      `The loss is stuck at ${say(progress.end)} since ${sayWhen(facts, at)}, ${sayChange(progress)} its start of ` +
      `${say(progress.start)}${sayChance(evidence.classes)}${sayNorm(fall, rested)}${sayZeroNorm(facts)}.`,
    evidence: {
      lossStart: progress.start,
      lossEnd: progress.end,
      improvement: progress.improvement,
      improvementAtMost: evidence.gain,
      shareOfRun: stretch.share,
      ...(evidence.classes === null ? {} : { classesAtChance: evidence.classes }),
      ...(Number.isNaN(fall) ? {} : { normFall: 10 ** -fall }),
      ...(isZeroNorm(facts) ? { zeroNorm: 1 } : {}),
    },
    remedies: remediesFor(facts, evidence),
    parameters: rested ? layersThatFell(facts, NORM_FALL_DECADES) : [],
    series: [...loss.series, ...(rested && !facts.normIsSummed ? (facts.norm?.series ?? []) : [])],
  };
}

interface Stay {
  readonly evidence: Level;
  readonly stretch: Stretch;
  readonly at: Moment;
  /** Decades by which the norm fell; NaN without one. */
  readonly fall: number;
}

function stayOf(facts: RunFacts, loss: Curve): Stay | null {
  const { progress } = facts;
  if (
    progress === null ||
    progress.verdict === 'unknown' ||
    !(progress.improvement < LITTLE) ||
    progress.end > progress.start * (1 + NONE) + DOUBT * progress.noise
  ) {
    return null;
  }
  const fall = normFall(facts);
  const rested = fall >= NORM_FALL_DECADES;
  const stretch = levelStretch(facts, progress.verdict === 'stuck' && rested);
  if (stretch === null || progress.noise > LOUD * progress.end) {
    return null;
  }
  const evidence: Level = {
    progress,
    rested,
    gain: gainAtMost(facts, loss, progress),
    drift: driftAtMost(facts, loss, progress),
    classes: chanceOf(facts.lossLevels, loss.length, progress),
  };
  const index = firstRowWhere(
    loss,
    facts.windows[stretch.window] ?? 0,
    (value) => Math.abs(value - progress.end) <= stretch.narrow,
  );
  return { evidence, stretch, at: momentOf(loss, index), fall };
}

interface Level {
  readonly progress: Progress;
  /** The norm fell to a fifth of its start. */
  readonly rested: boolean;
  /** What the loss may have gained, as a share of its start, on the side of doubt. */
  readonly gain: number;
  /** The same from the first third of the run to the last alone. */
  readonly drift: number;
  /** The loss began and stayed at that of so many equally likely classes. */
  readonly classes: number | null;
}

function severityOf(
  facts: RunFacts,
  { progress, rested, gain, drift, classes }: Level,
): 'warning' | 'info' | null {
  // Where no parameter ever got a gradient, whatever seems gained is the luck of batches.
  if (progress.verdict === 'stuck' && neverAGradient(facts)) {
    return 'warning';
  }
  const isSuspect =
    rested &&
    !isFineTuning(facts) &&
    (isSurelyStuck(progress) || highestRate(facts) >= SUSPECT_RATE) &&
    gain < LITTLE + NONE;
  if (isSuspect) {
    return 'warning';
  }
  if (!rested && startsLate(facts)) {
    return null;
  }
  const claim = isFineTuning(facts) ? 'info' : 'warning';
  if (isBlurred(progress)) {
    // What the first rows seem to be above the rest may be luck, and nothing moved since: at such a rate that is a symptom.
    if (gain >= NONE && highestRate(facts) >= SUSPECT_RATE && drift < NONE && !standsOut(progress)) {
      return 'warning';
    }
    return gain >= NONE ? null : classes === null && !endsAbove(progress) ? 'info' : claim;
  }
  // Unmoved to the last digit, a loss of equal chances is no fine-tuning.
  const isUnmoved = classes !== null && Math.abs(progress.improvement) < UNMOVED;
  return gain < NOTHING || (classes !== null && gain < NONE) ? (isUnmoved ? 'warning' : claim) : null;
}

/** Parameters are logged, and all of them are zero in every row. */
function neverAGradient({ tracks }: RunFacts): boolean {
  return tracks.length > 0 && tracks.every(({ zeros, count }) => zeros === count);
}

/** A slow descent may be a rate too low, or a beginning: worth a word where next to nothing was gained, never a claim. */
function severityOfCreeping({ rested, gain }: Level): 'info' | null {
  return !rested && gain < NOTHING ? 'info' : null;
}

/**
 * Improvement as a share of the start, with standard errors for doubt: the first third of the run held against the last, and
 * the first rows, which a fast beginning may be hidden in, against the end.
 */
function gainAtMost(facts: RunFacts, loss: Curve, progress: Progress): number {
  const noise = (OF_MEDIAN * progress.noise) / Math.max(progress.start, Number.MIN_VALUE);
  return Math.max(
    driftAtMost(facts, loss, progress),
    progress.improvement + noise / Math.sqrt(progress.startRows) - SLACK,
  );
}

function driftAtMost({ lossLevels }: RunFacts, loss: Curve, progress: Progress): number {
  const start = Math.max(progress.start, Number.MIN_VALUE);
  const known = lossLevels.filter((level) => !Number.isNaN(level));
  const third = Math.max(1, Math.floor(known.length / 3));
  const drift = (median(known.subarray(0, third)) - median(known.subarray(-third))) / start;
  const rows = Math.max(1, loss.length / 3);
  return drift + ((DOUBT * OF_MEDIAN * progress.noise) / start) * Math.sqrt(2 / rows);
}

/** Less than a tenth was gained, with a standard error of the first rows for doubt: they are few. */
function isSurelyStuck({ verdict, improvement, noise, start, startRows }: Progress): boolean {
  const luck = (OF_MEDIAN * noise) / Math.max(start, Number.MIN_VALUE) / Math.sqrt(startRows);
  return verdict === 'stuck' && improvement + luck < NONE;
}

/** The first rows lie above the end by more than their luck. */
function standsOut({ start, end, noise, startRows }: Progress): boolean {
  return start - end > (DOUBT * OF_MEDIAN * noise) / Math.sqrt(startRows);
}

/** More than a tenth above its first rows, whatever luck these had. */
function endsAbove({ improvement, noise, start, startRows }: Progress): boolean {
  const luck = (DOUBT * OF_MEDIAN * noise) / Math.max(start, Number.MIN_VALUE) / Math.sqrt(startRows);
  return improvement + luck < -NONE;
}

function isBlurred({ noise, end }: Progress): boolean {
  return noise > BLURRED * end;
}

/** Classes whose equal chances explain the loss from the first row to the last. */
function chanceOf(levels: Float64Array, rows: number, { start, noise }: Progress): number | null {
  const classes = classesAtLevel(median(levels), noise, rows, SHAKEN);
  const chance = Math.log(classes ?? 1);
  const off = start - chance;
  const isNear =
    off >= -(NEAR_CHANCE * chance + DOUBT * noise) &&
    off <= Math.max(NEAR_CHANCE * chance + DOUBT * noise, NONE * chance);
  return classes !== null && isNear ? classes : null;
}

function startsLate(facts: RunFacts): boolean {
  const segment = facts.run.segments[0];
  return (
    segment !== undefined &&
    facts.run.axis.kind === 'step' &&
    segment.firstStep > LATE_START * segment.lastStep
  );
}

/** Decades by which the norm's level fell from the start of the run to its last quarter; NaN without a norm. */
function normFall(facts: RunFacts): number {
  const levels = Array.from(facts.normLevels).filter((level) => !Number.isNaN(level));
  return levels.length < 4
    ? Number.NaN
    : Math.max(...levels.slice(0, 3)) - median(levels.slice(-Math.ceil(levels.length / 4)));
}

function sayChange({ improvement }: Progress): string {
  return improvement < 0 ? `${say(-100 * improvement)} % above` : `${say(100 * improvement)} % below`;
}

function sayChance(classes: number | null): string {
  return classes === null
    ? ''
    : `, which is the cross-entropy of ${classes} equally likely classes: the outputs say nothing about the inputs`;
}

function sayNorm(fall: number, rested: boolean): string {
  return rested && !Number.isNaN(fall)
    ? `; the gradient norm fell to ${say(100 * 10 ** -fall)} % of its start`
    : '';
}

/** The norm of the whole model is logged, and 0 in every row. */
function isZeroNorm({ run, normIsPlaceholder, norm }: RunFacts): boolean {
  return (
    normIsPlaceholder &&
    norm === null &&
    run.series.some(
      ({ kind, parameter, points }) => kind === 'grad-norm' && parameter === null && points.value(0) === 0,
    )
  );
}

function sayZeroNorm(facts: RunFacts): string {
  return isZeroNorm(facts)
    ? '; the logged gradient norm is 0 in every row: nobody measured it, or no gradient leaves the loss'
    : '';
}

/** What the rate and the gradient say about the cause. */
function remediesFor(facts: RunFacts, { rested, classes }: Level): readonly RemedyId[] {
  if (isZeroNorm(facts)) {
    return ['logits-loss', 'he-init', 'batch-norm', 'residual'];
  }
  const rate = highestRate(facts);
  if (rested || rate >= SUSPECT_RATE) {
    return ['lower-lr', 'lr-warmup', 'he-init', 'batch-norm', 'logits-loss'];
  }
  // At a usual rate outputs that never left equal chances get no signal from the inputs: the path is to be repaired.
  return classes !== null && !isFineTuning(facts)
    ? ['logits-loss', 'he-init', 'batch-norm', 'residual', 'raise-lr', 'lower-lr']
    : ['raise-lr', 'logits-loss', 'he-init', 'batch-norm', 'lower-lr'];
}
