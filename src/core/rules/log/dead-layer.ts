import type { RunFacts } from '../../run/facts';
import { isSameLayer, roleOf } from '../../run/factsNames';
import type { Moment, Track } from '../../run/factsTimeline';
import { nameOf } from '../../run/profile';
import type { LogRule, RuleDoc, RuleMeta } from '../rule';
import { everyWeightDead, everyWeightDied } from './dead/everyWeight';
import { fadedToZero, lastLevel } from './dead/faded';
import { earliestSilence, improvesAfter } from './dead/silence';
import { wholeGradientDead } from './dead/wholeGradient';
import { say, sayNames, sayWhen, toFinding } from './incident';

const doc: RuleDoc = {
  sees: [
    'Weights whose gradient is exactly zero from some row to the end (at least 3 rows and a twentieth of the run) while other layers live on. They are dead, not frozen, when they',
    "had a gradient before and the loss did not improve since, or when a layer's weight is zero though its own bias still gets a gradient: then",
    'nothing but zeros comes into it (dead ReLUs before it). **Error** when the loss does not improve, else a **warning**; **info** when the layer may',
    'as well have been frozen on purpose. Also: nothing but weights is logged, and all of them are zero from the first row on while the loss gets nowhere; or the norm of the whole model turns to exactly zero and the loss does not. With the code beside the log: layers at zero in every row (at least 8) right before one that gets a gradient, in a program whose optimizer holds them and that freezes and loads nothing: a **warning** where the code cuts them off (`detach()`, `.data`, `no_grad`) and the loss does not halve, else an **info**.',
  ].join(' '),
  why: 'A ReLU whose input is negative for all data passes no gradient and cannot come back. Everything before it stops learning.',
  reference: {
    title: 'Lu et al., Dying ReLU and Initialization: Theory and Numerical Examples (2020)',
    url: 'https://arxiv.org/abs/1903.06733',
  },
  whenWrong: [
    'Frozen layers are zero from the first row on, bias and all; embeddings get gradients for the rows they saw only; all layers at zero together',
    'means that the loss is at its minimum; experts that a router passes over are zero in some rows. A zero printed with few decimals is only small.',
  ].join(' '),
  example: [
    'step,loss,fc1.weight,fc1.bias,fc2.weight,fc2.bias,fc3.weight,fc3.bias',
    ...Array.from({ length: 12 }, (_, i) =>
      i < 4
        ? `${i * 5},${(8.1234 - i).toFixed(4)},${1.2345 + i},0.3141,2.7182,0.5772,1.4142,0.6931`
        : `${i * 5},${(1.2 + (i % 3) * 0.013).toFixed(4)},0,0,0,0.33217,0.57721,0.41421`,
    ),
  ].join('\n'),
  better: [
    'step,loss,fc1.weight,fc1.bias,fc2.weight,fc2.bias,fc3.weight,fc3.bias',
    ...Array.from(
      { length: 12 },
      (_, i) => `${i * 5},${(8.1234 / (i + 1)).toFixed(4)},0,0,0,0,${1.4321 / (i + 1)},${0.7123 / (i + 1)}`,
    ),
  ].join('\n'),
};

const meta: RuleMeta = {
  code: 'GI006',
  name: 'dead-layer',
  title: 'A layer died',
  severity: 'error',
  subject: 'log',
  remedies: ['lower-lr', 'batch-norm', 'layer-norm', 'leaky-relu', 'he-init'],
  doc,
};

const FEWEST_ROWS = 3;
const FEWEST_SHARE = 0.05;
/** Zeros that come and go (experts, tables) come in runs of about this length; so many in a row must be beyond luck. */
const RUN_OF_ZEROS = 4;
const BEYOND_LUCK = 1e-6;
/** Or so many times all the zeros before: units that revived for a row or two died all the same. */
const OTHER_ZEROS = 3;

export const deadLayer: LogRule = {
  meta,
  check(facts) {
    const weights = facts.tracks.filter((track) => ['weight', 'unknown'].includes(roleOf(nameOf(track))));
    const whole = wholeGradientDead(facts);
    if (whole !== null) {
      return [toFinding(meta, facts, whole)];
    }
    if (weights.length < 2) {
      return { notChecked: 'no norms per layer' };
    }
    if (weights.every((track) => track.count < FEWEST_ROWS + 1)) {
      return { notChecked: 'too few rows per layer' };
    }
    const every = everyWeightDead(facts) ?? everyWeightDied(facts);
    if (every !== null) {
      return [toFinding(meta, facts, every)];
    }
    const silent = weights.filter((track) => isSilent(facts, track));
    const living = facts.tracks.filter((track) => track.zerosUntilEnd === null);
    if (silent.length === 0 || living.length === 0) {
      return [];
    }
    const starved = silent.filter((track) => hasLivingBias(facts, track));
    const died = silent.filter((track) => track.firstNonzero !== null);
    const biasesAllLive = allBiasesLive(facts);
    if ((starved.length === 0 || biasesAllLive) && died.length === 0) {
      return [];
    }
    const at = earliestSilence(died.length > 0 ? died : silent);
    if (at === null) {
      return [];
    }
    const learns = improvesAfter(facts, at);
    const sure = starved.length > 0 && !biasesAllLive;
    if (!sure && learns !== false) {
      return learns === null ? [report(facts, silent, at, 'info', sure)] : [];
    }
    return [report(facts, silent, at, learns === false ? 'error' : 'warning', sure)];
  },
};

function report(
  facts: RunFacts,
  silent: readonly Track[],
  at: Moment,
  severity: 'error' | 'warning' | 'info',
  sure: boolean,
) {
  const dead = facts.tracks.filter(
    (track) => track.zerosUntilEnd !== null && (silent.includes(track) || isSilent(facts, track)),
  );
  const parameters = dead.filter((track) => roleOf(nameOf(track)) !== 'embedding').map(nameOf);
  const loss =
    facts.progress === null ? '' : ` (loss ${say(facts.progress.start)} to ${say(facts.progress.end)})`;
  const before = Math.max(
    ...silent.map((track) => track.levelBeforeZeros).filter((level) => !Number.isNaN(level)),
  );
  return toFinding(meta, facts, {
    severity,
    at,
    end: null,
    message:
      severity === 'info'
        ? `${sayNames(parameters)} got exactly 0 gradient from ${sayWhen(facts, at)} on: frozen, or dead.`
        : `Dead layer: ${sayNames(parameters)} got exactly 0 gradient from ${sayWhen(facts, at)} to the end, while other layers live on` +
          `${sure ? '; the bias behind still gets one, so only zeros come in' : ''}${loss}.`,
    evidence: {
      deadLayers: parameters.length,
      livingLayers: facts.tracks.filter((track) => track.zerosUntilEnd === null).length,
      ...(Number.isFinite(before) ? { normBefore: 10 ** before } : {}),
      ...(facts.progress === null ? {} : { lossStart: facts.progress.start, lossEnd: facts.progress.end }),
    },
    // Measured: where the rate killed it, LeakyReLU and ELU fail; a rate ten times lower or a normalisation works. Where it
    // never lived, no rate has done it: the initial weights and biases have.
    remedies: silent.some((track) => track.firstNonzero !== null)
      ? ['lower-lr', 'batch-norm', 'layer-norm', 'he-init', 'leaky-relu']
      : ['he-init', 'layer-norm', 'batch-norm', 'leaky-relu', 'lower-lr'],
    parameters,
    series: dead.map((track) => track.series.id),
  });
}

/** Exactly zero to the end, for long enough, and not because it faded below what the format can hold or the log prints. */
function isSilent(facts: RunFacts, track: Track): boolean {
  const since = track.zerosUntilEnd;
  if (since === null || track.zeroRowsAtEnd < Math.max(FEWEST_ROWS, track.count * FEWEST_SHARE)) {
    return false;
  }
  const zerosBefore = track.zeros - track.zeroRowsAtEnd;
  const share = zerosBefore / Math.max(1, track.count - track.zeroRowsAtEnd);
  const isLuck = share ** (track.zeroRowsAtEnd / RUN_OF_ZEROS) > BEYOND_LUCK;
  if (isLuck && track.zeroRowsAtEnd < OTHER_ZEROS * zerosBefore) {
    return false;
  }
  const before = lastLevel(track);
  if (Number.isNaN(before)) {
    return true;
  }
  if (facts.decimals !== null && before < -facts.decimals + 2) {
    return false;
  }
  return !fadedToZero(facts, track);
}

function hasLivingBias(facts: RunFacts, weight: Track): boolean {
  return facts.tracks.some(
    (track) =>
      track !== weight &&
      roleOf(nameOf(track)) === 'bias' &&
      isSameLayer(nameOf(weight), nameOf(track)) &&
      track.zerosUntilEnd === null,
  );
}

/** Only biases are trained (BitFit): their weights are frozen, not dead. */
function allBiasesLive(facts: RunFacts): boolean {
  const biases = facts.tracks.filter((track) => roleOf(nameOf(track)) === 'bias');
  return biases.length > 0 && biases.every((track) => track.zerosUntilEnd === null);
}
