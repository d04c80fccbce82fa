/** Numbers from a seed: the same run every time. */
export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  between(low: number, high: number): number;
  /** Uniform on the logarithm. */
  logBetween(low: number, high: number): number;
  whole(low: number, high: number): number;
  chance(probability: number): boolean;
  normal(): number;
  pick<T>(of: readonly [T, ...T[]]): T;
}

/** Uniform numbers in [0, 1) from a seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function randomOf(seed: number): Random {
  const uniform = randomFrom(seed);
  const between = (low: number, high: number): number => low + (high - low) * uniform();
  return {
    uniform,
    between,
    logBetween: (low, high) => Math.exp(between(Math.log(low), Math.log(high))),
    whole: (low, high) => Math.floor(between(low, high + 1)),
    chance: (probability) => uniform() < probability,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    pick: (of) => of[Math.floor(uniform() * of.length)] ?? of[0],
  };
}
