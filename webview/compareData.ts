/** What the comparison draws and tabulates, as last received from the host. */

import type { Range } from '../src/protocol/range';
import type { Asking } from '../src/protocol/wire';
import type { DrawnLine, PaneContent } from './chart/content';
import {
  alignedRuns,
  COMPARED_PANES,
  type ComparedPane,
  type ComparedRun,
  commonParameters,
  comparedSeries,
  type LayerDifference,
  lastCommonStep,
  layerDifferences,
} from './compare';
import { type LineSet, loadLines, pinnedSteps } from './lineData';
import { seriesByLayer } from './sameLayer';

/** Layers in the table of differences. */
const MOST_LAYERS = 12;

export interface CompareWish {
  readonly runs: readonly ComparedRun[];
  readonly parameter: string | null;
  readonly range: Range;
  readonly columns: number;
  readonly smoothing: number;
}

export interface CompareData {
  readonly wish: CompareWish;
  /** By address of the run: what its lines are continued from. */
  readonly lines: ReadonlyMap<string, LineSet>;
  readonly contents: ReadonlyMap<ComparedPane, PaneContent>;
  /** The step at which values are compared; null: there is none that all runs reached. */
  readonly step: number | null;
  /** Value of each picture's series at that step, one a run; null where none was logged. */
  readonly atStep: ReadonlyMap<ComparedPane, readonly (number | null)[]>;
  readonly layers: readonly LayerDifference[];
}

/** @param before what was received last */
export async function loadComparison(
  asking: Asking,
  wish: CompareWish,
  before: CompareData | undefined,
): Promise<CompareData> {
  const step = lastCommonStep(wish.runs, wish.range);
  const [lines, atStep, layers] = await Promise.all([
    loadRuns(asking, wish, before?.lines),
    step === null ? new Map<ComparedPane, readonly (number | null)[]>() : loadValues(asking, wish, step),
    step === null ? [] : loadLayers(asking, wish, step),
  ]);
  return { wish, lines, contents: contentsOf(wish, lines), step, atStep, layers };
}

async function loadRuns(
  asking: Asking,
  { runs, parameter, range, columns, smoothing }: CompareWish,
  before: ReadonlyMap<string, LineSet> | undefined,
): Promise<ReadonlyMap<string, LineSet>> {
  const loaded = runs.map(async ({ index, run }): Promise<[string, LineSet]> => {
    const lines = COMPARED_PANES.flatMap(({ id }) => comparedSeries(run, id, parameter) ?? []);
    const { epoch } = run;
    const pins = pinnedSteps(run);
    const wish = { run: index, epoch, range, columns, smoothing, lines, pins };
    return [run.uri, await loadLines(asking, wish, before?.get(run.uri))];
  });
  return new Map(await Promise.all(loaded));
}

function contentsOf(
  { runs, parameter }: CompareWish,
  loaded: ReadonlyMap<string, LineSet>,
): ReadonlyMap<ComparedPane, PaneContent> {
  return new Map(
    COMPARED_PANES.map(({ id }) => {
      const lines = runs.flatMap((compared): DrawnLine[] => {
        const series = comparedSeries(compared.run, id, parameter);
        const points = series === undefined ? undefined : loaded.get(compared.run.uri)?.lines.get(series.id);
        // In this picture a line stands for its run: it has the run's name, number and looks.
        return series === undefined || points === undefined
          ? []
          : [
              {
                ...points,
                series: { ...series, id: compared.index, name: compared.label, parameter: null },
                style: compared.style,
              },
            ];
      });
      return [id, { lines, band: null }];
    }),
  );
}

/** The last value up to a step, of every picture and run; null where there is none. */
async function loadValues(
  asking: Asking,
  { runs, parameter }: CompareWish,
  step: number,
): Promise<ReadonlyMap<ComparedPane, readonly (number | null)[]>> {
  const aligned = alignedRuns(runs);
  const perRun = await Promise.all(
    runs.map(async (compared) => {
      const { index, run } = compared;
      const isAligned = aligned.includes(compared);
      const wanted = COMPARED_PANES.flatMap(({ id }) => {
        const series = comparedSeries(run, id, parameter);
        return series === undefined || !isAligned ? [] : [{ id, series: series.id }];
      });
      const values = await profileOf(
        asking,
        { index, run },
        wanted.map(({ series }) => series),
        null,
        step,
      );
      return new Map(wanted.map(({ id }, at) => [id, values[at] ?? null]));
    }),
  );
  return new Map(COMPARED_PANES.map(({ id }) => [id, perRun.map((values) => values.get(id) ?? null)]));
}

/** Medians over the steps in view that all runs have. */
async function loadLayers(
  asking: Asking,
  { runs, range }: CompareWish,
  step: number,
): Promise<readonly LayerDifference[]> {
  const parameters = commonParameters(runs);
  if (parameters.length === 0) {
    return [];
  }
  const norms = await Promise.all(
    runs.map(async (compared) => {
      const idOf = seriesByLayer(compared.run);
      const isAligned = alignedRuns(runs).includes(compared);
      const present = parameters.filter((parameter) => isAligned && idOf(parameter) !== undefined);
      const ids = present.flatMap((parameter) => idOf(parameter) ?? []);
      const values = await profileOf(asking, compared, ids, range.from, step);
      const normOf = new Map(present.map((parameter, at) => [parameter, values[at]]));
      return Float64Array.from(parameters, (parameter) => normOf.get(parameter) ?? Number.NaN);
    }),
  );
  return layerDifferences(parameters, norms, MOST_LAYERS);
}

async function profileOf(
  asking: Asking,
  { index, run }: Pick<ComparedRun, 'index' | 'run'>,
  series: readonly number[],
  from: number | null,
  step: number,
): Promise<readonly (number | null)[]> {
  if (series.length === 0) {
    return [];
  }
  const answer = await asking.request('profile', { run: index, epoch: run.epoch, series, from, step });
  const lines = new Uint32Array(answer.lines);
  return Array.from(new Float64Array(answer.values), (value, at) => (lines[at] === 0 ? null : value));
}
