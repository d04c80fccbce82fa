import type { Run } from '../../../src/core/run/run';
import type { Series } from '../../../src/core/run/series';

/** Defect classes of the benchmark. */
export type DefectClass =
  | 'vanishing'
  | 'exploding'
  | 'nonfinite'
  | 'dead-relu'
  | 'divergence'
  | 'spike'
  | 'plateau';

/** One alarm of a published rule: the class it claims and the step it names. */
export interface Alarm {
  readonly defect: DefectClass;
  readonly step: number;
}

/** A published tool's rules, as far as its documentation defines them on gradients, norms and losses that a log holds. */
export interface PublishedTool {
  readonly name: string;
  /** What was implemented, and what a log cannot show. */
  readonly note: string;
  alarms(log: PlainLog): readonly Alarm[];
}

/** A run as those tools see it: plain columns in file order. */
export interface PlainLog {
  readonly norm: Column | null;
  readonly loss: Column | null;
  /** Per parameter, input first. */
  readonly layers: readonly Column[];
}

export interface Column {
  readonly name: string;
  readonly steps: readonly number[];
  readonly values: readonly number[];
}

export function plainLog(run: Run): PlainLog {
  const train = run.series.filter(({ split }) => split === 'train');
  const longest = (series: readonly Series[]): Column | null => {
    const [first] = [...series].sort((a, b) => b.points.length - a.points.length);
    return first === undefined ? null : column(first);
  };
  const layers = train
    .filter(({ kind, parameter }) => kind === 'grad-norm' && parameter !== null)
    .map(column);
  const norm = longest(train.filter(({ kind, parameter }) => kind === 'grad-norm' && parameter === null));
  return {
    norm: norm ?? sumOf(layers),
    loss: longest(train.filter(({ kind }) => kind === 'loss')),
    layers,
  };
}

function column(series: Series): Column {
  const { points } = series;
  const indices = Array.from({ length: points.length }, (_, i) => i);
  return {
    name: series.parameter ?? series.name,
    steps: indices.map((i) => points.step(i)),
    values: indices.map((i) => points.value(i)),
  };
}

/** Where only layers are logged, the tools are given the norm of the whole, as their own hooks would compute it. */
function sumOf(layers: readonly Column[]): Column | null {
  const [first] = layers;
  if (first === undefined) {
    return null;
  }
  const squares = first.values.map((_, row) =>
    layers.reduce((sum, layer) => sum + (layer.values[row] ?? 0) ** 2, 0),
  );
  return { name: 'norm', steps: first.steps, values: squares.map(Math.sqrt) };
}

/** First row for which a condition holds, as an alarm; none when there is no such row. */
export function firstWhere(
  log: Column | null,
  defect: DefectClass,
  holds: (value: number, row: number, values: readonly number[]) => boolean,
): readonly Alarm[] {
  const row = log?.values.findIndex((value, i) => holds(value, i, log.values)) ?? -1;
  return log === null || row < 0 ? [] : [{ defect, step: log.steps[row] ?? 0 }];
}

/** Every row for which a condition holds. */
export function everyWhere(
  log: Column | null,
  defect: DefectClass,
  holds: (value: number, row: number, values: readonly number[]) => boolean,
): readonly Alarm[] {
  return (log?.values ?? []).flatMap((value, row, values) =>
    holds(value, row, values) ? [{ defect, step: log?.steps[row] ?? 0 }] : [],
  );
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function deviation(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
}

export function middle(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
