import type { InitFact } from './facts';

/** `uniform_(0, a)`, `rand_like`, and nn.init.uniform_ without bounds, which draws between 0 and 1: no weight starts negative. */
export function isNonnegative({ kind, writes, name, args }: InitFact): boolean {
  const bounds = name.startsWith('nn.init.') ? args.slice(1) : args;
  const low =
    bounds.find((arg) => arg.name === 'a' || arg.name === 'from') ?? bounds.find((arg) => arg.name === null);
  return (
    kind === 'uniform' && writes === 'weight' && (bounds.length === 0 || (low?.number?.value ?? -1) >= 0)
  );
}
