import { networkOf, numbered, roleOf } from './factsNames';
import type { Track } from './factsTimeline';
import { median, steadiness, theilSenSlope } from './stats';

/** Under this many layers a trend over depth cannot be told from three unlike layers. */
const SHORTEST_CHAIN = 3;
const SHORTEST_STACK = 4;
/** Slopes between all pairs are quadratic: of longer chains, so many members evenly spread tell the same. */
const MOST_FITTED = 64;
const MOST_IN_PROFILE = 256;

/** Weight matrices of one path through a network, input first. */
export interface Chain {
  /** `model`: every weight matrix in logged order. `stack`: the same matrix of each block, by block number. */
  readonly kind: 'model' | 'stack';
  readonly members: readonly Track[];
  /** Bias beside the last member: the gradient that enters at the output, even when the weights get none. */
  readonly outputBias: Track | null;
  /**
   * Bias beside each member; empty unless most have one. A bias gets the backward signal alone, a weight its product with
   * the layer's input: where both fade in opposite directions, as under a tiny initialisation, only the biases tell.
   */
  readonly biases: readonly Track[];
  /** The gradient over depth in each window. */
  readonly fits: readonly DepthFit[];
}

/** Gradient over depth in one window. All levels are log10 of norms. */
export interface DepthFit {
  /** Of each member; NaN where it has no finite non-zero value. */
  readonly levels: readonly number[];
  /** Level at the output: the larger of the last members and the output bias. */
  readonly output: number;
  /** Level at the input: the median of the first quarter of the members. */
  readonly input: number;
  /** Decades from output down to input; negative when the gradient grows toward the input. */
  readonly decades: number;
  /** Kendall's tau of level over depth: 1 when every layer has less than the next. */
  readonly steadiness: number;
  /** The same of the biases; NaN without them. */
  readonly steadinessOfBiases: number;
  /** Median decades from a layer to the next, toward the output. */
  readonly perLayer: number;
}

/** The chains along which a gradient may vanish or explode, of layers in the order of the model. Frozen layers (zero throughout) take no part. */
export function chainsOf(layers: readonly Track[]): readonly Chain[] {
  const alive = layers.filter((layer) => layer.zeros < layer.count);
  const biases = alive.filter((layer) => roleOf(nameOf(layer)) === 'bias');
  const candidates = alive.filter((layer) => ['weight', 'unknown'].includes(roleOf(nameOf(layer))));
  const weights = candidates.filter((layer) => roleOf(nameOf(layer)) === 'weight');
  const chains: Chain[] = [];
  for (const members of groupBy(weights.length > 0 ? weights : candidates, (layer) =>
    networkOf(nameOf(layer)),
  )) {
    const path = withoutSequentialNorms(members);
    if (path.length >= SHORTEST_CHAIN) {
      chains.push(chainOf('model', path, biases));
    }
  }
  for (const members of groupBy(candidates, (layer) => numbered(nameOf(layer))?.template ?? '')) {
    const path = withoutSequentialNorms(members);
    if (path.length >= SHORTEST_STACK && numbered(nameOf(path[0])) !== null) {
      chains.push(chainOf('stack', path, []));
    }
  }
  return chains;
}

/** Share of the members that need a bias of their own before the biases are a profile. */
const MOST_WITH_BIAS = 0.75;

function chainOf(kind: Chain['kind'], members: readonly Track[], all: readonly Track[]): Chain {
  const windows = members[0]?.level.length ?? 0;
  const outputBias = biasOf(members[members.length - 1], all);
  const own = members.map((member) => biasOf(member, all)).filter((bias) => bias !== null);
  const enough = own.length >= Math.max(SHORTEST_STACK, MOST_WITH_BIAS * members.length);
  const biases = enough ? own : [];
  const fits = Array.from({ length: windows }, (_, window) => fitDepth(members, biases, outputBias, window));
  return { kind, members, outputBias, biases, fits };
}

function fitDepth(
  members: readonly Track[],
  biases: readonly Track[],
  outputBias: Track | null,
  window: number,
): DepthFit {
  const levels = members.map((member) => member.level[window] ?? Number.NaN);
  const known = levels.filter((level) => !Number.isNaN(level));
  const stride = Math.ceil(levels.length / MOST_FITTED);
  const spread = thinned(levels, stride);
  const output = Math.max(
    ...known.slice(-2),
    ...[outputBias?.level[window] ?? Number.NaN].filter((level) => !Number.isNaN(level)),
  );
  const input = median(known.slice(0, Math.max(1, Math.floor(known.length / 4))));
  return {
    levels,
    output,
    input,
    decades: known.length >= SHORTEST_CHAIN ? output - input : Number.NaN,
    steadiness: steadiness(spread),
    steadinessOfBiases: steadiness(thinned(biases, stride).map((bias) => bias.level[window] ?? Number.NaN)),
    perLayer: theilSenSlope(spread) / stride,
  };
}

function thinned<T>(values: readonly T[], stride: number): readonly T[] {
  return values.filter((_, i) => i % stride === 0);
}

/** Norms of a fit for evidence, in the order of the chain; 0 where unknown. Evenly thinned out beyond a picture's width. */
export function profileOf(fit: DepthFit): readonly number[] {
  const stride = Math.ceil(fit.levels.length / MOST_IN_PROFILE);
  return fit.levels
    .filter((_, i) => i % stride === 0)
    .map((level) => (Number.isFinite(level) ? 10 ** level : 0));
}

export function nameOf(layer: Track | undefined): string {
  return layer?.series.parameter ?? layer?.series.name ?? '';
}

/**
 * In `nn.Sequential(conv, batchnorm, relu, conv, ...)` a normalisation's scale is called `1.weight`. It gives itself away:
 * its number follows directly on a weight's while the stack otherwise goes in larger strides.
 */
function withoutSequentialNorms(members: readonly Track[]): readonly Track[] {
  const indices = members.map((member) => numbered(nameOf(member)));
  const sameTemplate = (i: number): boolean => indices[i]?.template === indices[i - 1]?.template;
  const gap = (i: number): number => (indices[i]?.index ?? 0) - (indices[i - 1]?.index ?? 0);
  const strides = members.some((_, i) => i > 0 && sameTemplate(i) && gap(i) >= 2);
  if (!strides) {
    return members;
  }
  return members.filter((_, i) => i === 0 || !sameTemplate(i) || gap(i) !== 1);
}

/** The bias of a weight's own layer: `fc1.bias` for `fc1.weight`. */
function biasOf(weight: Track | undefined, biases: readonly Track[]): Track | null {
  const own = nameOf(weight).replace(/(weight|kernel|w)(?=[^a-z]*$)/i, '');
  return own.length === 0 ? null : (biases.find((bias) => nameOf(bias).startsWith(own)) ?? null);
}

function groupBy(layers: readonly Track[], key: (layer: Track) => string): Track[][] {
  const groups = new Map<string, Track[]>();
  for (const layer of layers) {
    const name = key(layer);
    const group = groups.get(name);
    if (group === undefined) {
      groups.set(name, [layer]);
    } else {
      group.push(layer);
    }
  }
  return [...groups.values()];
}
