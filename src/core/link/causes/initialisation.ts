import type { InitFact, PythonFacts } from '../../python/facts';
import { isNonnegative } from '../../python/nonnegative';
import { enlargedWeights } from '../../remedies/edits/enlarged';
import { reaches } from '../../remedies/edits/initialise';
import {
  argument,
  featuresIn,
  hasResidual,
  isConvolution,
  isNormalised,
  isWeightLayer,
  type ModelView,
  mainActivation,
} from '../../remedies/edits/model';
import {
  forgetfulMatrices,
  largeMatrices,
  type RawMatrix,
  smallMatrices,
} from '../../remedies/edits/rawMatrix';
import { closedBiases } from '../../remedies/edits/zeroBias';
import type { RemedyId } from '../../remedies/remedy';
import type { Cause, Code, Explains, Symptom } from './cause';

/**
 * Standard deviation times √fan-in: 1.41 is He, 1.67 tanh's gain, 0.58 PyTorch's default. Outside this band every
 * layer multiplies or divides the signal, and the run shows that it does.
 */
const TOO_LARGE = 1.7;
const TOO_SMALL = 0.4;
/** Branches that are summed without normalisation stand less. */
const TOO_LARGE_SUMMED = 0.8;
/** Where the fan-in is not known: that of the usual 50 to 500 features. */
const LARGE_STD = 0.2;
const SMALL_STD = 0.03;
/** A recurrent matrix multiplies at every step: a spectral radius (std·√n) above 1 explodes under tanh's linear part. */
const RECURRENT_LARGE = 1.2;

const CONSTANT: Explains = {
  'vanishing-gradient': 92,
  'dead-layer': 92,
  'loss-plateau': 85,
  'exploding-gradient': 60,
};
const LARGE: Explains = {
  'exploding-gradient': 92,
  'non-finite': 78,
  'diverging-loss': 80,
  'loss-plateau': 62,
  'vanishing-gradient': 70,
  'dead-layer': 60,
  'gradient-spike': 50,
};
const SMALL: Explains = { 'vanishing-gradient': 90, 'loss-plateau': 75, 'dead-layer': 50 };

/** He-initialised branches without normalisation: 400 times the output at 12 blocks (measured). */
const SUMMED: Explains = { ...LARGE, 'vanishing-gradient': 30, 'dead-layer': 30 };

/** Weights without a negative one add everything up: units move together, and negative inputs shut every ReLU. */
const NONNEGATIVE: Explains = {
  'dead-layer': 90,
  'loss-plateau': 84,
  'exploding-gradient': 88,
  'vanishing-gradient': 75,
  'non-finite': 70,
};

/** Explicit initialisations that the symptom speaks against. */
export function initialisationCauses(code: Code, symptom: Symptom): readonly Cause[] {
  const { facts, model } = code;
  const drawn = drawnCauses(facts, model, symptom);
  if (model === null) {
    return drawn;
  }
  const owners = new Set([model.root, ...model.modules.map((entry) => entry.type)]);
  const written = facts.inits.flatMap((init) => {
    if (init.root !== null && !owners.has(init.root)) {
      return [];
    }
    if (init.writes === 'recurrent') {
      return recurrentCause(init, model, symptom);
    }
    const weight = isNonnegative(init) ? NONNEGATIVE[symptom.rule] : undefined;
    // A helper that is given one layer at a time has no root.
    if (
      weight !== undefined &&
      (reaches(init, model) || (init.root === null && /\.weight$/.test(init.target)))
    ) {
      const what = 'no weight starts negative, so that all units of a layer add up the same inputs';
      return [{ range: init.call, what, weight, remedies: schemesFor(model) }];
    }
    return reaches(init, model) ? matrixCause(init, model, symptom) : [];
  });
  const weight = LARGE[symptom.rule];
  const enlarged = weight === undefined ? [] : enlargedWeights(facts, model).slice(0, 1);
  const multiplied = enlarged.map(
    ({ text, statement }): Cause => ({
      range: statement.range,
      what: `weights are multiplied by ${text} after they are drawn, and every layer multiplies by it`,
      weight: weight ?? 0,
      remedies: [...new Set<RemedyId>(['scaled-init', ...schemesFor(model)])],
    }),
  );
  return [...drawn, ...multiplied, ...written, ...closed(facts, model, symptom)];
}

const SHUT: Explains = { 'dead-layer': 94, 'vanishing-gradient': 93, 'loss-plateau': 90 };

function closed(facts: PythonFacts, model: ModelView, symptom: Symptom): readonly Cause[] {
  const weight = SHUT[symptom.rule];
  const [init] = weight === undefined ? [] : closedBiases(facts, model);
  return weight === undefined || init === undefined
    ? []
    : [
        {
          range: init.call,
          what: `biases start at ${init.scale?.text ?? 'a constant'}, which keeps the units behind them shut`,
          weight,
          remedies: ['zero-bias', 'batch-norm', 'leaky-relu'],
        },
      ];
}

const FORGETS: Explains = { 'vanishing-gradient': 92, 'loss-plateau': 86 };

/** Matrices that the code draws itself: the first that is carried from step to step, and the first of the others. */
function drawnCauses(facts: PythonFacts, model: ModelView | null, symptom: Symptom): readonly Cause[] {
  if (LARGE[symptom.rule] === undefined) {
    return [];
  }
  const large = largeMatrices(facts);
  const hasLayers = model?.modules.some((entry) => isWeightLayer(entry.type)) ?? false;
  const [forgetful] = forgetfulMatrices(facts);
  const forgets = FORGETS[symptom.rule];
  if (forgetful !== undefined && forgets !== undefined) {
    const what = `the recurrent matrix starts with standard deviation ${forgetful.std}, and each time step forgets most of the state`;
    return [{ range: forgetful.range, what, weight: forgets, remedies: ['orthogonal-init', 'gru', 'lstm'] }];
  }
  const [small] = large.length > 0 || hasLayers ? [] : smallMatrices(facts);
  if (small !== undefined) {
    const weight = SMALL[symptom.rule];
    const what = `weights start with standard deviation ${small.std}, and every product shrinks what passes`;
    const remedies: readonly RemedyId[] = ['he-init', 'xavier-init'];
    return weight === undefined ? [] : [{ range: small.range, what, weight, remedies }];
  }
  const firsts = [large.find((one) => one.recurrent), large.find((one) => !one.recurrent)];
  return firsts.flatMap((matrix) => (matrix === undefined ? [] : drawnCause(matrix, model, symptom)));
}

function drawnCause(matrix: RawMatrix, model: ModelView | null, symptom: Symptom): readonly Cause[] {
  const { range, std, fanIn, recurrent } = matrix;
  const weight = (recurrent ? RECURRENT : LARGE)[symptom.rule];
  const times =
    fanIn === null ? '' : `: each product multiplies by about ${(std * Math.sqrt(fanIn)).toPrecision(2)}`;
  const what = `${recurrent ? 'the recurrent matrix starts' : 'weights start'} with standard deviation ${std}${fanIn === null ? ' whatever the fan-in' : times}`;
  const remedies: readonly RemedyId[] = recurrent
    ? ['orthogonal-init', 'clip-grad-norm']
    : model === null
      ? ['he-init', 'xavier-init', 'lower-lr']
      : schemesFor(model);
  return weight === undefined ? [] : [{ range, what, weight, remedies }];
}

function matrixCause(init: InitFact, model: ModelView, symptom: Symptom): readonly Cause[] {
  const make = (explains: Explains, what: string): readonly Cause[] => {
    const weight = explains[symptom.rule];
    return weight === undefined ? [] : [{ range: init.call, what, weight, remedies: schemesFor(model) }];
  };
  if (init.kind === 'zeros' || init.kind === 'ones' || init.kind === 'constant') {
    return init.paths === null
      ? make(CONSTANT, 'all weights start equal, so all units of a layer learn the same')
      : [];
  }
  if (hasResidual(model) && !isNormalised(model) && /^(?:kaiming|orthogonal)$/.test(init.kind)) {
    const weight = SUMMED[symptom.rule];
    const what = 'residual branches keep the size of their input and are summed without normalisation';
    return weight === undefined
      ? []
      : [{ range: init.call, what, weight, remedies: ['scaled-init', 'layer-norm', 'clip-grad-norm'] }];
  }
  const factor = /^(?:orthogonal|xavier)$/.test(init.kind) ? (init.scale?.value ?? null) : null;
  if (factor !== null && factor > TOO_LARGE) {
    return make(
      LARGE,
      `weights start with a gain of ${init.scale?.text ?? factor}, and every layer multiplies by it`,
    );
  }
  const std = standardDeviation(init);
  if (std === null) {
    return [];
  }
  const fanIn = usualFanIn(model);
  const gain = fanIn === null ? null : std * Math.sqrt(fanIn);
  const summed = hasResidual(model) && !isNormalised(model);
  const large = gain === null ? std >= LARGE_STD : gain > (summed ? TOO_LARGE_SUMMED : TOO_LARGE);
  const small = gain === null ? std <= SMALL_STD : gain < TOO_SMALL;
  const size = init.scale?.text ?? String(std);
  const said =
    init.kind === 'uniform'
      ? `weights start uniform with a bound of ${size.replace(/^-/, '')}`
      : `weights start with standard deviation ${size}`;
  if (large) {
    return make(LARGE, `${said}${gain === null ? '' : `, ${(gain / Math.SQRT2).toPrecision(2)} times He's`}`);
  }
  const plain = !isNormalised(model) && !hasResidual(model);
  return small && plain
    ? make(SMALL, `${said}${gain === null ? '' : `, ${(gain / Math.SQRT2).toPrecision(2)} of He's`}`)
    : [];
}

function standardDeviation(init: InitFact): number | null {
  const value = init.scale?.value;
  switch (init.kind) {
    case 'normal':
    case 'trunc-normal':
      return (
        value ??
        (init.scale === null && !init.args.some((arg) => arg.name === 'std') && init.args.length < 3
          ? 1
          : null)
      );
    case 'uniform':
      return value === undefined ? null : Math.abs(value) / Math.sqrt(3);
    default:
      return null;
  }
}

/** Median fan-in of the model's layers whose sizes the code gives. */
function usualFanIn(model: ModelView): number | null {
  const fans = model.modules
    .filter((entry) => isWeightLayer(entry.type))
    .map((entry) => {
      const size = featuresIn(entry)?.number?.value;
      const kernel = argument(entry.args, 'kernel_size', 2)?.number?.value ?? 1;
      const dims = Number(/(\d)d$/.exec(entry.type)?.[1] ?? 0);
      return size === undefined ? Number.NaN : size * kernel ** (isConvolution(entry.type) ? dims : 0);
    })
    .filter((fan) => fan > 0)
    .sort((a, b) => a - b);
  return fans[Math.floor(fans.length / 2)] ?? null;
}

/** Initialisations that suit a model, best first. */
export function schemesFor(model: ModelView): readonly RemedyId[] {
  if (hasResidual(model)) {
    return isNormalised(model)
      ? ['xavier-init', 'scaled-init', 'orthogonal-init', 'he-init']
      : ['xavier-init', 'orthogonal-init', 'scaled-init', 'layer-norm'];
  }
  const activation = mainActivation(model);
  return activation === null || activation === 'tanh' || activation === 'sigmoid' || activation === 'softsign'
    ? ['xavier-init', 'orthogonal-init', 'he-init']
    : ['he-init', 'orthogonal-init', 'xavier-init', 'batch-norm'];
}

const RECURRENT: Explains = {
  'exploding-gradient': 92,
  'non-finite': 80,
  'diverging-loss': 80,
  'gradient-spike': 70,
  'loss-plateau': 65,
};

function recurrentCause(init: InitFact, model: ModelView, symptom: Symptom): readonly Cause[] {
  const weight = RECURRENT[symptom.rule];
  const std = standardDeviation(init);
  const cell = model.modules.find((entry) => /^nn\.(?:RNN|GRU|LSTM)/.test(entry.type));
  const hidden = cell === undefined ? undefined : argument(cell.args, 'hidden_size', 1)?.number?.value;
  const radius = std === null ? null : std * Math.sqrt(hidden ?? Number.NaN);
  const isLarge =
    radius !== null && (Number.isNaN(radius) ? (std ?? 0) >= LARGE_STD : radius > RECURRENT_LARGE);
  if (weight === undefined || !isLarge) {
    return [];
  }
  const size = Number.isNaN(radius) ? '' : `: each time step multiplies by up to ${radius?.toPrecision(2)}`;
  return [
    {
      range: init.call,
      what: `the recurrent matrix starts with standard deviation ${init.scale?.text ?? std}${size}`,
      weight,
      remedies: ['orthogonal-init', 'xavier-init', 'gru', 'clip-grad-norm'],
    },
  ];
}
