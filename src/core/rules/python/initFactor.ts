import { chainOfRoot } from '../../python/chain';
import { replace } from '../../python/edits';
import type { InitFact, ModuleInstance, PythonFacts } from '../../python/facts';
import { fanIn, initialisedBy } from '../../python/instances';
import { activationOf, isNorm } from '../../python/layers';
import { isNonnegative } from '../../python/nonnegative';
import { scalings } from '../../remedies/edits/enlarged';
import type { Fix } from '../finding';
import { unsafeFix } from './support';

/** Median of std · √fan_in over the layers that are written; null when unknown or when normalisation makes it harmless. */
export function typicalFactor(facts: PythonFacts, init: InitFact): number | null {
  const std = writtenStd(facts, init);
  const gain = writtenGain(facts, init);
  if ((std === null && gain === null) || init.writes === 'bias' || isNormalised(facts, init.root)) {
    return null;
  }
  const layers = initialisedBy(facts, init);
  return gain !== null
    ? layers.length === 0
      ? null
      : gain
    : medianOf(layers, (fan) => (std ?? 0) * Math.sqrt(fan));
}

/**
 * Weights between 0 and a: behind ReLUs every product adds up, and multiplies by a/2 for each input. Median over the layers; null
 * where none of that is known, or normalisation makes it harmless.
 */
export function summingFactor(facts: PythonFacts, init: InitFact): number | null {
  if (!isNonnegative(init) || isNormalised(facts, init.root)) {
    return null;
  }
  const high = (init.scale?.value ?? 1) * scaledAfter(facts, init);
  return medianOf(initialisedBy(facts, init), (fan) => (high / 2) * fan);
}

function medianOf(layers: readonly ModuleInstance[], of: (fanIn: number) => number): number | null {
  const values = layers
    .flatMap((instance) => fanIn(instance) ?? [])
    .map(of)
    .sort((a, b) => a - b);
  return values[Math.floor(values.length / 2)] ?? null;
}

/** The standard deviation in the end: that of the call, times what multiplies the weights afterwards. */
export function writtenStd(facts: PythonFacts, init: InitFact): number | null {
  const std = stdOf(init);
  return std === null ? null : std * scaledAfter(facts, init);
}

/** What multiplies a call's weights afterwards. */
function scaledAfter(facts: PythonFacts, init: InitFact): number {
  return scalings(facts).reduce((product, one) => (one.init === init ? product * one.factor : product), 1);
}

/** The gain of a scheme that keeps the signal's size at a gain of 1; null for others, and where the code does not say it. */
export function writtenGain(facts: PythonFacts, init: InitFact): number | null {
  return (init.kind === 'xavier' || init.kind === 'orthogonal') && init.scale !== null
    ? init.scale.value * scaledAfter(facts, init)
    : null;
}

/** The standard deviation of normal values: 1 where the call gives none. Null when it cannot be seen, or is none. */
function stdOf({ kind, scale, args, name }: InitFact): number | null {
  if (kind === 'uniform') {
    return symmetric(args, name) && scale !== null ? Math.abs(scale.value) / Math.sqrt(3) : null;
  }
  if (kind !== 'normal' && kind !== 'trunc-normal') {
    return null;
  }
  const place = name.startsWith('nn.init.') ? 2 : 1;
  const isGiven = args.length > place || args.some((arg) => arg.name === 'std' || arg.star !== 0);
  return scale?.value ?? (isGiven ? null : 1);
}

/** `uniform_(-a, a)`: the lower bound is the negative of the upper one. */
function symmetric(args: InitFact['args'], name: string): boolean {
  const [low, high] = args
    .slice(name.startsWith('nn.init.') ? 1 : 0)
    .map(({ text }) => text.replace(/\s/g, ''));
  return low !== undefined && high !== undefined && low.replace(/^-/, '') === high && low.startsWith('-');
}

/** Layers that normalise, transformer layers (which hold them) and functions in a forward pass. */
function isNormalised(facts: PythonFacts, root: string | null): boolean {
  const entries = facts.modules.filter((entry) => entry.root === root);
  const flows = facts.classes.filter(
    ({ name }) => name === root || entries.some(({ type }) => type === name),
  );
  return (
    entries.some(({ type, base }) => isNorm(base ?? type) || /^nn\.Transformer/.test(type)) ||
    flows.some(({ flow }) => flow?.steps.some((step) => step.op === 'norm') ?? false)
  );
}

/** The initialisation that the activations around ask for, in place of a call. */
export function standardScheme(facts: PythonFacts, init: InitFact): Fix[] {
  const tensor = init.name.startsWith('nn.init.') ? init.args[0]?.text : init.target;
  const chain = init.root === null ? [] : chainOfRoot(facts, init.root);
  const words = chain.flatMap((item) => (item.role === 'activation' ? [activationOf(item.type)] : []));
  const saturating = words.some((word) => word === 'tanh' || word === 'sigmoid');
  const [canonical, more, remedy] =
    init.writes === 'recurrent'
      ? (['torch.nn.init.orthogonal_', '', 'orthogonal-init'] as const)
      : saturating || chain.some((item) => item.role === 'residual')
        ? (['torch.nn.init.xavier_uniform_', '', 'xavier-init'] as const)
        : (['torch.nn.init.kaiming_normal_', ', nonlinearity="relu"', 'he-init'] as const);
  const spelled = facts.spell(canonical);
  if (spelled === null || tensor === undefined) {
    return [];
  }
  const title = `Initialise with ${spelled.slice(spelled.lastIndexOf('.') + 1)}`;
  return [unsafeFix(facts, remedy, title, [replace(init.call, `${spelled}(${tensor}${more})`)], true)];
}
