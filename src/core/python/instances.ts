import type { TextRange } from '../text';
import type { InitFact, Literal, ModuleInstance, PythonFacts } from './facts';
import { isRecurrent, isWeightLayer } from './layers';

/** Value that an instance's constructor gets for a parameter, by keyword or position; undefined when unknown. */
export function argumentValue(instance: ModuleInstance, name: string, position: number): Literal | undefined {
  const { args } = instance.entry;
  if (args.some((arg) => arg.star !== 0)) {
    return undefined;
  }
  const at = args.findIndex((arg) => arg.name === name);
  const index = at !== -1 ? at : args[position]?.name === null ? position : -1;
  return index === -1 ? undefined : instance.values[index];
}

/** Number of inputs that each unit of a layer sums over; null when unknown. For a recurrent layer the hidden ones. */
export function fanIn(instance: ModuleInstance): number | null {
  const { type } = instance.entry;
  const number = (value: Literal | undefined): number | null => (typeof value === 'number' ? value : null);
  if (type === 'nn.Linear') {
    return number(argumentValue(instance, 'in_features', 0));
  }
  const dims = /^nn\.Conv([123])d$/.exec(type)?.[1];
  if (dims !== undefined) {
    const channels = number(argumentValue(instance, 'in_channels', 0));
    const kernel = number(argumentValue(instance, 'kernel_size', 2));
    const groups = argumentValue(instance, 'groups', 6) ?? 1;
    return channels === null || kernel === null || typeof groups !== 'number'
      ? null
      : (channels / groups) * kernel ** Number(dims);
  }
  return isRecurrent(type) ? number(argumentValue(instance, 'hidden_size', 1)) : null;
}

/** The layers whose weight matrices an initialisation writes; empty when that cannot be seen. */
export function initialisedBy(facts: PythonFacts, init: InitFact): readonly ModuleInstance[] {
  const { makers } = init;
  if (makers.length > 0) {
    return everywhere(facts).filter(
      ({ entry: { call, type } }) => isWeightLayer(type) && makers.some((maker) => samePlace(call, maker)),
    );
  }
  const model = facts.models.find((one) => one.root === init.root);
  const owner = facts.classes.find((one) => one.name === init.root);
  const instances = model?.instances ?? owner?.instances ?? [];
  return instances.filter((instance) => {
    const { type, path } = instance.entry;
    if (!(isWeightLayer(type) || (init.writes === 'recurrent' && isRecurrent(type)))) {
      return false;
    }
    if (init.paths !== null) {
      return init.paths.some((one) => pathFits(one, path) || pathFits(one, instance.path));
    }
    const named = nameTokens(init.nameFilter).every((token) => `${instance.path}.weight`.includes(token));
    return init.sweeps && named && (init.layerTypes.length === 0 || init.layerTypes.includes(type));
  });
}

/** The modules of all classes and models of a file. */
function everywhere(facts: PythonFacts): readonly ModuleInstance[] {
  return [...facts.classes, ...facts.models].flatMap(({ instances }) => instances);
}

function samePlace(a: TextRange | null, b: TextRange): boolean {
  return a !== null && a.line === b.line && a.column === b.column;
}

/** Is a path one of those that a pattern means? `layers.*` is `layers.3`; `encoder.**` is all within the encoder. */
export function pathFits(pattern: string, path: string): boolean {
  if (!pattern.includes('*')) {
    return pattern === path;
  }
  const [wanted, given] = [pattern.split('.'), path.split('.')];
  if (wanted[wanted.length - 1] === '**') {
    return (
      given.length >= wanted.length &&
      pathFits(wanted.slice(0, -1).join('.'), given.slice(0, wanted.length - 1).join('.'))
    );
  }
  return wanted.length === given.length && wanted.every((part, at) => part === '*' || part === given[at]);
}

/** The strings of `"layers" in name and "weight" in name`. */
function nameTokens(filter: string | null): string[] {
  return filter === null
    ? []
    : [...filter.matchAll(/["']([^"']*)["']\s+in\b/g)].map((match) => match[1] ?? '');
}
