import type { RemedyId } from '../../remedies/remedy';
import type { RunFacts } from '../../run/facts';
import { roleOf } from '../../run/factsNames';
import { type Curve, indexAtTime, type Moment, momentOf, type Track } from '../../run/factsTimeline';
import { type Chain, type DepthFit, fitDepth, nameOf, profileOf } from '../../run/profile';
import { median } from '../../run/stats';
import type { LogFinding, Severity } from '../finding';
import type { LogRule, RuleDoc, RuleMeta } from '../rule';
import { looksRecurrent, say, sayWhen, toFinding } from './incident';

const doc: RuleDoc = {
  sees: [
    'A gradient that falls steadily from the output toward the input: at least two decades (a hundredfold) over the weight matrices, most layers',
    'smaller than the next one, **and** a loss that does not improve by more than 10 %. With at least three decades (AUTOTRAINER calls a first layer below',
    'a thousandth of the last vanishing) a loss that improves by less than half is enough, and without a loss the profile alone. When the loss falls well,',
    'four decades are an **info**. Also: every weight matrix (or every parameter) at exactly zero from the start, layers at the input printed as 0 with fixed decimals beside a stuck loss, and, where only',
    "the whole model's norm is logged, a norm that fell a hundredfold while the loss did not improve.",
  ].join(' '),
  why: 'The layers near the input hardly move: the network trains as if it had only its last layers, on features fixed at random.',
  reference: {
    title:
      'Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks (2010)',
    url: 'https://proceedings.mlr.press/v9/glorot10a.html',
  },
  whenWrong: [
    'Not vanishing: small norms in all layers alike (a small loss scale, a converged run), a frozen layer (zero throughout), an embedding,',
    'a normalisation scale, a bias before batch normalisation. A recurrent network can forget over time without a trace in the norms of its parameters,',
    'which sum over time: log the gradient of the hidden state to see it.',
  ].join(' '),
  example: [
    'step,loss,fc1.weight,fc2.weight,fc3.weight,fc4.weight,fc5.weight',
    '0,2.303,1.2e-7,2.1e-6,4.0e-5,8.1e-4,1.9e-2',
    '10,2.302,1.1e-7,2.3e-6,4.1e-5,8.0e-4,1.8e-2',
    '20,2.303,1.3e-7,2.0e-6,4.4e-5,8.5e-4,1.9e-2',
    '30,2.302,1.2e-7,2.2e-6,4.2e-5,8.2e-4,2.0e-2',
    '40,2.303,1.1e-7,2.1e-6,4.1e-5,7.9e-4,1.8e-2',
  ].join('\n'),
  better: [
    'step,loss,fc1.weight,fc2.weight,fc3.weight,fc4.weight,fc5.weight',
    '0,2.303,1.2e-1,1.4e-1,1.1e-1,1.6e-1,1.9e-1',
    '10,1.602,1.1e-1,1.5e-1,1.2e-1,1.5e-1,1.8e-1',
    '20,0.903,0.9e-1,1.1e-1,1.0e-1,1.2e-1,1.4e-1',
    '30,0.402,0.5e-1,0.7e-1,0.6e-1,0.8e-1,0.9e-1',
    '40,0.203,0.3e-1,0.4e-1,0.3e-1,0.5e-1,0.6e-1',
  ].join('\n'),
};

const meta: RuleMeta = {
  code: 'GI003',
  name: 'vanishing-gradient',
  title: 'Gradients vanish toward the input',
  severity: 'error',
  subject: 'log',
  remedies: [
    'he-init',
    'xavier-init',
    'orthogonal-init',
    'relu',
    'leaky-relu',
    'gelu',
    'residual',
    'batch-norm',
    'gru',
    'lstm',
    'forget-bias',
    'lower-lr',
    'logits-loss',
  ],
  doc,
};

/** Two decades: beyond what width and fan-in make of healthy networks (an order of magnitude, measured on healthy runs). */
const SOME_DECADES = 2;
/** AUTOTRAINER's first/last ratio of 1e-3. */
const MANY_DECADES = 3;
/** Adaptive optimizers train through three decades; four leave nothing but rounding in half precision. */
const EXTREME_DECADES = 4;
/** Kendall's tau: four of five pairs of layers in order. Unlike layers side by side (q, k, v, projection) still pass. */
const STEADY = 0.6;
/** Of the windows, how many must show it. A stuck loss with a tenth: an adaptive optimizer revives the gradients while training stays lost. */
const SHARE_STUCK = 0.1;
const SHARE_OTHER = 0.5;
/** The global norm that fell this far without any learning is no convergence. */
const COLLAPSE_DECADES = 2;
/** A norm that settles after a blow-up collapsed nothing: the loss diverged. */
const NOT_WORSE = 1.1;
const FEWEST_ZERO_ROWS = 3;
/** One zero at the input may be a frozen layer. */
const FEWEST_PRINTED_ZEROS = 2;
/** A sigmoid's slope is at most 0.25: a stack that loses more a layer than this saturates; PyTorch's default ReLU loses x0.41, Xavier's x0.71. */
const SIGMOID_LOSS = 0.3;

export const vanishingGradient: LogRule = {
  meta,
  check(facts) {
    if (facts.layers.length === 0 && facts.norm === null) {
      return {
        notChecked: facts.normIsPlaceholder
          ? 'the gradient norm is a constant placeholder: nobody measured it'
          : 'no gradient norm is logged',
      };
    }
    const unmoved = zeroWeights(facts);
    if (unmoved !== null) {
      return [unmoved];
    }
    const nothing = zeroEverywhere(facts);
    if (nothing !== null) {
      return [nothing];
    }
    const worst = facts.chains
      .map((chain) => judgeChain(facts, chain))
      .filter((symptom) => symptom !== null)
      .sort((a, b) => RANK[a.severity] - RANK[b.severity] || b.fit.decades - a.fit.decades)[0];
    if (worst !== undefined) {
      return [depthFinding(facts, worst)];
    }
    const printed = printedZeros(facts);
    if (printed !== null) {
      return [printed];
    }
    const collapse = facts.layers.length < 3 ? globalCollapse(facts) : null;
    if (collapse !== null) {
      return [collapse];
    }
    if (facts.chains.length === 0 && (facts.progress === null || facts.progress.verdict === 'unknown')) {
      return {
        notChecked: 'no norms per layer, and no loss that tells a collapsed norm from a converged run',
      };
    }
    return [];
  },
};

const RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2, hint: 3 };

interface Symptom {
  readonly chain: Chain;
  readonly severity: Severity;
  readonly onset: number;
  readonly share: number;
  /** Of the window with the median drop. */
  readonly fit: DepthFit;
}

function judgeChain(facts: RunFacts, chain: Chain): Symptom | null {
  const fits = Array.from({ length: facts.windows.length - 1 }, (_, window) => fitDepth(chain, window));
  const known = fits.filter((fit) => !Number.isNaN(fit.decades));
  const holds = (fit: DepthFit | undefined): boolean =>
    fit !== undefined && fit.decades >= SOME_DECADES && fit.steadiness >= STEADY;
  const holding = known.filter(holds);
  if (holding.length === 0) {
    return null;
  }
  const sorted = [...holding].sort((a, b) => a.decades - b.decades);
  const fit = sorted[sorted.length >> 1];
  const onset = fits.findIndex((candidate, window) => holds(candidate) && lasts(fits, window, holds));
  if (fit === undefined || onset < 0) {
    return null;
  }
  const share = holding.length / known.length;
  const severity = severityOf(facts, fit, share);
  return severity === null ? null : { chain, severity, onset, share, fit };
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
      return extreme ? 'info' : null;
    case 'unknown':
      return extreme ? 'warning' : null;
    default:
      // Without a loss, fewer decades are worth a word when every layer loses more than a saturated sigmoid would.
      return many ? 'warning' : 10 ** -fit.perLayer < SIGMOID_LOSS && share >= SHARE_OTHER ? 'info' : null;
  }
}

function depthFinding(facts: RunFacts, symptom: Symptom): LogFinding {
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
  return toFinding(meta, facts, {
    severity: symptom.severity,
    at,
    end: null,
    message:
      `Gradients vanish toward the input: ${first} has ${say(firstNorm)}, ${say(firstNorm / outputNorm)} of ${last}, ` +
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
    remedies: remediesFor(facts, fit, names),
    parameters: affected.length > 0 ? affected : names.slice(0, 1),
    series: chain.members.map((member) => member.series.id),
  });
}

/** Best first, by what the decay per layer says about its cause (measured on whole programs: rules of the documentation pages). */
function remediesFor(facts: RunFacts, fit: DepthFit, names: readonly string[]): readonly RemedyId[] {
  const overTime = names.every((name) => /(^|[^a-z])t(ime)?[ _.]?\d+$/i.test(name));
  if (overTime || looksRecurrent(facts)) {
    return ['gru', 'lstm', 'orthogonal-init', 'forget-bias'];
  }
  if (10 ** -fit.perLayer < SIGMOID_LOSS) {
    return [
      'relu',
      'leaky-relu',
      'gelu',
      'he-init',
      'xavier-init',
      'orthogonal-init',
      'residual',
      'batch-norm',
    ];
  }
  // Beyond 20 layers without skips, batch normalisation itself makes gradients explode (Yang et al. 2019).
  return names.length > 20
    ? ['he-init', 'orthogonal-init', 'residual', 'gelu']
    : ['he-init', 'orthogonal-init', 'batch-norm', 'residual', 'xavier-init'];
}

/** No weight matrix gets any gradient from the start, but a bias does: what comes into every layer is zero or alike. */
function zeroWeights(facts: RunFacts): LogFinding | null {
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
    living.length > biases.length / 2
  ) {
    return null;
  }
  const { progress } = facts;
  const level = Math.max(...living.map((track) => median(track.level)).filter((one) => !Number.isNaN(one)));
  // With fixed decimals a printed zero is only small: it must be far below what lives, or the loss must say the rest.
  const clear = facts.decimals === null || level + facts.decimals >= EXTREME_DECADES;
  if (!clear && progress?.verdict !== 'stuck') {
    return null;
  }
  const at = zeroAtStart[0]?.first ?? ZERO;
  return toFinding(meta, facts, {
    severity: 'error',
    at,
    end: zeroAtStart.some((track) => track.firstNonzero === null)
      ? null
      : (zeroAtStart[0]?.firstNonzero ?? null),
    message:
      `No weight matrix gets any gradient: ${weights.length} are exactly 0 from ${sayWhen(facts, at)}, only ` +
      `${nameOf(living[living.length - 1])} gets one (${say(10 ** level)}); weights that are all zero or all alike cannot learn${sayLoss(facts)}.`,
    evidence: {
      zeroWeights: weights.length,
      livingBiases: living.length,
      biasNorm: 10 ** level,
      ...lossEvidence(facts),
    },
    remedies: ['xavier-init', 'he-init', 'orthogonal-init'],
    parameters: facts.tracks.filter((track) => track.zeros === track.count).map(nameOf),
    series: zeroAtStart.map((track) => track.series.id),
  });
}

/** All parameters logged, all of them at exactly zero from the start: no gradient leaves the loss. */
function zeroEverywhere(facts: RunFacts): LogFinding | null {
  const [first] = facts.tracks;
  const all = facts.tracks.every((track) => track.zeros === track.count && track.count >= FEWEST_ZERO_ROWS);
  if (first === undefined || !all || facts.progress === null || facts.progress.verdict !== 'stuck') {
    return null;
  }
  return toFinding(meta, facts, {
    severity: 'error',
    at: first.first,
    end: null,
    message:
      `No parameter gets any gradient: all ${facts.tracks.length} are exactly 0 from ${sayWhen(facts, first.first)}${sayLoss(facts)}: ` +
      'the output is saturated, the graph is cut, or the norms are read at the wrong moment.',
    evidence: { zeroParameters: facts.tracks.length, everywhere: 1, ...lossEvidence(facts) },
    remedies: ['logits-loss', 'xavier-init', 'he-init', 'batch-norm'],
    parameters: facts.tracks.map(nameOf),
    series: facts.tracks.map((track) => track.series.id),
  });
}

/** Layers at the input printed as 0 where decimals are fixed, others two decades above half a unit of the last place. */
function printedZeros(facts: RunFacts): LogFinding | null {
  const weights = facts.tracks.filter((track) => ['weight', 'unknown'].includes(roleOf(nameOf(track))));
  const alive = weights.findIndex((track) => track.zeros < track.count);
  if (facts.decimals === null || facts.progress?.verdict !== 'stuck' || alive < FEWEST_PRINTED_ZEROS) {
    return null;
  }
  const limit = 0.5 * 10 ** -facts.decimals;
  const output = 10 ** Math.max(...weights.slice(-2).map((track) => median(track.level)));
  const [first] = weights;
  if (first === undefined || !(output >= limit * 10 ** SOME_DECADES)) {
    return null;
  }
  const names = weights.slice(0, alive).map(nameOf);
  return toFinding(meta, facts, {
    severity: 'warning',
    at: first.first,
    end: null,
    message:
      `Gradients vanish toward the input: ${names[0]} and ${alive - 1} more are printed as 0 (below ${say(limit)}) while ` +
      `${nameOf(weights[weights.length - 1])} has ${say(output)}, since ${sayWhen(facts, first.first)}${sayLoss(facts)}. Log more digits to see how far.`,
    evidence: { printedZeros: alive, limit, lastNorm: output, ...lossEvidence(facts) },
    remedies: ['relu', 'he-init', 'xavier-init', 'orthogonal-init', 'residual', 'batch-norm'],
    parameters: names,
    series: weights.map((track) => track.series.id),
  });
}

function globalCollapse(facts: RunFacts): LogFinding | null {
  const { norm, normLevels, progress } = facts;
  if (norm === null || progress?.verdict !== 'stuck' || progress.end > NOT_WORSE * progress.start) {
    return null;
  }
  const known = Array.from(normLevels).filter((level) => !Number.isNaN(level));
  const start = Math.max(...known.slice(0, 3));
  const end = median(known.slice(-Math.ceil(known.length / 4)));
  if (known.length < 4 || !(start - end >= COLLAPSE_DECADES)) {
    return null;
  }
  const limit = 10 ** (start - 1);
  const window = normLevels.findIndex((level, w) => level <= start - 1 && allBelow(normLevels, w, start - 1));
  const at = firstBelow(norm, indexAtTime(norm, facts.windows[Math.max(0, window)] ?? 0), limit);
  return toFinding(meta, facts, {
    severity: 'warning',
    at,
    end: null,
    message:
      `The gradient norm collapsed from ${say(10 ** start)} to ${say(10 ** end)} since ${sayWhen(facts, at)}` +
      `${sayLoss(facts)}: the gradient vanished without learning.`,
    evidence: {
      baseline: 10 ** start,
      norm: 10 ** end,
      ratio: 10 ** (end - start),
      everywhere: 1,
      ...lossEvidence(facts),
    },
    remedies: ['lower-lr', 'he-init', 'batch-norm', 'residual', 'relu'],
    series: [...norm.series],
  });
}

function allBelow(levels: Float64Array, from: number, limit: number): boolean {
  return levels.subarray(from).every((level) => Number.isNaN(level) || level <= limit);
}

function firstBelow(curve: Curve, from: number, limit: number): Moment {
  let index = from;
  while (index < curve.length - 1 && !((curve.value[index] ?? 0) <= limit)) {
    index++;
  }
  return momentOf(curve, index);
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

function lossEvidence(facts: RunFacts): Readonly<Record<string, number>> {
  return facts.progress === null ? {} : { lossStart: facts.progress.start, lossEnd: facts.progress.end };
}

function sayLoss(facts: RunFacts): string {
  const { progress } = facts;
  if (progress === null || progress.verdict === 'unknown') {
    return '';
  }
  const numbers = `${say(progress.start)} to ${say(progress.end)}`;
  return progress.verdict === 'stuck'
    ? `, and the loss does not improve (${numbers})`
    : `; the loss went from ${numbers}`;
}

const ZERO: Moment = { time: 0, step: 0, line: 1 };
