import type { ModelFact, ModuleEntry, ModuleInstance, PythonFacts } from '../python/facts';
import { hasParameters, isInner } from './innerNames';
import { normalizeParameterName } from './parameterName';

/** Where a parameter's path leads in one model. */
export interface Resolution {
  /** The deepest module on the path that the code registers. */
  readonly entry: ModuleEntry;
  readonly instance: ModuleInstance;
  /** Segments of the path that the entry accounts for. */
  readonly depth: number;
  /** True when the rest of the path is what a module of this type registers itself. */
  readonly complete: boolean;
  /** False where the path fits several places of the code (indices that the text does not tell), and this is but one. */
  readonly sole: boolean;
}

/** A model's modules by path. */
export interface ModelTree {
  /** Class, or variable of a model without a class. */
  readonly root: string;
  readonly instances: readonly ModuleInstance[];
  /** First segments that the log may leave out: `rnn.named_parameters()` names the parameters of a variable without it. */
  readonly members?: readonly string[];
}

/** Modules by full path, and those with unknown indices by the first segment. */
export interface TreeIndex {
  readonly root: string;
  readonly size: number;
  readonly exact: ReadonlyMap<string, ModuleInstance>;
  readonly patterns: ReadonlyMap<string, readonly Pattern[]>;
  /** First segments of all exact paths: a name that begins with none of them needs no look at its prefixes. */
  readonly firsts: ReadonlySet<string>;
  /** Modules that have parameters of their own. */
  readonly trainable: readonly ModuleInstance[];
  /** See ModelTree. */
  readonly members: readonly string[];
}

interface Pattern {
  readonly instance: ModuleInstance;
  readonly segments: readonly string[];
}

export function indexTree({ root, instances, members = [] }: ModelTree): TreeIndex {
  const exact = new Map<string, ModuleInstance>();
  const firsts = new Set<string>();
  const patterns = new Map<string, Pattern[]>();
  for (const instance of instances) {
    if (!instance.path.includes('*')) {
      exact.set(instance.path, instance);
      firsts.add(firstOf(instance.path));
      continue;
    }
    const segments = instance.path.split('.');
    const first = segments[0]?.includes('*') ? '*' : (segments[0] ?? '');
    const known = patterns.get(first);
    if (known === undefined) {
      patterns.set(first, [{ instance, segments }]);
    } else {
      known.push({ instance, segments });
    }
  }
  const trainable = instances.filter(({ entry }) => hasParameters(entry));
  return { root, size: instances.length, exact, firsts, patterns, trainable, members };
}

function firstOf(path: string): string {
  const dot = path.indexOf('.');
  return dot < 0 ? path : path.slice(0, dot);
}

/** Follows a parameter's path to the deepest module on it; null when not even its first segment is registered. */
function resolveIn(index: TreeIndex, segments: readonly string[]): Resolution | null {
  const found = exactPrefix(index, segments);
  const fitting = [
    ...(index.patterns.get(segments[0] ?? '') ?? []),
    ...(index.patterns.get('*') ?? []),
  ].filter(
    (pattern) => pattern.segments.length > (found?.depth ?? 0) && fits(index, pattern.segments, segments),
  );
  const depth = Math.max(...fitting.map((pattern) => pattern.segments.length));
  const deepest = fitting.filter((pattern) => pattern.segments.length === depth);
  if (deepest.length === 0) {
    return found === null ? null : resolution(found.instance, found.depth, segments);
  }
  const all = deepest.map(({ instance }) => resolution(instance, depth, segments));
  // What cannot hold the parameter is not at this index, unless nothing is known of it.
  const able = all.filter((one) => one.complete || one.entry.type === 'unknown');
  const kept = able.some((one) => one.complete) ? able : all;
  const best = kept.find((one) => one.complete) ?? kept[0];
  return best === undefined ? null : { ...best, sole: kept.every((one) => samePlace(one.entry, best.entry)) };
}

function exactPrefix(
  index: TreeIndex,
  segments: readonly string[],
): { instance: ModuleInstance; depth: number } | null {
  if (!index.firsts.has(segments[0] ?? '')) {
    return null;
  }
  for (let depth = segments.length; depth > 0; depth--) {
    const instance = index.exact.get(segments.slice(0, depth).join('.'));
    if (instance !== undefined) {
      return { instance, depth };
    }
  }
  return null;
}

/** Does a path begin like a pattern? An unknown index is none of those that are known. */
function fits(index: TreeIndex, pattern: readonly string[], segments: readonly string[]): boolean {
  if (pattern.length > segments.length) {
    return false;
  }
  return pattern.every((part, at) => {
    const segment = segments[at] ?? '';
    if (!part.includes('*')) {
      return part === segment;
    }
    // A model's own attributes have names; at its top an unknown index can only be a number.
    const isIndex = at > 0 || /^\d+$/.test(segment) || part !== '*';
    return isIndex && fitsIndex(part, segment) && !index.exact.has(segments.slice(0, at + 1).join('.'));
  });
}

/** `*`: any name or index; `block*-*`: with digits in the places of the stars. */
function fitsIndex(part: string, segment: string): boolean {
  if (part === '*') {
    return /^\w+$/.test(segment);
  }
  let at = 0;
  return (
    part.split('*').every((text, index) => {
      const digits = index === 0 ? 0 : (/^\d*/.exec(segment.slice(at))?.[0].length ?? 0);
      const holds = (index === 0 || digits > 0) && segment.startsWith(text, at + digits);
      at += digits + text.length;
      return holds;
    }) && at === segment.length
  );
}

function resolution(instance: ModuleInstance, depth: number, segments: readonly string[]): Resolution {
  const { entry } = instance;
  return { entry, instance, depth, complete: isInner(entry, segments.slice(depth).join('.')), sole: true };
}

/** Do two entries stand on one line? */
export function samePlace(a: ModuleEntry, b: ModuleEntry): boolean {
  return a.file === b.file && a.range.line === b.range.line;
}

/** One model, and how it explains the parameters of a run. */
export interface ModelMatch {
  /** Class, or variable of a model without a class. */
  readonly root: string;
  readonly resolved: ReadonlyMap<string, Resolution>;
  /** Parameters whose whole path is accounted for. */
  readonly complete: number;
  /** Modules of the model. */
  readonly size: number;
  /** Modules with parameters of which the run logs none. */
  readonly unused: number;
}

/**
 * How a model explains parameters; null when it registers none of them. A first segment that most names share may be a
 * logger's group (`grads.fc1.weight`) or a prefix that only some models of the same code have (`bert.`, Lightning's `model.`).
 */
export function matchTree(index: TreeIndex, names: readonly ParameterPath[]): ModelMatch | null {
  const plain = matchBelow(index, names, null);
  if (plain?.complete === names.length) {
    return plain;
  }
  const prefix = commonPrefix(names);
  const below = prefix === null ? null : matchBelow(index, names, prefix);
  const shared = names.every(({ segments }) => segments[0] === prefix);
  // Taken off some names only, it must explain them all.
  const fits = below !== null && (shared || below.complete === names.length);
  return fits && below.complete > (plain?.complete ?? 0) ? below : plain;
}

/** The first segment of at least half of the names. */
function commonPrefix(names: readonly ParameterPath[]): string | null {
  const counts = new Map<string, number>();
  for (const { segments } of names) {
    const [first] = segments;
    if (first !== undefined && segments.length > 2) {
      counts.set(first, (counts.get(first) ?? 0) + 1);
    }
  }
  return [...counts].find(([, count]) => 2 * count >= names.length)?.[0] ?? null;
}

function matchBelow(
  index: TreeIndex,
  names: readonly ParameterPath[],
  prefix: string | null,
): ModelMatch | null {
  const resolved = new Map<string, Resolution>();
  let complete = 0;
  for (const { parameter, segments } of names) {
    const path = segments[0] === prefix ? segments.slice(1) : segments;
    const found = resolveIn(index, path) ?? withinOneMember(index, path);
    if (found !== null) {
      resolved.set(parameter, found);
      complete += found.complete ? 1 : 0;
    }
  }
  if (resolved.size === 0) {
    return null;
  }
  const used = new Set([...resolved.values()].map(({ instance }) => instance));
  const unused = index.trainable.filter((instance) => !used.has(instance)).length;
  return { root: index.root, resolved, complete, size: index.size, unused };
}

/** The one variable of several that has such a parameter; null where none or more than one has it. */
function withinOneMember(index: TreeIndex, segments: readonly string[]): Resolution | null {
  const found = index.members
    .map((member) => resolveIn(index, [member, ...segments]))
    .filter((one) => one?.complete === true);
  return found.length === 1 ? (found[0] ?? null) : null;
}

/** A logged name and the path it stands for. */
export interface ParameterPath {
  readonly parameter: string;
  readonly segments: readonly string[];
}

export function parameterPaths(parameters: readonly string[]): readonly ParameterPath[] {
  return parameters.map((parameter) => ({ parameter, segments: normalizeParameterName(parameter) }));
}

/**
 * The models of a file that register any of the parameters, best match first: most whole paths, then most paths,
 * then the smallest model (a wrapper that merely contains another one explains nothing more).
 */
export function matchModels(facts: PythonFacts, parameters: readonly string[]): readonly ModelMatch[] {
  const names = parameterPaths(parameters);
  const byRoot = new Map<string, ModelMatch>();
  for (const index of indicesOfFile(facts)) {
    const match = matchTree(index, names);
    const known = byRoot.get(index.root);
    if (match !== null && (known === undefined || compareMatches(match, known) < 0)) {
      byRoot.set(index.root, match);
    }
  }
  return [...byRoot.values()].sort(compareMatches);
}

export function compareMatches(a: ModelMatch, b: ModelMatch): number {
  return b.complete - a.complete || b.resolved.size - a.resolved.size || a.size - b.size;
}

/** The tree of a model's variable, or of the variables that are one together. */
export function looseTree({ root, instances, members }: ModelFact): ModelTree {
  return { root, instances, members: members.map((name) => name.slice(name.lastIndexOf('.') + 1)) };
}

/** Of files whose models were asked for: a folder of many logs asks every file for each of them. */
const indexed = new WeakMap<PythonFacts, readonly TreeIndex[]>();

/** The models of a file as seen from that file alone. */
export function indicesOfFile(facts: PythonFacts): readonly TreeIndex[] {
  const known = indexed.get(facts);
  if (known !== undefined) {
    return known;
  }
  const trees: readonly ModelTree[] = [
    ...facts.classes.map(({ name, instances }) => ({ root: name, instances })),
    ...facts.models.map(looseTree),
  ];
  const indices = trees.filter(({ instances }) => instances.length > 0).map(indexTree);
  indexed.set(facts, indices);
  return indices;
}
