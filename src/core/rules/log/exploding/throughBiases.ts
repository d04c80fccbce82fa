import type { RunFacts } from '../../../run/facts';
import { roleOf } from '../../../run/factsNames';
import type { Track } from '../../../run/factsTimeline';
import { nameOf } from '../../../run/profile';
import { median } from '../../../run/stats';
import { type Incident, isRecurrentName, recurrentRemedies, say, sayNames, sayWhen } from '../incident';
import { sayLoss } from '../vanishing/loss';
import { TRAINED } from './overDepth';

/**
 * Three hundredfold. Biases of healthy networks lie within half a decade of what the output gets; ten layers that each double the
 * variance of the signal make one and a half decades.
 */
const DECADES = 2.5;
/** At the start: later an output that fits the mean of its targets has a bias near zero. */
const FIRST_WINDOWS = 3;
const FEWEST_WINDOWS = 4;

/**
 * A bias gets the backward signal alone, whatever the size of what comes into its layer. One that gets hundreds of times what the
 * output layer does, from the first rows on, stands behind a path that multiplies the gradient: over time in a recurrent cell, or over depth,
 * where biases nearer the output tell of the way.
 */
export function throughBiases(facts: RunFacts): Incident | null {
  const { progress, tracks, lossRole } = facts;
  if (progress === null || lossRole !== 'minimised' || !(progress.improvement < TRAINED)) {
    return null;
  }
  const biases = tracks.filter((track) => roleOf(nameOf(track)) === 'bias');
  const weights = tracks.filter((track) => ['weight', 'unknown'].includes(roleOf(nameOf(track))));
  const [bias, weight] = [biases[biases.length - 1], weights[weights.length - 1]];
  if (bias === undefined || weight === undefined) {
    return null;
  }
  const output = bias.level.map((level, window) => Math.max(level, weight.level[window] ?? Number.NaN));
  const isFar = (track: Track): boolean => {
    const above = track.level
      .map((level, window) => level - (output[window] ?? Number.NaN))
      .filter((one) => !Number.isNaN(one));
    return (
      above.length >= FEWEST_WINDOWS &&
      median(above.subarray(0, FIRST_WINDOWS)) >= DECADES &&
      median(above) >= DECADES
    );
  };
  const [worst] = biases.filter((one) => one !== bias && isFar(one));
  if (worst === undefined) {
    return null;
  }
  // A head of its own that hardly counts in the loss lies as far below all others: the real output is among those then.
  const hasWayBack = biases.some((one) => one !== bias && !isFar(one));
  if (!hasWayBack && !biases.every((one) => one === bias || isOfCell(nameOf(one)))) {
    return null;
  }
  const far = [...biases, ...weights].filter(isFar);
  const names = tracks.filter((track) => far.includes(track)).map(nameOf);
  const [norm, atOutput] = [10 ** median(worst.level), 10 ** median(output)];
  return {
    severity: 'warning',
    at: worst.first,
    end: null,
    message:
      `Gradients explode on the way back from the output: ${nameOf(worst)} gets ${say(norm)}, ${say(norm / atOutput)} times what ${nameOf(weight)} gets, from ` +
      `${sayWhen(facts, worst.first)} on (${sayNames(names)})${sayLoss(facts)}. A bias gets the backward signal alone: no large input explains it.`,
    evidence: {
      norm,
      ratio: norm / atOutput,
      lossStart: progress.start,
      lossEnd: progress.end,
    },
    remedies: ['orthogonal-init', 'xavier-init', ...recurrentRemedies(facts), 'clip-grad-norm', 'layer-norm'],
    parameters: names,
    series: far.map(({ series }) => series.id),
  };
}

/** Hand-written cells are called so. */
function isOfCell(name: string): boolean {
  return isRecurrentName(name) || /(^|[^a-z])cell/i.test(name);
}
