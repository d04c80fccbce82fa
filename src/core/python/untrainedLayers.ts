import type { PythonFacts } from './facts';
import { originsOf, originsOfLosses } from './gradientPaths';
import type { CallExpr } from './syntax/ast';
import { layersInNames, OPTIMIZER } from './trainedLayers';

/** Layers in variables that a loss sends gradients to, and that no optimizer of the file is given. */
export interface UntrainedLayers {
  /** The optimizer that is given others: the one of a file, or the one that repeats what another holds. */
  readonly optimizer: CallExpr;
  readonly layers: readonly string[];
}

/** Weights from elsewhere, frozen or moved by hand, are left out on purpose; so are random features. */
const ON_PURPOSE =
  /from_pretrained|load_state_dict|pretrained|torch\.load\(|weights\s{0,4}=\s{0,4}["'A-Z]|requires_grad_?\b|add_param_group|deepcopy|copy_|\blerp_?\b|\.grad\b|\bema\b|frozen|freez|finetun|fine.tun|\bprob(?:e|ing)\b|reservoir|random.feature|functional_call/i;

/** Parameters that reach an optimizer in a way that cannot be followed to a model. */
const HIDDEN = /globals\(|locals\(|vars\(|gc\.|getattr\(|\bmodules\(\)|\.children\(\)/;

export function untrainedLayers(facts: PythonFacts): readonly UntrainedLayers[] {
  const { source } = facts;
  const optimizers = source.callsOfNamed(OPTIMIZER);
  if (optimizers.length === 0 || source.mentions(ON_PURPOSE) || source.mentions(HIDDEN)) {
    return [];
  }
  const layers = layersInNames(facts);
  const losses = layers.length < 2 ? null : originsOfLosses(facts, false);
  if (losses === null || !layers.some((layer) => layer.isIn(losses))) {
    return [];
  }
  const held = optimizers.map(({ call }) => {
    const params = call.args.find(({ name }) => name === null || name === 'params');
    return params === undefined || params.star !== 0 ? null : originsOf(facts, [params.value], true);
  });
  const own = held.map((origins) => layers.filter((layer) => origins !== null && layer.isIn(origins)));
  // Where one optimizer's parameters lead to no layer, they may be any.
  if (own.some(({ length }) => length === 0)) {
    return [];
  }
  const missed = layers.filter((layer) => layer.isIn(losses) && !own.some((some) => some.includes(layer)));
  const repeated = own.findIndex((some, at) =>
    own.some((other, from) => from !== at && some.every((layer) => other.includes(layer))),
  );
  const optimizer = optimizers[Math.max(repeated, 0)]?.call;
  const isPlain = optimizers.length === 1 || repeated >= 0;
  return missed.length === 0 || optimizer === undefined || !isPlain
    ? []
    : [{ optimizer, layers: missed.map(({ name }) => name) }];
}
