import type { ModuleEntry } from '../../python/facts';
import { plainRecurrences } from '../../python/recurrence';
import { reaches } from '../../remedies/edits/initialise';
import { boundedOutputs, boundedScores } from '../../remedies/edits/linearOutput';
import {
  activationName,
  activationsOf,
  hasResidual,
  isConvolution,
  isNormalised,
  isShortcut,
  isWeightLayer,
  layerCount,
  type ModelView,
  mainActivation,
  shortcutCount,
} from '../../remedies/edits/model';
import { effectiveRate, isAdaptive, ratesOf } from '../../remedies/edits/rates';
import type { TextRange } from '../../text';
import type { Cause, Code, Explains, Symptom } from './cause';
import { mixesNeighbours } from './neighbours';

/** Plain default-initialised stacks that still train (measured): SGD fails from 6 layers, Adam from about 10. */
const DEEP_FOR_SGD = 5;
const DEEP_FOR_ADAM = 8;
/** Layers that a list of unknown length stands for, at least. */
const MANY = 3;
/** Beyond this a plain stack needs shortcuts whatever its initialisation. */
const TOO_DEEP_FOR_PLAIN = 25;
/** Hidden sigmoids in a row that stop training (measured): 2 with SGD, 4 with Adam; the run shows the symptom. */
const SATURATING_STACK = 2;

/** So many stop training altogether: a run that stands still then stands still because of them. */
const STOPS_SGD = 3;
const STOPS_ADAM = 5;
const STOPS = 10;

const FADES: Explains = { 'vanishing-gradient': 80, 'loss-plateau': 60, 'dead-layer': 45 };
const SATURATES: Explains = { 'vanishing-gradient': 86, 'loss-plateau': 66, 'dead-layer': 60 };

/** Depth, activations and recurrence that the symptom speaks against. */
export function architectureCauses(code: Code, symptom: Symptom): readonly Cause[] {
  const { model } = code;
  if (model === null) {
    return [];
  }
  return [
    ...saturation(code, model, symptom),
    ...depth(code, model, symptom),
    ...normedTooDeep(code, model, symptom),
    ...recurrence(code, model, symptom),
    ...shutOutput(code, symptom),
    ...bareBranches(model, symptom),
    ...postNorm(model, symptom),
  ];
}

function saturation(code: Code, model: ModelView, symptom: Symptom): readonly Cause[] {
  const weight = SATURATES[symptom.rule];
  const saturating =
    (activationsOf(model).get('sigmoid') ?? 0) + (activationsOf(model).get('hardsigmoid') ?? 0);
  const main = mainActivation(model);
  const range = firstActivation(model, /sigmoid/);
  if (
    weight === undefined ||
    saturating < SATURATING_STACK ||
    !main?.includes('sigmoid') ||
    range === null ||
    isNormalised(model)
  ) {
    return [];
  }
  const stops = saturating >= (code.optimizers.some(isAdaptive) ? STOPS_ADAM : STOPS_SGD);
  return [
    {
      range,
      what: 'hidden sigmoids pass at most a quarter of the gradient each',
      weight: weight + (stops ? STOPS : 0) - (hasResidual(model) ? 20 : 0),
      // Normalised, a deep stack trains at the rates that were chosen for one that hardly moved; ReLUs of He's size may not.
      remedies:
        code.depth !== null && code.depth > DEEP_FOR_SGD
          ? ['batch-norm', 'relu', 'leaky-relu', 'gelu']
          : ['relu', 'gelu', 'leaky-relu', 'batch-norm'],
    },
  ];
}

function firstActivation(model: ModelView, name: RegExp): TextRange | null {
  const entry = model.modules.find((one) => name.test(activationName(one.type) ?? ''));
  if (entry !== undefined) {
    return entry.callee ?? entry.range;
  }
  for (const { flow } of model.flows) {
    const step = flow.steps.find(
      (one) => one.op === 'activation' && name.test(activationName(one.name) ?? ''),
    );
    if (step !== undefined) {
      return step.range;
    }
  }
  return null;
}

function depth(code: Code, model: ModelView, symptom: Symptom): readonly Cause[] {
  const weight = FADES[symptom.rule];
  const layers = model.modules.filter((entry) => isWeightLayer(entry.type));
  const deepest = layers.find((entry) => entry.path.includes('*')) ?? layers[0];
  const adaptive = code.optimizers.some(isAdaptive);
  const deep = code.depth === null || code.depth > (adaptive ? DEEP_FOR_ADAM : DEEP_FOR_SGD);
  const plain = !isNormalised(model) && !hasResidual(model);
  const initialised = code.facts.inits.some((init) => reaches(init, model));
  if (weight === undefined || deepest === undefined || !deep || !plain || initialised) {
    return [];
  }
  const main = mainActivation(model);
  const what = `${code.depth ?? 'many'} plain layers with PyTorch's default initialisation, which shrinks the gradient in each`;
  if (main === 'tanh') {
    return [
      {
        range: deepest.range,
        what,
        weight,
        remedies: ['xavier-init', 'orthogonal-init', 'batch-norm', 'residual'],
      },
    ];
  }
  if (main?.includes('sigmoid')) {
    return [];
  }
  const needsShortcuts = (code.depth ?? 0) > TOO_DEEP_FOR_PLAIN || mixesNeighbours(model);
  const convolutional = isMostlyConvolutional(model, layers);
  return [
    {
      range: (needsShortcuts ? whereRepeated(model) : null) ?? deepest.range,
      what,
      weight,
      remedies: needsShortcuts
        ? ['residual', 'he-init', 'orthogonal-init', 'batch-norm']
        : convolutional || isHot(code)
          ? ['batch-norm', 'he-init', 'orthogonal-init', 'residual']
          : ['he-init', 'orthogonal-init', 'batch-norm', 'residual'],
    },
  ];
}

/** Where forward runs its layers in a loop: the place for a shortcut. */
function whereRepeated(model: ModelView): TextRange | null {
  const steps = model.flows.flatMap(({ flow }) => flow.steps);
  return steps.find(({ op, path, loop }) => op === 'module' && path !== null && loop >= 0)?.range ?? null;
}

/** Whether most layers are convolutions; a block that is repeated, or a list of unknown length, counts as many. */
function isMostlyConvolutional(model: ModelView, layers: readonly ModuleEntry[]): boolean {
  const count = (entry: ModuleEntry): number =>
    entry.path.includes('*') ? Math.max(MANY, layerCount(model, entry)) : 1;
  const all = layers.reduce((sum, entry) => sum + count(entry), 0);
  const convolutions = layers.filter((entry) => isConvolution(entry.type));
  return convolutions.reduce((sum, entry) => sum + count(entry), 0) * 2 > all;
}

/** Batch normalisation without shortcuts multiplies the gradient by about 1.2 a layer on its way back (Yang et al. 2019). */
const GROWS_BACK: Explains = {
  'exploding-gradient': 88,
  'loss-plateau': 70,
  'non-finite': 60,
  'diverging-loss': 60,
};

function normedTooDeep(code: Code, model: ModelView, symptom: Symptom): readonly Cause[] {
  const weight = GROWS_BACK[symptom.rule];
  const norm = model.modules.find((entry) => /^nn\.BatchNorm/.test(entry.type));
  return weight === undefined ||
    norm === undefined ||
    (code.depth ?? 0) <= TOO_DEEP_FOR_PLAIN ||
    hasResidual(model)
    ? []
    : [
        {
          range: norm.range,
          what: `${code.depth} normalised layers without a shortcut: batch normalisation enlarges the gradient in each on its way back`,
          weight,
          remedies: ['residual', 'layer-norm'],
        },
      ];
}

/** SGD's effective rate above which He-initialised plain stacks of some ten layers diverge (measured: 20 layers at 0.5, 14 at 0.2). */
const HOT_FOR_HE = 0.15;

/** Normalised layers bear a rate that plain ones of the right scale do not. */
function isHot(code: Code): boolean {
  return ratesOf(code.training ?? code.facts, code.settings).some(
    (rate) => !isAdaptive(rate.optimizer) && effectiveRate(rate) > HOT_FOR_HE,
  );
}

const FORGETS: Explains = { 'vanishing-gradient': 76, 'loss-plateau': 62, 'dead-layer': 40 };
const BURSTS: Explains = {
  'exploding-gradient': 62,
  'non-finite': 58,
  'gradient-spike': 45,
  'diverging-loss': 50,
};

/** A recurrence of ReLUs multiplies its state without bound. */
const UNBOUNDED = 12;

function recurrence(code: Code, model: ModelView, symptom: Symptom): readonly Cause[] {
  const vanilla = model.modules.find((entry) => /^nn\.RNN(?:Cell)?$/.test(entry.type));
  const lstm = model.modules.find((entry) => /^nn\.LSTM(?:Cell)?$/.test(entry.type));
  const fades = FORGETS[symptom.rule];
  const bursts = BURSTS[symptom.rule];
  if (vanilla !== undefined && fades !== undefined) {
    return [
      {
        range: vanilla.range,
        what: 'a vanilla recurrent layer loses the gradient of early time steps',
        weight: fades,
        remedies: ['lstm', 'gru', 'orthogonal-init'],
      },
    ];
  }
  if (vanilla !== undefined && bursts !== undefined) {
    // What nothing bounds grows on the way forward, which no clipping of gradients mends.
    const grows = vanilla.args.some(({ name, literal }) => name === 'nonlinearity' && literal === 'relu');
    const clipped = code.facts.loops.some((loop) => loop.events.some((event) => event.kind === 'clip'));
    return [
      {
        range: vanilla.range,
        what: 'a vanilla recurrent layer multiplies by the same matrix at every time step',
        weight: bursts + (grows ? UNBOUNDED : 0),
        remedies:
          clipped || grows
            ? ['orthogonal-init', 'gru', 'clip-grad-norm']
            : ['clip-grad-norm', 'gru', 'orthogonal-init'],
      },
    ];
  }
  const [written] = vanilla === undefined ? plainRecurrences(code.facts) : [];
  const weight = fades ?? bursts;
  if (written !== undefined && weight !== undefined) {
    return [
      {
        range: written.range,
        what: 'a recurrence without gates multiplies the gradient by the same matrix at every time step',
        weight,
        remedies: fades === undefined ? ['clip-grad-norm', 'orthogonal-init'] : ['orthogonal-init'],
      },
    ];
  }
  if (lstm !== undefined && fades !== undefined) {
    return [
      {
        range: lstm.range,
        what: "an LSTM's forget gate starts half closed, so that nothing is left after 100 steps",
        weight: fades - 6,
        remedies: ['forget-bias', 'orthogonal-init'],
      },
    ];
  }
  return [];
}

const SHUT_OUTPUT: Explains = { 'dead-layer': 88, 'loss-plateau': 80, 'vanishing-gradient': 80 };
/** A bounded output only fails targets beyond its bounds. */
const BOUNDED_OUTPUT: Explains = { 'loss-plateau': 58, 'vanishing-gradient': 54 };

/** Bounded scores fail every label: the loss stops far above zero. */
const BOUNDED_SCORES: Explains = { 'loss-plateau': 78, 'vanishing-gradient': 66 };

function shutOutput({ facts }: Code, symptom: Symptom): readonly Cause[] {
  if (SHUT_OUTPUT[symptom.rule] === undefined) {
    return [];
  }
  const scores = boundedScores(facts).flatMap(({ activation, range }) => {
    const weight = BOUNDED_SCORES[symptom.rule];
    const what = `a ${activation} bounds the scores of a cross-entropy`;
    return weight === undefined ? [] : [{ range, what, weight, remedies: ['linear-output'] as const }];
  });
  const outputs = boundedOutputs(facts).flatMap(({ activation, range }) => {
    const shuts = activation.startsWith('relu');
    const weight = (shuts ? SHUT_OUTPUT : BOUNDED_OUTPUT)[symptom.rule];
    const what = shuts
      ? 'a ReLU at the output that is off for every input passes no gradient to any layer'
      : `a ${activation} at the output reaches no target beyond its bounds`;
    return weight === undefined ? [] : [{ range, what, weight, remedies: ['linear-output'] as const }];
  });
  return [...scores, ...outputs];
}

/** The sum of n branches of the input's size has √n times it at least; fewer than these do not grow far. */
const STACKED_SUMS = 3;
const SUMS: Explains = {
  'exploding-gradient': 66,
  'non-finite': 60,
  'diverging-loss': 55,
  'gradient-spike': 40,
};

function bareBranches(model: ModelView, symptom: Symptom): readonly Cause[] {
  const weight = SUMS[symptom.rule];
  const add = model.flows.flatMap(({ flow }) => flow.steps.filter((step) => isShortcut(flow, step)))[0];
  if (
    weight === undefined ||
    add === undefined ||
    shortcutCount(model) < STACKED_SUMS ||
    isNormalised(model)
  ) {
    return [];
  }
  return [
    {
      range: add.range,
      what: 'residual branches are summed without normalisation, and the sum grows with the depth',
      weight,
      remedies: ['layer-norm', 'scaled-init'],
    },
  ];
}

const POST_NORM: Explains = {
  'loss-plateau': 48,
  'diverging-loss': 48,
  'exploding-gradient': 45,
  'gradient-spike': 45,
  'vanishing-gradient': 45,
  'non-finite': 45,
};

function postNorm(model: ModelView, symptom: Symptom): readonly Cause[] {
  const weight = POST_NORM[symptom.rule];
  const layer = model.modules.find(
    (entry) =>
      /^nn\.Transformer(?:En|De)coderLayer$/.test(entry.type) &&
      entry.args.find((arg) => arg.name === 'norm_first')?.literal !== true,
  );
  return weight === undefined || layer === undefined
    ? []
    : [
        {
          range: layer.range,
          what: 'post-norm transformer layers have large gradients near the output until the rate has warmed up',
          weight,
          remedies: ['layer-norm', 'lr-warmup'],
        },
      ];
}
