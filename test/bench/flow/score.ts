/** How far a forecast is from the norms that PyTorch measured. */
import { verdictOf } from '../../../src/core/flow/forecast';
import type { FlowClass } from '../../../src/core/flow/report';

export interface MeasuredParameter {
  readonly name: string;
  readonly dims: number;
  /** One a seed. */
  readonly norms: readonly string[];
}
export type Measured = Readonly<
  Record<string, { readonly class: string; readonly parameters: readonly MeasuredParameter[] }>
>;

export interface Score {
  readonly name: string;
  readonly errors: readonly number[];
  readonly biasErrors: readonly number[];
  readonly worst: string;
  readonly expected: number;
  readonly measured: number;
  readonly spread: number;
  readonly verdictRight: boolean;
  readonly verdict: string;
  readonly coverage: number;
  readonly milliseconds: number;
  readonly unknown: readonly string[];
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);
}

/** Mean over seeds of log10 of a parameter's norm relative to the reference's; null when it is exactly zero. */
function relative(parameter: MeasuredParameter, reference: MeasuredParameter): number[] {
  return parameter.norms.flatMap((norm, i) => {
    const a = Number(norm);
    const b = Number(reference.norms[i]);
    return a > 0 && b > 0 ? [Math.log10(a / b)] : [];
  });
}

/** Errors are in decades; a model that is not found (no forecast) has none, and its verdict is unknown. */
export function score(
  name: string,
  forecast: FlowClass | undefined,
  measured: readonly MeasuredParameter[],
  milliseconds: number,
): Score {
  const byName = new Map(measured.map((p) => [p.name, p]));
  // Compared against the last weight as declared, the common choice of a reader of a log.
  const weights = measured.filter((p) => p.dims > 1 && p.norms.some((n) => Number(n) > 0));
  const reference = byName.get(forecast?.reference ?? '') ?? weights.at(-1);
  const errors: number[] = [];
  const biasErrors: number[] = [];
  let worst = '';
  let worstError = -1;
  for (const layer of forecast?.layers ?? []) {
    const p = byName.get(layer.parameter);
    if (p === undefined || reference === undefined || p === reference) continue;
    const values = relative(p, reference);
    if (values.length === 0) continue;
    const error = layer.log10 - mean(values);
    (p.dims > 1 ? errors : biasErrors).push(Math.abs(error));
    if (p.dims > 1 && Math.abs(error) > worstError) {
      worstError = Math.abs(error);
      worst = `${layer.parameter} ${layer.log10.toFixed(2)} for ${mean(values).toFixed(2)}`;
    }
  }
  const first = weights[0];
  const firstLogs = first === undefined || reference === undefined ? [] : relative(first, reference);
  const truth = verdictOf(mean(firstLogs));
  const expected = forecast?.layers.find((l) => l.matrix)?.log10 ?? Number.NaN;
  const centre = mean(firstLogs);
  return {
    name,
    errors,
    biasErrors,
    worst,
    expected,
    measured: centre,
    spread: Math.sqrt(mean(firstLogs.map((v) => (v - centre) ** 2))),
    verdictRight: truth === forecast?.verdict,
    verdict: forecast?.verdict ?? 'unknown',
    coverage: forecast?.coverage ?? 0,
    milliseconds,
    unknown: forecast?.unknown ?? ['no model found'],
  };
}

/** A quantile of values, by rank; NaN of none. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

export function summary(scores: readonly Score[]): string {
  const all = scores.flatMap((s) => s.errors);
  const biases = scores.flatMap((s) => s.biasErrors);
  const told = scores.filter((s) => s.coverage >= 0.9 || s.unknown.length > 0).length;
  const right = scores.filter((s) => s.verdictRight).length;
  return [
    `${scores.length} architectures, ${all.length} weights`,
    `median error ${quantile(all, 0.5).toFixed(2)} decades, 95th percentile ${quantile(all, 0.95).toFixed(2)}`,
    `vectors (biases, scales: ${biases.length}): median ${quantile(biases, 0.5).toFixed(2)}, 95th percentile ${quantile(biases, 0.95).toFixed(2)}`,
    `verdict right for ${right} of ${scores.length} (${((100 * right) / Math.max(1, scores.length)).toFixed(0)} %)`,
    `at least 90 % of the weights, or said what is unknown: ${told} of ${scores.length}`,
  ].join('; ');
}
