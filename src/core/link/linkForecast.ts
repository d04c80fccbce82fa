import { forecastFlow } from '../flow/forecast';
import { type FlowLayer, isConfident } from '../flow/report';
import type { PythonAnalysis } from '../python/analyze';
import type { RunCode } from './match';

/** Steps that the forecast of a run's model may take: logs are joined again with every edit of the code. */
const MOST_WORK = 20_000;

/**
 * For parameters as logged, log10 of the gradient norm that the run's model lets expect at initialisation, relative to its
 * last weight's. Empty where the model is not known or cannot be read whole.
 */
export function forecastParameters(
  { model }: RunCode,
  parameters: readonly string[],
  sources: readonly PythonAnalysis[],
): ReadonlyMap<string, number> {
  if (model === null) {
    return new Map();
  }
  const [forecast] = forecastFlow(model.source.facts, {
    className: model.match.root,
    modules: sources.map(({ facts }) => facts),
    budget: { left: MOST_WORK },
  }).classes;
  if (forecast === undefined || !isConfident(forecast)) {
    return new Map();
  }
  const layers = new Map(forecast.layers.map((layer) => [layer.parameter, layer]));
  return new Map(
    parameters.flatMap((name) => {
      const layer = layerOf(name, layers);
      return layer === null ? [] : [[name, layer.log10] as const];
    }),
  );
}

/** Logs put prefixes before a path (`module.`, `grad/`) and may leave `.weight` off. */
function layerOf(name: string, layers: ReadonlyMap<string, FlowLayer>): FlowLayer | null {
  const segments = name.split(/[./]/);
  for (let from = 0; from < segments.length; from++) {
    const path = segments.slice(from).join('.');
    const found = layers.get(path) ?? layers.get(`${path}.weight`);
    if (found !== undefined) {
      return found;
    }
  }
  return null;
}
