import type { ModuleEntry, PythonFacts } from '../../python/facts';
import { type Spelling, spell } from './names';

export type Norm = 'batch-norm' | 'layer-norm';

/** Name of the normalisation module for the output of a layer, and what it is given. */
export function normCall(
  facts: PythonFacts,
  entry: ModuleEntry,
  norm: Norm,
  size: string,
): { call: string; spelled: Spelling } | null {
  const dims = /(\d)d$/.exec(entry.type)?.[1];
  const type =
    norm === 'batch-norm'
      ? `torch.nn.BatchNorm${dims ?? '1'}d`
      : dims === undefined
        ? 'torch.nn.LayerNorm'
        : 'torch.nn.GroupNorm';
  const spelled = spell(facts, type);
  // One group over all channels is layer normalisation of a feature map.
  return spelled === null
    ? null
    : { call: `${spelled.name}(${type.endsWith('GroupNorm') ? '1, ' : ''}${size})`, spelled };
}
