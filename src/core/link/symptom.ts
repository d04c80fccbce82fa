import type { LogFinding } from '../rules/finding';
import type { Run } from '../run/run';
import type { Series } from '../run/series';
import { stepSpan } from '../run/stepSpan';
import type { Symptom } from './causes/cause';
import { normalizeParameterName } from './parameterName';

/** The first records, as a share of the run: what stands there no step has caused. */
const START_SHARE = 0.02;
/** Steps before an incident that count as "just before". */
const JUST_BEFORE = 10;
/** Norms that stay within this factor of the median did not grow. */
const GREW = 100;

/**
 * What a finding of a run says about its cause.
 * @param quietUntil step of the run's first incident
 */
export function symptomOf(run: Run, finding: LogFinding, quietUntil: number): Symptom {
  const norms = run.series.filter((series) => series.kind === 'grad-norm' && series.split === 'train');
  const total = norms.find((series) => series.parameter === null);
  const usual = total === undefined ? null : medianBefore(total, quietUntil);
  const [first, last] = stepSpan(run);
  return {
    rule: finding.rule,
    atStart: finding.step <= first + START_SHARE * (last - first),
    sudden: !(total === undefined ? norms : [total]).some((series) => grewBefore(series, finding.step)),
    usualNorm: usual,
    weights: countWeights(norms),
    parameters: finding.parameters,
  };
}

/** Median of the finite, positive values before a step; of all of them when there is none. */
function medianBefore(series: Series, step: number): number | null {
  const before: number[] = [];
  const all: number[] = [];
  for (let at = 0; at < series.points.length; at++) {
    const value = series.points.value(at);
    if (value > 0 && Number.isFinite(value)) {
      all.push(value);
      if (series.points.step(at) < step) {
        before.push(value);
      }
    }
  }
  const values = (before.length > 0 ? before : all).sort((a, b) => a - b);
  return values[values.length >> 1] ?? null;
}

function grewBefore(series: Series, step: number): boolean {
  const usual = medianBefore(series, step);
  if (usual === null) {
    return false;
  }
  const recent: number[] = [];
  for (let at = 0; at < series.points.length && series.points.step(at) < step; at++) {
    const value = series.points.value(at);
    if (Number.isFinite(value)) {
      recent.push(value);
      if (recent.length > JUST_BEFORE) {
        recent.shift();
      }
    }
  }
  return recent.some((value) => value > usual * GREW);
}

/** Weight matrices among the logged names; null without layers. */
function countWeights(norms: readonly Series[]): number | null {
  const names = norms.map((series) => series.parameter).filter((name) => name !== null);
  const layers = new Set(
    names
      .map((name) => normalizeParameterName(name))
      .filter((segments) => !/^bias/.test(segments[segments.length - 1] ?? ''))
      .map((segments) => segments.join('.')),
  );
  return layers.size === 0 ? null : layers.size;
}
