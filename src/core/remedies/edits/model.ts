import { matchModels } from '../../link/resolve';
import type {
  ArgumentFact,
  ClassFact,
  ForwardFacts,
  ForwardStep,
  ModuleEntry,
  PythonFacts,
} from '../../python/facts';
import type { RemedyTarget } from '../remedy';

/** Layers that multiply by a weight matrix or kernel. */
const WEIGHT_LAYER = /^nn\.(?:Lazy)?(?:Linear|Conv[123]d|ConvTranspose[123]d|Bilinear)$/;
const NORM_LAYER =
  /^nn\.(?:Lazy|Sync)?(?:BatchNorm(?:[123]d)?|LayerNorm|GroupNorm|InstanceNorm[123]d|RMSNorm|LocalResponseNorm)$/;
const RECURRENT_LAYER = /^nn\.(?:RNN|LSTM|GRU)(?:Cell)?$/;

export function isWeightLayer(type: string): boolean {
  return WEIGHT_LAYER.test(type);
}

export function isConvolution(type: string): boolean {
  return /^nn\.(?:Lazy)?Conv/.test(type);
}

export function isNormLayer(type: string): boolean {
  return NORM_LAYER.test(type) || /(?:Layer|RMS|Batch|Group)Norm$/.test(type);
}

export function isRecurrent(type: string): boolean {
  return RECURRENT_LAYER.test(type);
}

/** One model that a remedy may change. */
export interface ModelView {
  /** Class, or variable of a model without a class. */
  readonly root: string;
  readonly modules: readonly ModuleEntry[];
  /** The class of that name; null for a model without a class. */
  readonly type: ClassFact | null;
  /** Forward passes of the class and of the file's classes inside it; without an owner what training code does with variables. */
  readonly flows: readonly { readonly owner: ClassFact | null; readonly flow: ForwardFacts }[];
}

/**
 * The model that a remedy is about: the one whose parameters the target names, else the one that contains the
 * target's line, else the one the file trains. Null when several fit.
 */
export function modelOf(facts: PythonFacts, target: RemedyTarget): ModelView | null {
  const root = rootByParameters(facts, target) ?? rootByLine(facts, target) ?? trainedRoot(facts);
  return root === null ? null : viewOf(facts, root);
}

function rootByParameters(facts: PythonFacts, target: RemedyTarget): string | null {
  const [first, second] = matchModels(facts, target.parameters);
  if (first === undefined || first.complete === 0) {
    return null;
  }
  const tie =
    second !== undefined &&
    second.complete === first.complete &&
    second.resolved.size === first.resolved.size;
  const trained = trainedRoot(facts);
  return tie && trained !== null ? trained : first.root;
}

function rootByLine(facts: PythonFacts, target: RemedyTarget): string | null {
  const { line } = target;
  if (line === null) {
    return null;
  }
  const around = facts.classes.find((one) => one.range.line <= line && line <= one.range.endLine);
  if (around !== undefined && around.modules.length > 0) {
    return around.name;
  }
  return facts.modules.find((entry) => entry.range.line <= line && line <= entry.range.endLine)?.root ?? null;
}

/** The one model that the file's optimizers update, or the one class that no other class contains. */
export function trainedRoot(facts: PythonFacts): string | null {
  const loose = facts.models.filter(({ members }) => members.length > 0);
  const together = loose.filter(({ members }) =>
    facts.optimizers.some((one) => members.every((name) => one.members.includes(name))),
  );
  const names = new Set(facts.optimizers.map((one) => one.model).filter((name) => name !== null));
  const trained = new Set(
    [...together, ...facts.models.filter((model) => names.has(model.name))].map((model) => model.root),
  );
  const known = [...trained].filter((root) => facts.modules.some((entry) => entry.root === root));
  if (known.length > 0) {
    return known.length === 1 ? (known[0] ?? null) : null;
  }
  const inside = new Set(facts.modules.map((entry) => entry.type));
  const outer = [...new Set(facts.modules.map((entry) => entry.root))].filter((root) => !inside.has(root));
  return outer.length === 1 ? (outer[0] ?? null) : null;
}

export function viewOf(facts: PythonFacts, root: string): ModelView {
  const modules = facts.modules.filter((entry) => entry.root === root);
  const owners = new Set([root, ...modules.map((entry) => entry.type)]);
  const flows: { owner: ClassFact | null; flow: ForwardFacts }[] = facts.models.flatMap((model) =>
    model.root === root && model.flow !== null ? [{ owner: null, flow: model.flow }] : [],
  );
  for (const owner of facts.classes) {
    if (owners.has(owner.name) && owner.flow !== null) {
      flows.push({ owner, flow: owner.flow });
    }
  }
  return { root, modules, type: facts.classes.find((one) => one.name === root) ?? null, flows };
}

/** How many layers an entry stands for: the product of the counts of the lists around it; unknown counts are 1. */
export function layerCount(model: ModelView, entry: ModuleEntry): number {
  const parts = entry.path.split('.');
  let count = 1;
  parts.forEach((part, at) => {
    if (part === '*') {
      const list = parts.slice(0, at + 1).join('.');
      const holder = at === parts.length - 1 ? entry : model.modules.find((one) => one.path === list);
      count *= holder?.count ?? 1;
    }
  });
  return Math.max(1, count);
}

/** True when every list with weight layers inside has a count that the code gives. */
export function isCounted(model: ModelView): boolean {
  const lists = model.modules.filter((entry) => entry.path.endsWith('*'));
  return lists.every((list) => list.count !== null);
}

/** Layers with weights, as far as literal counts tell. */
export function depthOf(model: ModelView): number {
  return model.modules
    .filter((entry) => isWeightLayer(entry.type))
    .reduce((sum, entry) => sum + layerCount(model, entry), 0);
}

const ACTIVATION_NAMES: ReadonlySet<string> = new Set([
  'relu',
  'relu6',
  'leakyrelu',
  'prelu',
  'elu',
  'selu',
  'celu',
  'gelu',
  'silu',
  'mish',
  'softplus',
  'sigmoid',
  'hardsigmoid',
  'logsigmoid',
  'tanh',
  'hardtanh',
  'softsign',
  'softmax',
  'logsoftmax',
]);

/** `nn.LeakyReLU`, `torch.nn.functional.leaky_relu` and `torch.leaky_relu_` are all `leakyrelu`; null for no activation. */
export function activationName(type: string): string | null {
  const name = (type.split('.').pop() ?? '').replace(/_/g, '').toLowerCase();
  return ACTIVATION_NAMES.has(name) ? name : null;
}

/** Activations of a model with the number of times each is written; softmax left out. */
export function activationsOf(model: ModelView): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const add = (type: string, times: number) => {
    const name = activationName(type);
    if (name !== null && !name.endsWith('softmax')) {
      counts.set(name, (counts.get(name) ?? 0) + times);
    }
  };
  for (const entry of model.modules) {
    add(entry.type, layerCount(model, entry));
  }
  for (const { flow } of model.flows) {
    for (const step of flow.steps) {
      if (step.op === 'activation') {
        const loop = flow.loops[step.loop];
        add(step.name, loop === undefined ? 1 : (loop.count ?? 2));
      }
    }
  }
  return counts;
}

/** The activation most hidden layers use; null when the model shows none. */
export function mainActivation(model: ModelView): string | null {
  let best: string | null = null;
  let most = 0;
  for (const [name, count] of activationsOf(model)) {
    if (count > most) {
      best = name;
      most = count;
    }
  }
  return best;
}

/** True when any layer or function of the model normalises. */
export function isNormalised(model: ModelView): boolean {
  return (
    model.modules.some((entry) => isNormLayer(entry.type) || /^nn\.Transformer/.test(entry.type)) ||
    model.flows.some(({ flow }) => flow.steps.some((step) => step.op === 'norm'))
  );
}

/** True when some forward pass adds a value to what was computed from it (`x + f(x)`, `shortcut(x) + f(x)`). */
export function hasResidual(model: ModelView): boolean {
  return model.flows.some(({ flow }) => flow.steps.some((step) => isShortcut(flow, step)));
}

/** A sum of a value and something computed from it by a layer. */
export function isShortcut(flow: ForwardFacts, step: ForwardStep): boolean {
  const [left, right] = step.inputs;
  if (step.op !== 'add' || left === undefined || right === undefined) {
    return false;
  }
  const [fromLeft, fromRight] = [reach(flow, left), reach(flow, right)];
  if (fromRight.ids.has(left) || fromLeft.ids.has(right)) {
    return fromLeft.layers || fromRight.layers;
  }
  // A projection on the short way: both sides come from one value through layers. Sums of embeddings do not count,
  // nor do the draws of a distribution from its mean and spread.
  const sampled = [fromLeft, fromRight].some(({ ids }) => [...ids].some((id) => isDraw(flow.steps[id])));
  return (
    fromLeft.layers && fromRight.layers && !sampled && [...fromLeft.ids].some((id) => fromRight.ids.has(id))
  );
}

function isDraw(step: ForwardStep | undefined): boolean {
  return step?.op === 'other' && /^torch\.(?:exp|rand\w*|normal)$/.test(step.name);
}

/**
 * Sums with a shortcut that one pass makes: those of a block count once for each of its instances. Infinity where the
 * number of instances is not literal.
 */
export function shortcutCount(model: ModelView): number {
  let count = 0;
  for (const { owner, flow } of model.flows) {
    for (const step of flow.steps.filter((one) => isShortcut(flow, one))) {
      const looped = step.loop < 0 ? 1 : loopCount(model, flow, step);
      count += looped * instancesOf(model, owner);
    }
  }
  return count;
}

function loopCount(model: ModelView, flow: ForwardFacts, step: ForwardStep): number {
  const over = flow.loops[step.loop]?.over ?? null;
  const list = over === null ? undefined : model.modules.find(({ path }) => path.endsWith(`${over}.*`));
  return list?.count ?? Number.POSITIVE_INFINITY;
}

function instancesOf(model: ModelView, owner: ClassFact | null): number {
  if (owner === null || owner.name === model.root) {
    return 1;
  }
  return model.modules
    .filter((entry) => entry.type === owner.name)
    .reduce((sum, entry) => {
      const unknown = model.modules.some(
        (list) =>
          list.path.endsWith('*') && list.count === null && `${entry.path}.`.startsWith(`${list.path}.`),
      );
      return sum + (unknown ? Number.POSITIVE_INFINITY : layerCount(model, entry));
    }, 0);
}

/** Steps a value depends on, and whether a layer other than an embedding is among them. */
function reach(
  flow: ForwardFacts,
  from: number,
): { readonly ids: ReadonlySet<number>; readonly layers: boolean } {
  const ids = new Set<number>();
  let layers = false;
  const todo = [from];
  for (let id = todo.pop(); id !== undefined; id = todo.pop()) {
    const step = flow.steps[id];
    if (step === undefined || ids.has(id)) {
      continue;
    }
    ids.add(id);
    layers ||= step.op === 'module' && !/Embedding/.test(step.name);
    todo.push(...step.inputs);
  }
  return { ids, layers };
}

/** Argument of a call by keyword, else by position; undefined when it is not given (or a `*args` hides it). */
export function argument(
  args: readonly ArgumentFact[],
  name: string,
  position: number,
): ArgumentFact | undefined {
  const named = args.find((arg) => arg.name === name);
  if (named !== undefined) {
    return named;
  }
  const positional = args.slice(0, position + 1).filter((arg) => arg.name === null && arg.star === 0);
  return positional.length === position + 1 ? positional[position] : undefined;
}

export function featuresIn(entry: ModuleEntry): ArgumentFact | undefined {
  return argument(entry.args, isConvolution(entry.type) ? 'in_channels' : 'in_features', 0);
}

export function featuresOut(entry: ModuleEntry): ArgumentFact | undefined {
  return argument(entry.args, isConvolution(entry.type) ? 'out_channels' : 'out_features', 1);
}
