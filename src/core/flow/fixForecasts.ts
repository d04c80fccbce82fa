import type { PythonFacts } from '../python/facts';
import type { Finding, Fix } from '../rules/finding';
import { curesFirst, RemedyForecaster, type Reread } from './remedyForecast';
import type { FlowClass } from './report';

/** Rules on initialisation and architecture: what they offer changes the flow that a model starts with. */
const SHAPES_FLOW = /^GI2\d\d$/;

/**
 * The fixes of a finding in code with what each would do to the gradient flow of the model it stands in, those that bring the
 * flow back first. The finding's own fixes where no such model is known. Each fix costs one reading of the file.
 * @param models what is known of the file's models, as the code is
 */
export function forecastFixes(
  facts: PythonFacts,
  finding: Finding,
  models: readonly FlowClass[],
  reread: Reread,
): readonly Fix[] {
  const isOpen = finding.fixes.some((fix) => fix.forecastShort === undefined);
  const model = modelAround(models, finding.range.line);
  if (!SHAPES_FLOW.test(finding.code) || !isOpen || model === undefined) {
    return finding.fixes;
  }
  const forecaster = new RemedyForecaster(reread, facts, model.class, model);
  const forecasts = new Map(
    finding.fixes.map((fix) => [fix, fix.forecastShort === undefined ? forecaster.of(fix) : null]),
  );
  return curesFirst(finding.fixes, (fix) => forecasts.get(fix) ?? null).map((fix): Fix => {
    const forecast = forecasts.get(fix) ?? null;
    return forecast === null ? fix : { ...fix, forecast: forecast.text, forecastShort: forecast.short };
  });
}

/** The model whose class the line is in or behind; the only one of the file wherever the line is. */
function modelAround(models: readonly FlowClass[], line: number): FlowClass | undefined {
  const own = models.filter((model) => model.layers.every(({ path }) => path === undefined));
  return own.length === 1 ? own[0] : own.findLast((model) => model.line <= line);
}
