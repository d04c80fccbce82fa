import type { RemedyId } from '../../remedies/remedy';
import { lastingRise, startOfClimb } from '../../run/baseline';
import type { RunFacts } from '../../run/facts';
import { lastingLossRise } from '../../run/factsLossRise';
import { layersThatJumped } from '../../run/factsMovers';
import { roleOf } from '../../run/factsNames';
import { type Curve, indexAtTime, type Moment, momentOf, type Track } from '../../run/factsTimeline';
import { type Chain, type DepthFit, fitDepth, nameOf, profileOf } from '../../run/profile';
import { median, robustSigma, steadiness } from '../../run/stats';
import type { LogFinding } from '../finding';
import type { LogRule, RuleDoc, RuleMeta } from '../rule';
import { looksRecurrent, say, sayNames, sayWhen, toFinding } from './incident';

const doc: RuleDoc = {
  sees: [
    '**Over time**: the norm rose at least tenfold over the lowest settled level of the run itself, stays there to the end, and the loss got worse, or the norm keeps',
    'climbing while the loss does not improve (gradients that add up). Where no loss can be read, a steady hundredfold is an **info**, ten thousandfold a warning.',
    '**Over depth**: the norm grows steadily toward the input by at least one and a half decades and 1.4 times a layer (or by three decades in any way), in most of the run, and the',
    'loss has not fallen by 90 %. **From the start**: a norm so large that one step of the logged learning rate would, to first order, change the loss by a hundred times its',
    'initial value; without a logged rate a norm of a thousand times the initial loss that jumps by 1.6 from row to row while the loss does not halve; or a loss over',
    'token classes that starts above 10,000. No absolute norm is a symptom.',
  ].join(' '),
  why: 'Each step throws the weights far past where the gradient holds. Training becomes a random walk, or ends in NaN.',
  reference: {
    title: 'Pascanu, Mikolov and Bengio, On the difficulty of training recurrent neural networks (2013)',
    url: 'https://proceedings.mlr.press/v28/pascanu13.html',
  },
  whenWrong: [
    'Norms grow in healthy runs while the loss keeps falling (large models late in training, a head that starts at zero), and in adversarial training.',
    'Large first values that settle are a warm-up. Where a loss scale was not divided out, norms follow it in powers of two.',
  ].join(' '),
  example: [
    'step,loss,grad_norm',
    ...[1.1, 1.2, 1.0, 1.3, 2.9, 8.1, 22, 41, 63, 88, 130, 190].map(
      (norm, i) => `${i * 10},${[0.9, 0.8, 0.7, 0.65, 0.7, 0.9, 1.1, 1.3, 1.2, 1.4, 1.5, 1.6][i]},${norm}`,
    ),
  ].join('\n'),
  better: [
    'step,loss,grad_norm',
    ...[1.1, 1.2, 1.0, 1.3, 1.1, 0.9, 1.0, 0.8, 0.9, 0.7, 0.8, 0.6].map(
      (norm, i) =>
        `${i * 10},${[0.9, 0.8, 0.7, 0.65, 0.6, 0.55, 0.5, 0.46, 0.42, 0.4, 0.38, 0.36][i]},${norm}`,
    ),
  ].join('\n'),
};

const meta: RuleMeta = {
  code: 'GI002',
  name: 'exploding-gradient',
  title: 'Gradients explode',
  severity: 'error',
  subject: 'log',
  remedies: [
    'xavier-init',
    'orthogonal-init',
    'scaled-init',
    'layer-norm',
    'zero-grad',
    'clip-grad-norm',
    'move-clip',
    'lower-lr',
    'lr-warmup',
    'he-init',
    'gru',
    'lstm',
  ],
  doc,
};

/** Tenfold over the own level: what trainproof calls a spike; here it must last. */
const RISE_DECADES = 1;
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
/** Rows a rise must last: two may be a spike. */
const FEWEST_ROWS = 3;

/** Healthy networks with shared weights and shrinking feature maps reach one decade from last to first layer; AUTOTRAINER's explosion ratio is 70. */
const DEPTH_DECADES = 1.5;
/** Once there, it lasts while it is above what healthy networks show. */
const DEPTH_LASTING_DECADES = 1;
const DEPTH_STEADY = 0.7;
/** log10 1.4: sqrt 2, a weight variance twice what keeps the norm, a layer. */
const DEPTH_PER_LAYER = 0.146;
const DEPTH_FEWEST_LAYERS = 5;
/** So much from output to input needs no steady slope and no five layers: the mirror image of vanishing. */
const DEPTH_EXTREME_DECADES = 3;
const DEPTH_SHARE = 0.5;

/** First-order change of the loss in one step, over the initial loss. Sound training stays near or below 1. */
const STEP_EFFECT = 100;
/** And the norm itself over the loss, which rules out optimizers whose rate of 1.0 is no step size (Adadelta, Prodigy). */
const NORM_OVER_LOSS = 1e3;
/** Without a logged rate: norm over loss, with a norm that jumps from row to row, as chaotic gradients do. */
const NORM_OVER_LOSS_ALONE = 1e3;
/** log10 1.6: full-batch and large-batch norms change by a few per cent from row to row. */
const CHAOTIC_JUMPS = 0.2;
/** A run that reached a tenth of its initial loss trains, whatever its norms. */
const TRAINED = 0.9;

/** Cross-entropy over N classes starts near ln N (13 for 500,000 tokens); even summed over 700 tokens it stays below this. */
const TOKEN_LOSS = 1e4;
/** A loss that came down to the size of one token's is over it. */
const TOKEN_LOSS_END = 20;

export const explodingGradient: LogRule = {
  meta,
  check(facts) {
    if (facts.norm === null) {
      return {
        notChecked: facts.normIsPlaceholder
          ? 'the gradient norm is a constant placeholder: nobody measured it'
          : 'no gradient norm is logged',
      };
    }
    const finding = overTime(facts, facts.norm) ?? overDepth(facts) ?? fromTheStart(facts, facts.norm);
    return finding === null ? [] : [finding];
  },
};

function overTime(facts: RunFacts, norm: Curve): LogFinding | null {
  const rise = lastingRise(facts.normLevels, RISE_DECADES);
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
  let severity: 'error' | 'warning' | 'info' = 'warning';
  if (lossCurve !== null && lossRole === 'minimised' && progress !== null) {
    const before = lossLevelBefore(facts, at.time);
    const matters =
      progress.end - before >= Math.max(MATTERS * Math.abs(progress.start), NOISE_SIGMAS * progress.noise);
    const worse =
      (progress.end >= WORSE * before && matters) ||
      lastingLossRise(facts.lossLevels, progress.start) !== null;
    const unimproved = progress.end >= UNIMPROVED * before;
    const accumulates =
      unimproved &&
      climbs(facts, rise.window) &&
      (progress.verdict === 'stuck' || decades >= LARGE_RISE_DECADES);
    if (!worse && !accumulates) {
      return null;
    }
    severity =
      progress.end > progress.start || (worse && decades >= LARGE_RISE_DECADES) ? 'error' : 'warning';
    loss = `, while the loss went from ${say(before)} to ${say(progress.end)}`;
  } else if (decades < LARGE_RISE_DECADES || steadiness(facts.normLevels) < CLIMBING) {
    return null;
  } else {
    severity = decades >= HUGE_RISE_DECADES ? 'warning' : 'info';
  }
  const steady = climbs(facts, rise.window);
  const movers = firstToMove(facts, at);
  const last = momentOf(norm, norm.length - 1);
  return toFinding(meta, facts, {
    severity,
    at,
    end: null,
    message:
      `Gradients explode: the norm rose from ${say(10 ** rise.baseline)} to ${say(10 ** rise.level)}, ` +
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
      ? ['zero-grad', 'clip-grad-norm', 'lower-lr', 'lr-warmup']
      : ['clip-grad-norm', 'lower-lr', 'lr-warmup', ...recurrentRemedies(facts)],
    parameters: movers.length > 0 ? movers : layersThatJumped(facts, last.step),
    series: [...norm.series],
  });
}

/** A norm that keeps climbing after its rise, as when gradients add up; a jump to a new level does not. */
function climbs(facts: RunFacts, window: number): boolean {
  return steadiness(facts.normLevels.subarray(window)) >= CLIMBING;
}

/** Median loss of the windows up to a time, the best of what the run had reached. */
function lossLevelBefore(facts: RunFacts, time: number): number {
  const levels = facts.lossLevels.filter(
    (level, w) => !Number.isNaN(level) && (facts.windows[w] ?? 0) <= time,
  );
  return levels.length > 0 ? median(levels.slice(-5)) : (facts.progress?.start ?? Number.NaN);
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

function overDepth(facts: RunFacts): LogFinding | null {
  if ((facts.progress?.improvement ?? 0) >= TRAINED) {
    return null;
  }
  for (const chain of facts.chains) {
    const fits = Array.from({ length: facts.windows.length - 1 }, (_, window) => fitDepth(chain, window));
    const known = fits.filter((fit) => !Number.isNaN(fit.decades));
    const holding = known.filter(growsTowardInput);
    const onset = fits.findIndex(growsTowardInput);
    const lasting = known.filter(
      (fit) => growth(fit) >= DEPTH_LASTING_DECADES && fit.steadiness <= -DEPTH_STEADY,
    );
    const fit = [...holding].sort((a, b) => growth(a) - growth(b))[holding.length >> 1];
    if (fit === undefined || lasting.length < known.length * DEPTH_SHARE) {
      continue;
    }
    return depthFinding(facts, chain, fit, onset, lasting.length / known.length);
  }
  return null;
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

function isExtreme(fit: DepthFit): boolean {
  return fit.decades <= -DEPTH_EXTREME_DECADES;
}

/** Decades from the last layer to the first along the fitted line, which no single odd layer can move. */
function growth(fit: DepthFit): number {
  return -fit.perLayer * (fit.levels.length - 1);
}

function depthFinding(
  facts: RunFacts,
  chain: Chain,
  fit: DepthFit,
  onset: number,
  share: number,
): LogFinding {
  const names = chain.members.map(nameOf);
  const at = startOf(facts, chain.members[0], onset);
  const affected = names.filter((_, i) => (fit.levels[i] ?? Number.NEGATIVE_INFINITY) >= fit.output + 1);
  const worse = facts.progress?.verdict === 'stuck';
  const known = fit.levels.filter((level) => !Number.isNaN(level));
  const first = 10 ** (known[0] ?? Number.NaN);
  const last = 10 ** (known[known.length - 1] ?? Number.NaN);
  return toFinding(meta, facts, {
    severity: worse ? 'error' : 'warning',
    at,
    end: null,
    message:
      `Gradients explode toward the input: ${names[0]} has ${say(first)}, ${say(first / last)} times ` +
      `${names[names.length - 1]}, since ${sayWhen(facts, at)} (x${say(10 ** -fit.perLayer)} per layer over ${names.length} layers).`,
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
    remedies: looksRecurrent(facts)
      ? ['orthogonal-init', 'xavier-init', 'gru', 'lstm']
      : ['xavier-init', 'orthogonal-init', 'he-init', 'scaled-init'],
    parameters: affected.length > 0 ? affected : names.slice(0, 1),
    series: chain.members.map((member) => member.series.id),
  });
}

function fromTheStart(facts: RunFacts, norm: Curve): LogFinding | null {
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
    return toFinding(meta, facts, {
      ...shared,
      severity: 'warning',
      message:
        `Gradients explode from ${sayWhen(facts, at)}: the loss starts at ${say(progress.start)} with a gradient norm of ` +
        `${say(norm.value[0] ?? level)}. A loss over tokens starts near ln(classes), at most 13: unless this is a regression ` +
        'on large targets, the initial outputs are far too large.',
      evidence: numbers,
      remedies: ['scaled-init', 'xavier-init', 'orthogonal-init', 'layer-norm'],
    });
  }
  if (progress.improvement >= TRAINED) {
    return null;
  }
  const effect = stepEffect(facts, norm, progress.start);
  const jumps = jumpiness(norm);
  const byRate = effect >= STEP_EFFECT && overLoss >= NORM_OVER_LOSS;
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
  return toFinding(meta, facts, {
    ...shared,
    severity: progress.verdict === 'stuck' ? 'error' : 'warning',
    message:
      `Gradients explode from ${sayWhen(facts, at)} on: the norm is ${say(level)} throughout; ${measure}; ` +
      `the loss only went from ${say(progress.start)} to ${say(progress.end)}.`,
    evidence: { ...numbers, ...(byRate ? { stepEffect: effect } : {}), jumpDecades: jumps },
    // Clipping does not help where the forward pass itself is chaotic: the initialisation is to be repaired.
    remedies: ['orthogonal-init', 'xavier-init', ...recurrentRemedies(facts), 'clip-grad-norm', 'lower-lr'],
  });
}

/** Median over the windows of rate x norm / initial loss; NaN when no rate is logged. */
function stepEffect(facts: RunFacts, norm: Curve, lossStart: number): number {
  const { lrCurve } = facts;
  if (lrCurve === null) {
    return Number.NaN;
  }
  const effects = facts.normLevels.map((level, window) => {
    const index = Math.min(
      lrCurve.length - 1,
      indexAtTime(lrCurve, Math.max(facts.windows[window] ?? 0, norm.time[0] ?? 0)),
    );
    return ((lrCurve.value[index] ?? Number.NaN) * 10 ** level) / lossStart;
  });
  return median(effects);
}

/** Robust sigma of log10 norm from one row to the next, over sqrt 2. */
function jumpiness(norm: Curve): number {
  const stride = Math.max(1, Math.floor(norm.length / 512));
  const jumps: number[] = [];
  for (let i = stride; i < norm.length; i += stride) {
    const jump = Math.log10((norm.value[i] ?? 0) / (norm.value[i - 1] ?? 0));
    if (Number.isFinite(jump)) {
      jumps.push(jump);
    }
  }
  return robustSigma(jumps) / Math.SQRT2;
}

function largestLayers(facts: RunFacts): readonly string[] {
  const levels = facts.tracks.map((track) => ({ name: nameOf(track), level: median(track.level) }));
  const top = Math.max(
    ...levels.map(({ level }) => (Number.isNaN(level) ? Number.NEGATIVE_INFINITY : level)),
  );
  return levels.filter(({ level }) => level >= top - 1).map(({ name }) => name);
}

function recurrentRemedies(facts: RunFacts): readonly RemedyId[] {
  return facts.layers.length === 0 || looksRecurrent(facts) ? ['gru', 'lstm'] : [];
}

function startOf(facts: RunFacts, track: Track | undefined, window: number): Moment {
  if (window <= 0 || facts.norm === null) {
    return track?.first ?? { time: 0, step: 0, line: 1 };
  }
  const index = Math.min(facts.norm.length - 1, indexAtTime(facts.norm, facts.windows[window] ?? 0));
  return momentOf(facts.norm, index);
}
