import type { ModuleEntry, PythonFacts } from '../python/facts';
import { normalizeParameterName } from './parameterName';

/** Where a parameter's path leads in one model of a file. */
export interface Resolution {
  /** The deepest module on the path that the file registers. */
  readonly entry: ModuleEntry;
  /** Segments of the path that the entry accounts for. */
  readonly depth: number;
  /** True when the rest of the path is what a module of this type registers itself. */
  readonly complete: boolean;
}

/** Parameters that a built-in module registers itself, below its own path. */
const INNER_NAMES: readonly (readonly [RegExp, RegExp])[] = [
  [/^nn\.(?:RNN|LSTM|GRU)$/, /^(?:weight|bias)_(?:ih|hh|hr)_l\d+(?:_reverse)?$/],
  [/^nn\.(?:RNN|LSTM|GRU)Cell$/, /^(?:weight|bias)_(?:ih|hh)$/],
  [
    /^nn\.MultiheadAttention$/,
    /^(?:in_proj_(?:weight|bias)|[qkv]_proj_weight|bias_[kv]|out_proj\.(?:weight|bias))$/,
  ],
  [
    /^nn\.Transformer(?:Encoder|Decoder)Layer$/,
    /^(?:(?:self_attn|multihead_attn)\..+|linear[12]\.\w+|norm[123]\.\w+)$/,
  ],
  [/^nn\.Transformer(?:Encoder|Decoder)$/, /^(?:layers\.\d+\..+|norm\.\w+)$/],
  [/^nn\.Transformer$/, /^(?:encoder|decoder)\..+$/],
  [/^nn\.(?:Parameter|ParameterList|ParameterDict)$/, /^\d*$/],
  [/^nn\.(?:Sequential|ModuleList|ModuleDict)$/, /^$/],
  [/^nn\.\w+$/, /^(?:weight|bias|in_proj_weight|in_proj_bias)$/],
];

/** Modules of one root by the first segment of their path, for trees of thousands of layers. */
type PathIndex = ReadonlyMap<
  string,
  readonly { readonly entry: ModuleEntry; readonly pattern: readonly string[] }[]
>;

function indexPaths(entries: readonly ModuleEntry[]): PathIndex {
  const index = new Map<string, { entry: ModuleEntry; pattern: string[] }[]>();
  for (const entry of entries) {
    const pattern = entry.path.split('.');
    const first = pattern[0] ?? '';
    const known = index.get(first);
    if (known === undefined) {
      index.set(first, [{ entry, pattern }]);
    } else {
      known.push({ entry, pattern });
    }
  }
  return index;
}

/** Follows a parameter's path to the deepest module on it; null when not even its first segment is registered. */
function resolveIn(index: PathIndex, segments: readonly string[]): Resolution | null {
  let best: Resolution | null = null;
  for (const { entry, pattern } of [...(index.get(segments[0] ?? '') ?? []), ...(index.get('*') ?? [])]) {
    if (pattern.length > segments.length || !pattern.every((part, at) => matches(part, segments[at] ?? ''))) {
      continue;
    }
    const complete = isInner(entry.type, segments.slice(pattern.length).join('.'));
    if (
      best === null ||
      pattern.length > best.depth ||
      (pattern.length === best.depth && complete && !best.complete)
    ) {
      best = { entry, depth: pattern.length, complete };
    }
  }
  return best;
}

function matches(pattern: string, segment: string): boolean {
  return pattern === segment || (pattern === '*' && /^\w+$/.test(segment));
}

/** True when a module of this type registers `rest` itself: `weight` for nn.Linear, nothing for a parameter. */
function isInner(type: string, rest: string): boolean {
  const row = INNER_NAMES.find(([types]) => types.test(type));
  return row?.[1].test(rest) ?? false;
}

/** One model of a file, and how it explains the parameters of a run. */
export interface ModelMatch {
  /** Class, or variable of a model without a class. */
  readonly root: string;
  readonly resolved: ReadonlyMap<string, Resolution>;
  /** Parameters whose whole path is accounted for. */
  readonly complete: number;
}

/**
 * The models of a file that register any of the parameters, best match first: most whole paths, then most paths,
 * then the smallest model (a wrapper that merely contains another one explains nothing more).
 */
export function matchModels(facts: PythonFacts, parameters: readonly string[]): readonly ModelMatch[] {
  const roots = new Map<string, ModuleEntry[]>();
  for (const entry of facts.modules) {
    const known = roots.get(entry.root);
    if (known === undefined) {
      roots.set(entry.root, [entry]);
    } else {
      known.push(entry);
    }
  }
  const names = parameters.map((parameter) => ({ parameter, segments: normalizeParameterName(parameter) }));
  const matches: ModelMatch[] = [];
  for (const [root, entries] of roots) {
    const resolved = new Map<string, Resolution>();
    let complete = 0;
    const index = indexPaths(entries);
    for (const { parameter, segments } of names) {
      const found = resolveName(index, segments);
      if (found !== null) {
        resolved.set(parameter, found);
        complete += found.complete ? 1 : 0;
      }
    }
    if (resolved.size > 0) {
      matches.push({ root, resolved, complete });
    }
  }
  return matches.sort(
    (a, b) =>
      b.complete - a.complete ||
      b.resolved.size - a.resolved.size ||
      (roots.get(a.root)?.length ?? 0) - (roots.get(b.root)?.length ?? 0),
  );
}

/** Looks a logged name up as it is, then below a prefix that only some models of the same code have. */
function resolveName(index: PathIndex, segments: readonly string[]): Resolution | null {
  const direct = resolveIn(index, segments);
  if (direct?.complete || segments.length < 3) {
    return direct;
  }
  // A logger's own group (`grads.fc1.weight`) or a base-model prefix (`bert.encoder…`, Lightning's `model.`).
  const inner = resolveIn(index, segments.slice(1));
  return inner?.complete ? inner : direct;
}
