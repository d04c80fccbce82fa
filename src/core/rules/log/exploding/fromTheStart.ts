import type { RunFacts } from '../../../run/facts';
import { roleOf } from '../../../run/factsNames';
import { type Curve, indexAtTime, momentOf } from '../../../run/factsTimeline';
import { jumpiness } from '../../../run/jumpiness';
import { nameOf } from '../../../run/profile';
import { median } from '../../../run/stats';
import { nonFiniteRows } from '../../../run/stretches';
import { type Incident, recurrentRemedies, say, sayWhen } from '../incident';
import { largestLayers } from './largestLayers';
import { TRAINED } from './overDepth';

/** First-order change of the loss in one step, over the initial loss. Sound training stays near or below 1. */
const STEP_EFFECT = 100;
/** And the norm itself over the loss, which rules out optimizers whose rate of 1.0 is no step size (Adadelta, Prodigy). */
const NORM_OVER_LOSS = 1e3;
/** Without a logged rate: norm over loss, with a norm that jumps from row to row, as chaotic gradients do. */
const NORM_OVER_LOSS_ALONE = 1e3;
/** log10 1.6: full-batch and large-batch norms change by a few per cent from row to row. */
const CHAOTIC_JUMPS = 0.2;
/** log10 2: beyond what the batches of such runs make of their norms. */
const VERY_CHAOTIC_JUMPS = 0.3;
/** Rows a first step can be seen in, and how far the norm must have fallen since: it is no level but a blow. */
const FIRST_ROWS = 3;
const FELL_BACK = 100;
/** Cross-entropy over N classes starts near ln N (13 for 500,000 tokens); even summed over 700 tokens it stays below this. */
const TOKEN_LOSS = 1e4;
/** A loss that came down to the size of one token's is over it. */
const TOKEN_LOSS_END = 20;

/** A norm too large from the first row on for any baseline of its own: judged by what one step does to the loss. */
export function fromTheStart(facts: RunFacts, norm: Curve): Incident | null {
  const { progress, lossRole } = facts;
  if (
    progress === null ||
    lossRole !== 'minimised' ||
    !(progress.start > 0) ||
    facts.lossScaleCurve !== null
  ) {
    return null;
  }
  const at = momentOf(norm, 0);
  const finite = facts.normLevels.filter((level) => !Number.isNaN(level));
  const level = 10 ** median(finite);
  const overLoss = level / progress.start;
  const words = facts.tracks.some((track) => roleOf(nameOf(track)) === 'embedding');
  const shared = {
    at,
    end: null,
    parameters: largestLayers(facts),
    series: [...norm.series],
  };
  const numbers = { norm: level, normOverLoss: overLoss, lossStart: progress.start, lossEnd: progress.end };
  if (words && progress.start >= TOKEN_LOSS && progress.end >= TOKEN_LOSS_END) {
    return {
      ...shared,
      severity: 'warning',
      message:
        `Gradients explode from ${sayWhen(facts, at)}: the loss starts at ${say(progress.start)} with a gradient norm of ` +
        `${say(norm.value[0] ?? level)}. A loss over tokens starts near ln(classes), at most 13: unless this is a regression ` +
        'on large targets, the initial outputs are far too large.',
      evidence: numbers,
      remedies: ['scaled-init', 'xavier-init', 'orthogonal-init', 'layer-norm'],
    };
  }
  if (progress.improvement >= TRAINED) {
    return null;
  }
  // Rows of infinity beside a finite loss are overflows of a loss scale, which then is in the norm as well, or may be.
  if (nonFiniteRows.of(norm).total > 0) {
    return null;
  }
  const first = Math.max(...norm.value.slice(0, FIRST_ROWS));
  if (
    progress.verdict !== 'learning' &&
    first >= NORM_OVER_LOSS * progress.start &&
    first >= FELL_BACK * level
  ) {
    return {
      ...shared,
      severity: progress.verdict === 'stuck' ? 'error' : 'warning',
      message:
        `Gradients explode in the first rows: the norm is ${say(first)} at ${sayWhen(facts, at)}, ${say(first / progress.start)} times the loss, and ${say(level)} ` +
        `afterwards. The first steps threw the weights to where the loss ${progress.verdict === 'stuck' ? 'does not improve' : 'hardly improves'} (${say(progress.start)} to ${say(progress.end)}).`,
      evidence: { ...numbers, normFirst: first, ratio: first / level },
      remedies: [
        'clip-grad-norm',
        'orthogonal-init',
        'xavier-init',
        ...recurrentRemedies(facts),
        'lr-warmup',
      ],
    };
  }
  const effects = stepEffects(facts, norm, progress.start);
  const effect = median(effects);
  const jumps = jumpiness(norm);
  const byRate = effect >= STEP_EFFECT && overLoss >= NORM_OVER_LOSS;
  const atFirst = median(effects.slice(0, Math.ceil(effects.length / 4)));
  if (!byRate && atFirst >= STEP_EFFECT && overLoss >= NORM_OVER_LOSS) {
    return {
      ...shared,
      // A loss scale makes a norm large, not chaotic.
      severity: progress.verdict === 'learning' && !(jumps >= VERY_CHAOTIC_JUMPS) ? 'info' : 'warning',
      message:
        `The gradient norm is very large from ${sayWhen(facts, at)} on: at first, one step at the logged rate would change the loss by ` +
        `${say(atFirst)} times its initial ${say(progress.start)}${jumps >= VERY_CHAOTIC_JUMPS ? `, and it jumps x${say(10 ** jumps)} from row to row` : ''}. It is ${say(10 ** (finite.at(-1) ?? Number.NaN))} at the end, and the loss went to ${say(progress.end)}. ` +
        'Either gradients explode through the initial weights, or the norm was logged before unscaling.',
      evidence: { ...numbers, stepEffect: atFirst, jumpDecades: jumps },
      remedies: ['scaled-init', 'orthogonal-init', 'xavier-init', ...recurrentRemedies(facts), 'unscale'],
    };
  }
  const byJumps =
    Number.isNaN(effect) &&
    overLoss >= NORM_OVER_LOSS_ALONE &&
    jumps >= CHAOTIC_JUMPS &&
    progress.verdict !== 'learning';
  if (!byRate && !byJumps) {
    return null;
  }
  const measure = byRate
    ? `one step at the logged rate would change the loss by ${say(effect)} times its initial ${say(progress.start)}`
    : `${say(overLoss)} times the initial loss, jumping x${say(10 ** jumps)} from row to row`;
  return {
    ...shared,
    severity: progress.verdict === 'stuck' ? 'error' : 'warning',
    message:
      `Gradients explode from ${sayWhen(facts, at)} on: the norm is ${say(level)} throughout; ${measure}; ` +
      `the loss only went from ${say(progress.start)} to ${say(progress.end)}.`,
    evidence: { ...numbers, ...(byRate ? { stepEffect: effect } : {}), jumpDecades: jumps },
    // Clipping does not help where the forward pass itself is chaotic: the initialisation is to be repaired.
    remedies: ['orthogonal-init', 'xavier-init', ...recurrentRemedies(facts), 'clip-grad-norm', 'lower-lr'],
  };
}

/** Rate x norm / initial loss in each window; empty when no rate is logged. */
function stepEffects(facts: RunFacts, norm: Curve, lossStart: number): Float64Array {
  const { lrCurve } = facts;
  if (lrCurve === null) {
    return new Float64Array(0);
  }
  return facts.normLevels.map((level, window) => {
    const index = Math.min(
      lrCurve.length - 1,
      indexAtTime(lrCurve, Math.max(facts.windows[window] ?? 0, norm.time[0] ?? 0)),
    );
    return ((lrCurve.value[index] ?? Number.NaN) * 10 ** level) / lossStart;
  });
}
