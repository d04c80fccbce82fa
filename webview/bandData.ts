/** The band of many series: asked for, and continued while the log grows. */
import type { SeriesInfo } from '../src/protocol/messages';
import type { Range } from '../src/protocol/range';
import type { Asking } from '../src/protocol/wire';
import { type DrawnBand, drawnBand } from './chart/content';
import type { Columns } from './continued';

type Known = Pick<SeriesInfo, 'id' | 'settled'>;

/** By column, as in the host's `quantileBand`. */
interface RawBand {
  readonly low: Float64Array;
  readonly lowerQuartile: Float64Array;
  readonly median: Float64Array;
  readonly upperQuartile: Float64Array;
  readonly high: Float64Array;
  readonly nonFinite: Uint32Array;
  readonly zeros: Uint32Array;
}

export interface LoadedBand {
  /** With the points of each that were there when this was asked, and keep their places. */
  readonly series: readonly Known[];
  readonly raw: RawBand;
  readonly drawn: DrawnBand;
}

/**
 * @param seen the part of the window that is looked at
 * @param before the band of the same picture, where it is continued
 */
export async function loadBand(
  asking: Asking,
  of: { readonly run: number; readonly epoch: number },
  window: Columns,
  seen: Range,
  series: readonly Known[],
  before: LoadedBand | undefined,
): Promise<LoadedBand> {
  const known = before !== undefined && areSame(before.series, series) ? before : undefined;
  const answer = await asking.request('band', {
    ...of,
    ...window,
    series: series.map(({ id }) => id),
    known: known?.series.map(({ settled }) => settled) ?? null,
  });
  const floats = (name: Exclude<keyof RawBand, 'nonFinite' | 'zeros'>) => {
    const all = new Float64Array(window.columns);
    all.set(known?.raw[name].subarray(0, answer.first) ?? []);
    all.set(new Float64Array(answer[name]), answer.first);
    return all;
  };
  const counts = (name: 'nonFinite' | 'zeros') => {
    const all = new Uint32Array(window.columns);
    all.set(known?.raw[name].subarray(0, answer.first) ?? []);
    all.set(new Uint32Array(answer[name]), answer.first);
    return all;
  };
  const raw: RawBand = {
    low: floats('low'),
    lowerQuartile: floats('lowerQuartile'),
    median: floats('median'),
    upperQuartile: floats('upperQuartile'),
    high: floats('high'),
    nonFinite: counts('nonFinite'),
    zeros: counts('zeros'),
  };
  return { series, raw, drawn: drawnBand(window, seen, series.length, raw, raw) };
}

function areSame(before: readonly Known[], now: readonly Known[]): boolean {
  return before.length === now.length && before.every(({ id }, at) => id === now[at]?.id);
}
