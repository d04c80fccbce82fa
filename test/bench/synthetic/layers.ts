import type { Layer } from './draft';
import type { Random } from './random';

/** How the norm of the whole divides over the parameters of a sound network. */
export type Net = (random: Random, norm: readonly number[]) => Layer[];

function part(random: Random, norm: readonly number[], name: string, share: number, wobble = 0.1): Layer {
  return { name, values: norm.map((whole) => whole * share * Math.exp(wobble * random.normal())) };
}

/** Layers in a row: they differ by a factor of a few, in no steady order. */
export const stack =
  (fewest: number, most: number): Net =>
  (random, norm) => {
    const depth = random.whole(fewest, most);
    return Array.from({ length: depth }, (_, i) => {
      const share = Math.exp(0.5 * random.normal()) / Math.sqrt(depth);
      return [
        part(random, norm, `layers.${i}.weight`, share),
        part(random, norm, `layers.${i}.bias`, share * random.logBetween(0.03, 0.6)),
      ];
    }).flat();
  };

/** Kernels see more positions before each reduction: norms grow toward the input by a factor a stage, without harm. */
export const convolutions: Net = (random, norm) => {
  const depth = random.whole(3, 9);
  const aStage = random.between(1, 1.4);
  return Array.from({ length: depth }, (_, i) => {
    const share = (aStage ** (depth - 1 - i) * Math.exp(0.3 * random.normal())) / aStage ** depth;
    return [
      part(random, norm, `conv.${i}.weight`, share),
      part(random, norm, `conv.${i}.bias`, share * random.logBetween(1e-9, 0.5)),
    ];
  }).flat();
};

/** Decades between embeddings, queries, values, scales and biases; a key's bias gets nothing but rounding. */
export const transformer: Net = (random, norm) => {
  const depth = random.whole(2, 16);
  const slope = random.between(-0.7, 0.7) / depth;
  const queries = random.logBetween(0.01, 0.4);
  const scales = random.logBetween(0.003, 0.3);
  const blocks = Array.from({ length: depth }, (_, i) => {
    const level = 10 ** (slope * i) * Math.exp(0.2 * random.normal()) * 0.3;
    const at = `blocks.${i}`;
    return [
      part(random, norm, `${at}.ln1.weight`, level * scales),
      part(random, norm, `${at}.attn.q.weight`, level * queries),
      part(random, norm, `${at}.attn.k.weight`, level * queries),
      part(random, norm, `${at}.attn.k.bias`, level * 1e-8, 0.6),
      part(random, norm, `${at}.attn.v.weight`, level),
      part(random, norm, `${at}.attn.proj.weight`, level),
      part(random, norm, `${at}.fc.weight`, level),
      part(random, norm, `${at}.fc.bias`, level * 0.05),
      part(random, norm, `${at}.out.weight`, level),
    ];
  }).flat();
  return [
    part(random, norm, 'embed.weight', random.logBetween(0.01, 8)),
    ...blocks,
    part(random, norm, 'ln_f.weight', scales),
    part(random, norm, 'head.weight', random.logBetween(0.2, 4)),
  ];
};

/** A body that is not trained: its rows are zero, or it is not in the log at all. */
export const frozenBody: Net = (random, norm) => {
  const isLogged = random.chance(0.6);
  const body = Array.from({ length: random.whole(2, 12) }, (_, i) => [
    { name: `layers.${i}.weight`, values: norm.map(() => 0) },
    { name: `layers.${i}.bias`, values: norm.map(() => 0) },
  ]).flat();
  return [
    ...(isLogged ? body : []),
    part(random, norm, 'head.0.weight', 0.6),
    part(random, norm, 'head.0.bias', 0.1),
    part(random, norm, 'head.1.weight', 0.8),
    part(random, norm, 'head.1.bias', 0.2),
  ];
};

/** Experts that a router passes over for some rows, and tables whose rows are seldom looked up. */
export const sparse: Net = (random, norm) => {
  const used = random.between(0.2, 0.9);
  const experts = Array.from({ length: random.whole(3, 8) }, (_, i) => {
    const expert = part(random, norm, `moe.experts.${i}.weight`, 0.3, 0.5);
    return { ...expert, values: expert.values.map((value) => (random.chance(used) ? value : 0)) };
  });
  const table = part(random, norm, 'embed_tags.weight', 0.02, 0.8);
  return [
    { ...table, values: table.values.map((value) => (random.chance(0.5) ? value : 0)) },
    part(random, norm, 'moe.router.weight', 0.1),
    ...experts,
    part(random, norm, 'head.weight', 0.8),
  ];
};

/** A policy and a value function beside each other, decades apart. */
export const twoNetworks: Net = (random, norm) => [
  ...[0, 1, 2].map((i) => part(random, norm, `actor.${i}.weight`, random.logBetween(0.01, 0.3), 0.3)),
  ...[0, 1, 2].map((i) => part(random, norm, `critic.${i}.weight`, random.logBetween(0.1, 1), 0.3)),
];
