import type { ModuleEntry } from '../python/facts';

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
  [
    /^nn\.(?:Sequential|ModuleList|ModuleDict|Identity|Dropout\w*|ReLU6?|LeakyReLU|GELU|SiLU|Sigmoid|Tanh)$/,
    /^$/,
  ],
  [/^nn\.\w+$/, /^(?:weight|bias|in_proj_weight|in_proj_bias)$/],
];

/** True when a module registers `rest` itself: `weight` for nn.Linear or a class that extends it, nothing for a parameter. */
export function isInner(entry: ModuleEntry, rest: string): boolean {
  return [entry.type, entry.base ?? ''].some((type) => {
    const row = INNER_NAMES.find(([types]) => types.test(type));
    return row?.[1].test(rest) ?? false;
  });
}

/** Layers of torch with parameters of their own. */
const TRAINABLE =
  /^nn\.(?:Linear|Bilinear|(?:Lazy)?Conv\w+|(?:Lazy)?\w*Norm(?:[123]d)?|Embedding\w*|RNN\w*|LSTM\w*|GRU\w*|MultiheadAttention|PReLU|Parameter)$/;

export function hasParameters({ type, base }: ModuleEntry): boolean {
  return (TRAINABLE.test(type) || TRAINABLE.test(base ?? '')) && type !== 'nn.LocalResponseNorm';
}
