import type { RunFacts } from '../../../run/facts';
import { roleOf } from '../../../run/factsNames';
import { nameOf } from '../../../run/profile';
import { median } from '../../../run/stats';
import { type Incident, say, sayWhen } from '../incident';
import { earliestSilence, improvesAfter } from './silence';

const FEWEST_ROWS = 3;
const FEWEST_WEIGHTS = 2;

/**
 * Only weight matrices are logged, and none ever gets a gradient, while the loss moves or not: what learns, if anything, are
 * the biases that are not logged. Zeros come into every layer, and zeros go back.
 */
export function everyWeightDead(facts: RunFacts): Incident | null {
  const { tracks, progress } = facts;
  const [first] = tracks;
  const dead = tracks.every(
    (track) =>
      roleOf(nameOf(track)) === 'weight' && track.zeros === track.count && track.count >= FEWEST_ROWS,
  );
  if (first === undefined || tracks.length < FEWEST_WEIGHTS || !dead) {
    return null;
  }
  if (progress?.verdict !== 'stuck' && progress?.verdict !== 'little') {
    return null;
  }
  const names = tracks.map(nameOf);
  return {
    severity: progress.verdict === 'stuck' ? 'error' : 'warning',
    at: first.first,
    end: null,
    message:
      `Dead layers: no weight matrix gets any gradient, all ${tracks.length} are logged as 0 from ${sayWhen(facts, first.first)} to the end ` +
      `(loss ${say(progress.start)} to ${say(progress.end)}). If they are exactly 0, ReLUs are negative for every input from the start, weights are all zero or the output is saturated; ` +
      'if only few decimals are printed, they may have vanished below the last: log more digits, and the biases, which tell whether the output still learns.',
    evidence: {
      deadLayers: tracks.length,
      livingLayers: 0,
      lossStart: progress.start,
      lossEnd: progress.end,
    },
    // From the first row on no rate has done it: the initial weights and biases have.
    remedies: ['he-init', 'layer-norm', 'batch-norm', 'leaky-relu', 'lower-lr'],
    parameters: names,
    series: tracks.map((track) => track.series.id),
  };
}

/** Decades of the whole norm above what the log can print, where biases that are not logged keep it up. */
const ABOVE_ROUNDING = 3;
/** Rows at the end that tell whether the whole still gets a gradient. */
const LAST_ROWS = 5;
/** Of the rows of the layer in the middle. */
const DEAD_SHARE = 0.2;

/**
 * Every logged weight falls to exactly zero for good, the output layer's too, while the norm of the whole does not: it is the gradient
 * of biases that are not logged. What comes into the output layer is zero, and nothing comes back.
 */
export function everyWeightDied(facts: RunFacts): Incident | null {
  const { tracks, norm } = facts;
  const rows = tracks.map(({ zeroRowsAtEnd, count }) => zeroRowsAtEnd / Math.max(1, count));
  const at = earliestSilence(tracks.filter(({ firstNonzero }) => firstNonzero !== null));
  if (
    norm === null ||
    facts.normIsSummed ||
    at === null ||
    tracks.length < FEWEST_WEIGHTS ||
    !tracks.every((track) => roleOf(nameOf(track)) === 'weight' && track.zeroRowsAtEnd >= FEWEST_ROWS) ||
    !(median(rows) >= DEAD_SHARE)
  ) {
    return null;
  }
  const whole = median(norm.value.slice(-LAST_ROWS));
  const isAlive =
    whole > 0 && (facts.decimals === null || Math.log10(whole) >= ABOVE_ROUNDING - facts.decimals);
  if (!isAlive || improvesAfter(facts, at) !== false) {
    return null;
  }
  const names = tracks.map(nameOf);
  return {
    severity: 'error',
    at,
    end: null,
    message:
      `Dead layers: all ${names.length} weight matrices fell to exactly 0 gradient, the first from ${sayWhen(facts, at)} on, and stay there to the end, while the whole model gets ` +
      `${say(whole)} (loss ${say(facts.progress?.start ?? Number.NaN)} to ${say(facts.progress?.end ?? Number.NaN)}): only biases behind the last of them still get one, the units before are off for every input.`,
    evidence: {
      deadLayers: names.length,
      livingLayers: 0,
      norm: whole,
      ...(facts.progress === null ? {} : { lossStart: facts.progress.start, lossEnd: facts.progress.end }),
    },
    // They lived before: a step threw the units off.
    remedies: ['lower-lr', 'batch-norm', 'layer-norm', 'he-init', 'leaky-relu'],
    parameters: names,
    series: tracks.map(({ series }) => series.id),
  };
}
