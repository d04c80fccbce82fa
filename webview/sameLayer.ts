/** Which layer of one run is which of another, whatever wraps the model. Pure. */
import { normalizeParameterName } from '../src/core/link/parameterName';
import { layersOf } from '../src/protocol/choose';
import type { RunInfo } from '../src/protocol/messages';

/** Series of a run's layers, by a name that is the same for the bare model and for one in DistributedDataParallel or torch.compile. */
export function seriesByLayer(run: RunInfo): (parameter: string | null) => number | undefined {
  const layers = layersOf(run);
  const byName = new Map(layers.map(({ parameter, id }) => [parameter, id]));
  // Of several that are one layer but for their wrappers, the first.
  const byLayer = new Map(layers.toReversed().map(({ parameter, id }) => [layerName(parameter ?? ''), id]));
  return (parameter) =>
    parameter === null ? undefined : (byName.get(parameter) ?? byLayer.get(layerName(parameter)));
}

/** A parameter's name without what wrappers put around it. */
function layerName(parameter: string): string {
  return normalizeParameterName(parameter).join('.');
}
