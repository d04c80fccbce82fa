import type { InitFact, PythonFacts } from '../../python/facts';
import { pathFits } from '../../python/instances';
import type { Fix } from '../../rules/finding';
import type { TextEdit } from '../../text';
import type { RemedyTarget } from '../remedy';
import { scalings, withoutFactor } from './enlarged';
import { sideOfFilled } from './filledMatrix';
import { initialiseRecurrent } from './initialiseRecurrent';
import {
  depthOf,
  hasResidual,
  isConvolution,
  isNormalised,
  isNormLayer,
  isRecurrent,
  isWeightLayer,
  type ModelView,
  mainActivation,
  modelOf,
} from './model';
import { allModules, constructorEnd } from './modelPlace';
import { spell } from './names';
import { fixOf, insertAfter, replace } from './place';
import { forgetfulMatrices, largeMatrices, type RawMatrix, scaleMatrices, smallMatrices } from './rawMatrix';
import { EXCHANGEABLE, FUNCTION, KIND, REMEDY, type Scheme, TITLE } from './schemes';
import { freeName, quoted } from './style';

/** From this many tanh layers on, Xavier needs tanh's gain of 5/3 (measured: 10 layers fail without it). */
const DEEP_TANH = 10;
/** He initialisation in un-normalised residual branches: 4.5 times the output at 4 blocks, 400 times at 12 (measured). */
const MOST_BARE_BRANCHES = 4;

/**
 * Gives the weights of a model an initialisation: exchanges the call that fills them now, or adds a loop at the end
 * of the constructor. Recurrent matrices count only for the schemes meant for them.
 */
export function initialise(facts: PythonFacts, target: RemedyTarget, scheme: Scheme): readonly Fix[] {
  const model = modelOf(facts, target);
  if (loadsWeights(facts)) {
    return [];
  }
  const raw = scaleMatrices(facts, drawnMatrices(facts, model), scheme);
  if (raw.length > 0 || model === null) {
    return fixOf(facts, REMEDY[scheme], `Use ${TITLE[scheme]} for the weights`, 'unsafe', raw);
  }
  if (scheme !== 'he' && model.modules.some((entry) => isRecurrent(entry.type))) {
    return initialiseRecurrent(facts, model, scheme);
  }
  const written = facts.inits.filter((init) => reaches(init, model));
  const fillsOwn = written.some((init) => sideOfFilled(facts, init) !== null);
  if (!helps(model, scheme, fillsOwn)) {
    return [];
  }
  if (written.some((init) => init.kind === KIND[scheme])) {
    return [];
  }
  const hasLayers = model.modules.some((entry) => isWeightLayer(entry.type));
  const calls = written.filter(
    (init) =>
      EXCHANGEABLE.has(init.kind) &&
      !isDeliberateZero(init) &&
      (hasLayers || sideOfFilled(facts, init) !== null),
  );
  if (calls.length > 0) {
    const edits = [
      ...calls.flatMap((init) => exchange(facts, model, init, scheme)),
      // A scheme's gain is the whole factor: what multiplies the weights afterwards goes.
      ...scalings(facts)
        .filter(({ init }) => init !== null && calls.includes(init))
        .map((one) => withoutFactor(facts, one)),
    ];
    return fixOf(facts, REMEDY[scheme], `Use ${TITLE[scheme]} for the weights`, 'unsafe', edits);
  }
  const factors = scalings(facts).filter(({ init }) => init === null);
  return written.length > 0
    ? []
    : addLoop(
        facts,
        model,
        scheme,
        factors.map((one) => withoutFactor(facts, one)),
      );
}

/** Matrices of one's own to draw anew: small ones may be meant so beside layers of torch (an adapter, a bias of positions). */
function drawnMatrices(facts: PythonFacts, model: ModelView | null): readonly RawMatrix[] {
  const hasLayers = model?.modules.some((entry) => isWeightLayer(entry.type)) ?? false;
  return [...largeMatrices(facts), ...forgetfulMatrices(facts), ...(hasLayers ? [] : smallMatrices(facts))];
}

/** @param fillsOwn the model's layers fill matrices of their own: how many of them there are is not counted */
function helps(model: ModelView, scheme: Scheme, fillsOwn = false): boolean {
  const hasLayers = model.modules.some((entry) => isWeightLayer(entry.type));
  if (!hasLayers && !fillsOwn) {
    return false;
  }
  return !(
    scheme === 'he' &&
    hasResidual(model) &&
    !isNormalised(model) &&
    (!hasLayers || depthOf(model) > MOST_BARE_BRANCHES)
  );
}

/** Weights that come from a checkpoint must not be overwritten. */
export function loadsWeights(facts: PythonFacts): boolean {
  return /\.from_pretrained\(|pretrained\s*=\s*True|\bweights\s*=\s*["']/.test(facts.text);
}

/** True when the call fills matrices of the model's layers (not biases, norms, embeddings or recurrent matrices alone). */
export function reaches(init: InitFact, model: ModelView): boolean {
  if (init.writes === 'bias' || init.writes === 'recurrent') {
    return false;
  }
  const types = init.layerTypes;
  if (types.length > 0 && types.every((type) => isNormLayer(type) || type === 'nn.Embedding')) {
    return false;
  }
  const owners = new Set([model.root, ...model.modules.map((entry) => entry.type)]);
  if (init.root !== null && !owners.has(init.root)) {
    return false;
  }
  if (init.paths === null) {
    return true;
  }
  return model.modules.some(
    (entry) => isWeightLayer(entry.type) && init.paths?.some((path) => samePath(path, entry.path)),
  );
}

function samePath(path: string, entry: string): boolean {
  const bare = path.replace(/\.weight$/, '').replace(/\.\d+\b/g, '.*');
  return [path, bare].some((one) => pathFits(one, entry) || entry.endsWith(`.${one}`));
}

/** Zeros in one named layer: the last of a residual branch, a head, a gate. Left alone. */
export function isDeliberateZero(init: InitFact): boolean {
  const zero = init.kind === 'zeros' || (init.kind === 'constant' && init.scale?.value === 0);
  return zero && init.paths !== null;
}

function exchange(facts: PythonFacts, model: ModelView, init: InitFact, scheme: Scheme): (TextEdit | null)[] {
  const written = facts.textOf(init.call);
  const prefix = /^([\w.]*\.)?\w+_?\s*\(/.exec(written)?.[1] ?? '';
  const isFunction = /(?:^|\.)init\./.test(init.name) || init.name.startsWith('torch.nn.init');
  const spelled = spell(facts, `torch.nn.init.${FUNCTION[scheme]}`);
  if (spelled === null) {
    return [null];
  }
  const name = isFunction && prefix !== '' ? prefix + FUNCTION[scheme] : spelled.name;
  const tensor = isFunction ? init.target : init.target.replace(/\.data$/, '');
  const side = sideOfFilled(facts, init);
  // torch takes a matrix's columns for its inputs: where its rows are, fan_out is the fan-in.
  const byFanOut =
    side !== null
      ? side === 'right'
      : init.layerTypes.length > 0
        ? init.layerTypes.every(isConvolution)
        : model.modules
            .filter((entry) => isWeightLayer(entry.type))
            .every((entry) => isConvolution(entry.type));
  const extras = extraArguments(facts, model, scheme, byFanOut, calculateGain(name));
  const call = `${name}(${[tensor, ...extras].join(', ')})`;
  if (side !== null || !needsDimensionGuard(facts, init)) {
    return [...spelled.edits, replace(init.call, call)];
  }
  const { statement } = init;
  if (!statement.ownLines || facts.textOf(statement.range) !== written) {
    return [null];
  }
  const guarded = `if ${tensor}.dim() > 1:${facts.lineEnding}${statement.indent}${facts.indentUnit}${call}`;
  return [...spelled.edits, replace(statement.range, guarded)];
}

/** The name of `calculate_gain` beside an init function. */
function calculateGain(init: string): string {
  return init.replace(/\w+$/, 'calculate_gain');
}

/** Arguments after the tensor: gain or nonlinearity by the activation that follows the layers. */
function extraArguments(
  facts: PythonFacts,
  model: ModelView,
  scheme: Scheme,
  convolution: boolean,
  gain: string,
  activation: string | null = mainActivation(model),
): readonly string[] {
  if (scheme === 'he') {
    // fan_out keeps the gradient's size through convolutions, as torchvision's models do.
    const mode = convolution ? [`mode=${quoted(facts, 'fan_out')}`] : [];
    return [...mode, `nonlinearity=${quoted(facts, heNonlinearity(activation))}`];
  }
  if (hasResidual(model)) {
    return []; // a gain above 1 in every branch adds up
  }
  if (activation === 'tanh' && depthOf(model) >= DEEP_TANH) {
    return [`gain=${gain}(${quoted(facts, 'tanh')})`];
  }
  return isRectifier(activation) ? [`gain=${gain}(${quoted(facts, 'relu')})`] : [];
}

function isRectifier(activation: string | null): boolean {
  return (
    activation !== null &&
    ['relu', 'relu6', 'leakyrelu', 'prelu', 'elu', 'gelu', 'silu', 'mish'].includes(activation)
  );
}

function heNonlinearity(activation: string | null): string {
  if (activation === 'tanh' || activation === 'sigmoid') {
    return activation;
  }
  return activation === 'selu' ? 'linear' : 'relu';
}

/** Fan-in needs two dimensions: a call that also meets biases or norm weights must skip them. */
function needsDimensionGuard(facts: PythonFacts, init: InitFact): boolean {
  if (
    init.layerTypes.some(isWeightLayer) ||
    init.kind === 'kaiming' ||
    init.kind === 'xavier' ||
    init.kind === 'orthogonal'
  ) {
    return false;
  }
  if (init.paths !== null && init.writes === 'weight') {
    return false;
  }
  if (init.writes === 'weight' && !facts.modules.some((entry) => isNormLayer(entry.type))) {
    return false;
  }
  const lines = facts.text.split('\n').slice(Math.max(0, init.call.line - 4), init.call.line);
  return !lines.some((line) => /\.dim\(\)|\.ndim\b|len\([^)]*shape\)|\.ndimension\(\)/.test(line));
}

function addLoop(
  facts: PythonFacts,
  model: ModelView,
  scheme: Scheme,
  more: readonly (TextEdit | null)[],
): readonly Fix[] {
  const edits = loopEdits(facts, model, scheme, mainActivation(model));
  return edits === null
    ? []
    : fixOf(facts, REMEDY[scheme], `Add ${TITLE[scheme]} to ${model.root}`, 'unsafe', [...edits, ...more]);
}

/**
 * He initialisation for a model whose hidden activations become ReLUs, where nothing initialises it yet: in more than a
 * few plain layers PyTorch's default, which keeps a sixth of the variance, fades whatever the activation.
 */
export function initialiseForRelu(facts: PythonFacts, model: ModelView): readonly (TextEdit | null)[] | null {
  const isWritten = facts.inits.some((init) => reaches(init, model));
  return loadsWeights(facts) || isWritten || !helps(model, 'he')
    ? null
    : loopEdits(facts, model, 'he', 'relu');
}

/** The edits that add a loop over the layers where the whole model exists; null where that place cannot be seen. */
function loopEdits(
  facts: PythonFacts,
  model: ModelView,
  scheme: Scheme,
  activation: string | null,
): readonly (TextEdit | null)[] | null {
  const place = constructorEnd(facts, model);
  if (place === null) {
    return null;
  }
  const layers = model.modules.filter((entry) => isWeightLayer(entry.type));
  const name = freeName(facts, ['module', 'layer', 'submodule']);
  const init = spell(facts, `torch.nn.init.${FUNCTION[scheme]}`);
  const zeros = spell(facts, 'torch.nn.init.zeros_');
  const groups =
    scheme === 'he'
      ? [layers.filter((e) => !isConvolution(e.type)), layers.filter((e) => isConvolution(e.type))]
      : [layers];
  const lines = [`for ${name} in ${allModules(place.owners)}:`];
  const imports = [...(init?.edits ?? [])];
  const unit = facts.indentUnit;
  for (const group of groups.filter((one) => one.length > 0)) {
    const types = [...new Set(group.map((entry) => entry.type))].map(
      (type) => spell(facts, `torch.${type}`)?.name,
    );
    if (init === null || zeros === null || types.includes(undefined)) {
      return null;
    }
    const convolution = group.every((entry) => isConvolution(entry.type));
    const gain = calculateGain(init.name);
    const extras = extraArguments(facts, model, scheme, convolution, gain, activation);
    const filter = types.length === 1 ? types[0] : `(${types.join(', ')})`;
    lines.push(`${unit}if isinstance(${name}, ${filter}):`);
    lines.push(`${unit}${unit}${init.name}(${[`${name}.weight`, ...extras].join(', ')})`);
    const maybeNone = group.some((entry) => entry.args.some((arg) => arg.name === 'bias' || arg.star !== 0));
    if (maybeNone) {
      lines.push(`${unit}${unit}if ${name}.bias is not None:`);
    }
    lines.push(`${unit}${unit}${maybeNone ? unit : ''}${zeros.name}(${name}.bias)`);
  }
  return [...imports, insertAfter(facts, place.statement, lines)];
}
