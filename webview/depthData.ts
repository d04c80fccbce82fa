/** The numbers of the depth profile, as last received from the host, and what they say. */
import { changePerLayer } from '../src/core/run/depthProfile';
import { roleOf } from '../src/core/run/factsNames';
import { layersOf } from '../src/protocol/choose';
import type { SeriesInfo, Snapshot } from '../src/protocol/messages';
import type { Asking } from '../src/protocol/wire';
import type { DepthCurve } from './chart/depth';
import type { Extent } from './chart/projection';
import type { ComparedRun } from './compare';
import { forecastValues } from './forecastCurve';
import { formatCount, formatFactor, formatValue } from './format';
import { seriesByLayer } from './sameLayer';
import { isCounted } from './summary';

/** A slope over fewer is none. */
const FEWEST_LAYERS = 3;

export interface Profile {
  readonly values: Float64Array;
  readonly steps: Float64Array;
  readonly lines: Uint32Array;
}

/** What the profile of the chosen step is drawn beside. */
export interface Beside extends Profile {
  readonly label: string;
}

export interface LoadedDepth {
  readonly layers: readonly SeriesInfo[];
  readonly step: number;
  readonly now: Profile;
  readonly beside: readonly Beside[];
  /** What the code lets expect at initialisation, by row; null where the run's code is not known. */
  readonly forecast: Float64Array | null;
}

export interface DepthWish {
  readonly layers: readonly SeriesInfo[];
  readonly epoch: number;
  readonly step: number;
  /** Length of the axis over which medians are taken; 0: the last values up to the step. */
  readonly window: number;
  readonly reference: number | null;
  readonly referenceLabel: string;
  readonly other: ComparedRun | null;
}

/** The chosen step's profile, and those it is drawn beside. */
export async function loadDepth(
  asking: Asking,
  { layers, epoch, step, window, reference, ...wish }: DepthWish,
): Promise<LoadedDepth> {
  const ids = layers.map(({ id }) => id);
  const ask = async (run: number, of: number, series: readonly number[], at: number): Promise<Profile> => {
    const place = window > 0 ? { from: at - window / 2, step: at + window / 2 } : { from: null, step: at };
    const answer = await asking.request('profile', { run, epoch: of, series, ...place });
    return {
      values: new Float64Array(answer.values),
      steps: new Float64Array(answer.steps),
      lines: new Uint32Array(answer.lines),
    };
  };
  const besideRun = async ({ index, run, label }: ComparedRun): Promise<Beside> => {
    const idOf = seriesByLayer(run);
    const rows = layers.flatMap(({ parameter }, row) => {
      const id = idOf(parameter);
      return id === undefined ? [] : [{ row, id }];
    });
    const found = await ask(
      index,
      run.epoch,
      rows.map(({ id }) => id),
      step,
    );
    return {
      label: rows.length === layers.length ? label : `${label}: ${rows.length} of ${layers.length} layers`,
      ...spreadOver(
        rows.map(({ row }) => row),
        found,
        layers.length,
      ),
    };
  };
  const [now, ...beside] = await Promise.all([
    ask(0, epoch, ids, step),
    ...(wish.other === null ? [] : [besideRun(wish.other)]),
    ...(reference === null
      ? []
      : [ask(0, epoch, ids, reference).then((profile) => ({ ...profile, label: wish.referenceLabel }))]),
  ]);
  return { layers, step, now, beside, forecast: forecastValues(layers, now.values) };
}

/** A profile of some of the rows as one of all of them. */
function spreadOver(rows: readonly number[], profile: Profile, length: number): Profile {
  const all: Profile = {
    values: new Float64Array(length).fill(Number.NaN),
    steps: new Float64Array(length).fill(Number.NaN),
    lines: new Uint32Array(length),
  };
  rows.forEach((row, at) => {
    all.values[row] = profile.values[at]!;
    all.steps[row] = profile.steps[at]!;
    all.lines[row] = profile.lines[at]!;
  });
  return all;
}

/** The last step, or where the layers have all become NaN or infinite for good, the one before the first of those. */
export function lastFinite(snapshot: Snapshot, last: number): number {
  const layers = layersOf(snapshot).filter(({ points }) => points > 0);
  const isLost = layers.length > 0 && layers.every((layer) => !Number.isFinite(Number(layer.last)));
  if (!isLost) {
    return last;
  }
  const first = Math.min(...layers.map(({ firstNonFinite }) => firstNonFinite?.step ?? last));
  // Any step before it does: a profile is of what was logged last.
  return isCounted(snapshot.axis.kind) ? first - 1 : first - Math.abs(first) * 1e-9;
}

/** Over the whole run, so that playing shows movement; and over what is drawn. */
export function extentOf(layers: readonly SeriesInfo[], curves: readonly DepthCurve[]): Extent | null {
  let min = Math.min(...layers.map((series) => series.smallestPositive ?? Number.POSITIVE_INFINITY));
  let max = Math.max(...layers.map((series) => series.max ?? Number.NEGATIVE_INFINITY));
  for (const { values } of curves) {
    for (const value of values) {
      if (value > 0 && Number.isFinite(value)) {
        min = Math.min(min, value);
        max = Math.max(max, value);
      }
    }
  }
  return min <= max && max > 0 ? { min, max } : null;
}

/**
 * Change from one layer to the next toward the input, of the rows that `changePerLayer` may be asked about: the weights where
 * there are enough, as in the rules, because a layer's bias is not one more layer. NaN with fewer than three positive values.
 */
export function changeTowardInput(layers: readonly SeriesInfo[], values: Float64Array): number {
  return 1 / changePerLayer(depthRows(layers).map((row) => values[row]!));
}

/** "24 layers, first 2.1e−6, last 0.53: ×0.55 a layer toward the input." */
export function profileSentence(layers: readonly SeriesInfo[], values: Float64Array): string {
  const rows = depthRows(layers);
  const factor = changeTowardInput(layers, values);
  const first = values[rows[0] ?? -1] ?? Number.NaN;
  const last = values[rows.at(-1) ?? -1] ?? Number.NaN;
  const ends = `${formatCount(rows.length, 'layer')}, first ${formatValue(first)}, last ${formatValue(last)}`;
  return Number.isFinite(factor) ? `${ends}: ${formatFactor(factor)} a layer toward the input` : ends;
}

function depthRows(layers: readonly SeriesInfo[]): readonly number[] {
  const all = layers.map((_, row) => row);
  const weights = all.filter((row) => roleOf(layers[row]?.parameter ?? '') === 'weight');
  return weights.length >= FEWEST_LAYERS ? weights : all;
}
