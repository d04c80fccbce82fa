import type { RunFacts } from '../../../run/facts';
import { type Incident, sayWhen } from '../incident';
import { LASTING_ROWS } from './mainCurves';

/** Further losses and norms (a second optimizer, one term of the loss). Rows of NaN are usual there, an end in NaN is not. */
export function besides(facts: RunFacts): Incident | null {
  const main = new Set([...(facts.norm?.series ?? []), ...(facts.lossCurve?.series ?? [])]);
  for (const series of facts.run.series) {
    const { points } = series;
    if (series.split !== 'train' || main.has(series.id) || !['loss', 'grad-norm'].includes(series.kind)) {
      continue;
    }
    let from = points.length;
    while (from > 0 && !Number.isFinite(points.value(from - 1))) {
      from--;
    }
    if (from > 0 && points.length - from >= LASTING_ROWS) {
      const at = { time: points.step(from), step: points.step(from), line: points.line(from) };
      return {
        severity: 'warning',
        at,
        end: null,
        message: `${series.name} is not finite from ${sayWhen(facts, at)} to the end, though it was before; the main loss is.`,
        evidence: { rows: points.length - from },
        remedies: ['eps', 'clip-grad-norm', 'lower-lr'],
        parameters: series.parameter === null ? [] : [series.parameter],
        series: [series.id],
      };
    }
  }
  return null;
}
