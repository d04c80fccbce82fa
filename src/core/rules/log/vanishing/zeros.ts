import type { RunFacts } from '../../../run/facts';
import { roleOf } from '../../../run/factsNames';
import type { Moment } from '../../../run/factsTimeline';
import { nameOf } from '../../../run/profile';
import { median } from '../../../run/stats';
import { type Incident, say, sayWhen } from '../incident';
import { EXTREME_DECADES, SOME_DECADES } from './decades';
import { lossEvidence, sayLoss } from './loss';

const FEWEST_ZERO_ROWS = 3;
/** A weight's gradient is its bias's times what comes in: a thousandth in every layer is no size that signals have. */
const PLAIN_DECADES = 3;
/** One zero at the input may be a frozen layer. */
const FEWEST_PRINTED_ZEROS = 2;

/** No weight matrix gets any gradient from the start, but a bias does: what comes into every layer is zero or alike. */
export function zeroWeights(facts: RunFacts): Incident | null {
  const weights = facts.tracks.filter((track) => ['weight', 'unknown'].includes(roleOf(nameOf(track))));
  const biases = facts.tracks.filter((track) => roleOf(nameOf(track)) === 'bias');
  const living = biases.filter((track) => track.zeros < track.count);
  const zeroAtStart = weights.filter(
    (track) => (track.zeroShare[0] ?? 0) === 1 && track.zeros >= track.count / 2,
  );
  if (
    weights.length < 2 ||
    zeroAtStart.length < weights.length ||
    living.length === 0 ||
    living.length > Math.max(1, biases.length / 2)
  ) {
    return null;
  }
  const { progress } = facts;
  const level = Math.max(...living.map((track) => median(track.level)).filter((one) => !Number.isNaN(one)));
  // With fixed decimals a printed zero is only small: it must be far below what lives, or the loss must say the rest.
  const decadesAbove = facts.decimals === null ? Number.POSITIVE_INFINITY : level + facts.decimals;
  const clear = decadesAbove >= EXTREME_DECADES || progress?.verdict === 'stuck';
  if (!clear && !(decadesAbove >= PLAIN_DECADES)) {
    return null;
  }
  const at = zeroAtStart[0]?.first ?? ZERO;
  return {
    severity: clear ? 'error' : 'warning',
    at,
    end: zeroAtStart.some((track) => track.firstNonzero === null)
      ? null
      : (zeroAtStart[0]?.firstNonzero ?? null),
    message:
      `No weight matrix gets any gradient: ${weights.length} are exactly 0 from ${sayWhen(facts, at)}, only ` +
      `${nameOf(living[living.length - 1])} gets one (${say(10 ** level)}); weights that are all zero cannot learn, nor can ReLUs that are off for every input${sayLoss(facts)}.`,
    evidence: {
      zeroWeights: weights.length,
      livingBiases: living.length,
      biasNorm: 10 ** level,
      ...lossEvidence(facts),
    },
    remedies: ['xavier-init', 'he-init', 'orthogonal-init'],
    parameters: facts.tracks.filter((track) => track.zeros === track.count).map(nameOf),
    series: zeroAtStart.map((track) => track.series.id),
  };
}

/** All parameters logged, all of them at exactly zero from the start: no gradient leaves the loss. */
export function zeroEverywhere(facts: RunFacts): Incident | null {
  const [first] = facts.tracks;
  const all = facts.tracks.every((track) => track.zeros === track.count && track.count >= FEWEST_ZERO_ROWS);
  // Where nothing but weights is logged, biases may live: see dead-layer.
  const onlyWeights = facts.tracks.every((track) => roleOf(nameOf(track)) === 'weight');
  if (
    first === undefined ||
    !all ||
    onlyWeights ||
    facts.progress === null ||
    facts.progress.verdict !== 'stuck'
  ) {
    return null;
  }
  return {
    severity: 'error',
    at: first.first,
    end: null,
    message:
      `No parameter gets any gradient: all ${facts.tracks.length} are logged as 0 from ${sayWhen(facts, first.first)} on${sayLoss(facts)}: ` +
      'the output is saturated, the graph is cut, the norms are read at the wrong moment (after they were reset), or all are below the last digit that is printed.',
    evidence: { zeroParameters: facts.tracks.length, everywhere: 1, ...lossEvidence(facts) },
    remedies: ['logits-loss', 'xavier-init', 'he-init', 'batch-norm'],
    parameters: facts.tracks.map(nameOf),
    series: facts.tracks.map((track) => track.series.id),
  };
}

/** Layers at the input printed as 0 where decimals are fixed, others two decades above half a unit of the last place. */
export function printedZeros(facts: RunFacts): Incident | null {
  const weights = facts.tracks.filter((track) => ['weight', 'unknown'].includes(roleOf(nameOf(track))));
  const alive = weights.findIndex((track) => track.zeros < track.count);
  const verdict = facts.progress?.verdict;
  const failing = verdict === 'stuck' || verdict === 'little';
  if (facts.decimals === null || !failing || alive < FEWEST_PRINTED_ZEROS) {
    return null;
  }
  const limit = 0.5 * 10 ** -facts.decimals;
  const output = 10 ** Math.max(...weights.slice(-2).map((track) => median(track.level)));
  const [first] = weights;
  if (first === undefined || !(output >= limit * 10 ** SOME_DECADES)) {
    return null;
  }
  const names = weights.slice(0, alive).map(nameOf);
  return {
    // A frozen body under a head that has little to gain looks the same.
    severity: verdict === 'stuck' ? 'warning' : 'info',
    at: first.first,
    end: null,
    message:
      `Gradients vanish toward the input: ${names[0]} and ${alive - 1} more are printed as 0 (below ${say(limit)}) while ` +
      `${nameOf(weights[weights.length - 1])} has ${say(output)}, since ${sayWhen(facts, first.first)}${sayLoss(facts)}${verdict === 'stuck' ? '' : ', unless they are frozen'}. Log more digits to see how far.`,
    evidence: { printedZeros: alive, limit, lastNorm: output, ...lossEvidence(facts) },
    remedies: ['relu', 'he-init', 'xavier-init', 'orthogonal-init', 'residual', 'batch-norm'],
    parameters: names,
    series: weights.map((track) => track.series.id),
  };
}

const ZERO: Moment = { time: 0, step: 0, line: 1 };
