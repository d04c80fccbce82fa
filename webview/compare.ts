/** Which series of several runs belong together, and how far the runs are apart. Pure. */

import type { LineStyle } from '../src/protocol/choose';
import { layersOf, seriesOfPane } from '../src/protocol/choose';
import type { RunInfo, SeriesInfo, Snapshot } from '../src/protocol/messages';
import { fullRange, type Range } from '../src/protocol/range';
import { seriesByLayer } from './sameLayer';

/** Pictures of the comparison, top first. */
export const COMPARED_PANES = [
  { id: 'norms', title: 'Gradient norm' },
  { id: 'loss', title: 'Loss' },
  { id: 'learning-rate', title: 'Learning rate' },
] as const;
export type ComparedPane = (typeof COMPARED_PANES)[number]['id'];

/** A run in the comparison. Index 0 is the one that the charts are of. */
export interface ComparedRun {
  readonly index: number;
  readonly run: RunInfo;
  /** What tells it from the others. */
  readonly label: string;
  readonly style: LineStyle;
}

/** The own run in the foreground's colour, the others in looks of their own. */
export function comparedRuns(snapshot: Snapshot): readonly ComparedRun[] {
  const runs: readonly RunInfo[] = [snapshot, ...snapshot.compared];
  const labels = runLabels(runs.map(({ name }) => name));
  return runs.map((run, index) => ({
    index,
    run,
    label: labels[index] ?? run.name,
    style: index === 0 ? { hue: -1, dash: 0, width: 2 } : styleOfOther(index - 1),
  }));
}

const HUES = 6;
const DASHES = 4;

/** Hues first, then dashes; where both are used up the lines get broader. */
function styleOfOther(at: number): LineStyle {
  const dash = Math.floor(at / HUES);
  return { hue: at % HUES, dash: dash % DASHES, width: 1.75 + Math.floor(dash / DASHES) };
}

/** Names of runs; of several of one name each gets its number. */
function runLabels(names: readonly string[]): readonly string[] {
  return names.map((name, at) => {
    const same = names.filter((other) => other === name).length;
    return same === 1 ? name : `${name} (${names.slice(0, at + 1).filter((other) => other === name).length})`;
  });
}

/** The series of a run that a picture compares; undefined where it logged none. */
export function comparedSeries(
  run: RunInfo,
  pane: ComparedPane,
  parameter: string | null,
): SeriesInfo | undefined {
  const trained = seriesOfPane(run, pane).filter(({ split, points }) => split === 'train' && points > 0);
  if (pane !== 'norms' || parameter === null) {
    return trained.find((series) => series.parameter === null);
  }
  const id = seriesByLayer(run)(parameter);
  return trained.find((series) => series.id === id);
}

/** Parameters that the own run and at least one other logged, in model order. */
export function commonParameters(runs: readonly ComparedRun[]): readonly string[] {
  const [own, ...others] = runs;
  const elsewhere = others.map(({ run }) => seriesByLayer(run));
  return own === undefined
    ? []
    : layersOf(own.run).flatMap(({ parameter }) =>
        parameter !== null && elsewhere.some((idOf) => idOf(parameter) !== undefined) ? [parameter] : [],
      );
}

/** From the first to the last step of any of the runs. */
export function unionRange(runs: readonly ComparedRun[]): Range {
  const ranges = runs.filter(({ run }) => run.series.length > 0).map(({ run }) => fullRange(run));
  return ranges.length === 0
    ? { from: 0, to: 1 }
    : { from: Math.min(...ranges.map(({ from }) => from)), to: Math.max(...ranges.map(({ to }) => to)) };
}

/** Runs that count what the own one counts: an epoch is no step. */
export function alignedRuns(runs: readonly ComparedRun[]): readonly ComparedRun[] {
  const kind = runs[0]?.run.axis.kind;
  return runs.filter(({ run }) => run.series.length > 0 && run.axis.kind === kind);
}

/** The last step in view that all aligned runs have reached: only up to there a comparison is fair. Null: they have none in common. */
export function lastCommonStep(runs: readonly ComparedRun[], range: Range): number | null {
  const ranges = alignedRuns(runs).map(({ run }) => fullRange(run));
  const to = Math.min(range.to, ...ranges.map((one) => one.to));
  const from = Math.max(...ranges.map((one) => one.from));
  return ranges.length > 1 && from <= to ? to : null;
}

/** A layer's norm in each run, medians over the steps in view, and how far the farthest is from the own run's. */
export interface LayerDifference {
  readonly parameter: string;
  /** One a run, in their order; NaN where it is unknown. */
  readonly norms: readonly number[];
  /** Largest factor between the own norm and another, in powers of ten. */
  readonly decades: number;
}

/** The layers that differ most first. A layer that is zero, NaN or missing in one run only differs more than any factor. */
export function layerDifferences(
  parameters: readonly string[],
  norms: readonly Float64Array[],
  most: number,
): readonly LayerDifference[] {
  const rows = parameters.map((parameter, row): LayerDifference => {
    const values = norms.map((of) => of[row] ?? Number.NaN);
    const [own = Number.NaN, ...others] = values;
    return {
      parameter,
      norms: values,
      decades: Math.max(0, ...others.map((other) => decadesApart(own, other))),
    };
  });
  return rows.sort((a, b) => b.decades - a.decades).slice(0, most);
}

function decadesApart(a: number, b: number): number {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) {
    return 0;
  }
  return a > 0 && b > 0 ? Math.abs(Math.log10(a / b)) : Number.POSITIVE_INFINITY;
}
