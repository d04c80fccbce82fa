import type { PythonFacts } from './facts';
import { type GradientCut, originsOf, originsOfLosses } from './gradientPaths';
import { type HeldLayer, layersInNames, layersOfClasses, originsOfParameters } from './trainedLayers';

/** A place that keeps the gradient of every loss from layers that an optimizer holds. */
export interface CutLayers {
  readonly place: GradientCut['place'];
  readonly how: string;
  /** As they are called in the code. */
  readonly layers: readonly string[];
}

/** Weights from elsewhere are left out on purpose; so are copies that follow another model. */
const ON_PURPOSE =
  /from_pretrained|load_state_dict|pretrained|torch\.load\(|weights\s{0,4}=|deepcopy|\b(?:ema|teacher|momentum_encoder)|frozen|freez/i;

/**
 * Layers that take part in a loss, that an optimizer is given, and that no gradient reaches: on each way back from each
 * `backward()` something cuts it. All ways that the code may take count as open, so that what is found is certain as far
 * as the file shows.
 */
export function cutLayers(facts: PythonFacts): readonly CutLayers[] {
  if (facts.source.mentions(ON_PURPOSE)) {
    return [];
  }
  const open = originsOfLosses(facts, false);
  const all = open === null || open.cuts.length === 0 ? null : originsOfLosses(facts, true);
  const given = all === null ? null : originsOfParameters(facts);
  if (open === null || all === null || given === null) {
    return [];
  }
  const held = [
    ...layersOfClasses(facts, given),
    ...layersInNames(facts).filter((layer) => layer.isIn(given)),
  ];
  const cut = held.filter((layer) => layer.isIn(all) && !layer.isIn(open));
  const found = new Map<number, { place: GradientCut['place']; how: string; layers: Set<HeldLayer> }>();
  for (const { expr, how, place } of cut.length === 0 ? [] : open.cuts) {
    const behind = originsOf(facts, [expr], true);
    const layers = cut.filter((layer) => layer.isIn(behind));
    if (layers.length > 0) {
      const at = found.get(place.start) ?? { place, how, layers: new Set() };
      for (const layer of layers) {
        at.layers.add(layer);
      }
      found.set(place.start, at);
    }
  }
  return [...found.values()].map(({ place, how, layers }) => ({
    place,
    how,
    layers: [...new Set([...layers].map(({ name }) => name))],
  }));
}
