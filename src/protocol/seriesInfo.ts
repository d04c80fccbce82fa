/** A series and the bound of a run in figures, as the page is told of them. */
import type { Link } from '../core/link/join';
import { sayLine } from '../core/run/parts';
import type { PointIndex } from '../core/run/pointIndex';
import type { Run } from '../core/run/run';
import { firstAtOrAfterLine, type Series } from '../core/run/series';
import type { ChartAxis } from './chartAxis';
import type { ChartSource } from './chartData';
import type { RunInfo, SeriesInfo } from './messages';

/** @param index the series' points along the axis in use */
export function seriesInfo(
  series: Series,
  index: PointIndex,
  run: Run | null,
  { settledLine }: Pick<ChartAxis, 'settledLine'>,
  link: Link | undefined,
): SeriesInfo {
  const { points } = index;
  const summary = index.summary();
  const at = summary.firstNonFinite;
  return {
    id: series.id,
    name: series.name,
    kind: series.kind,
    statistic: series.statistic,
    split: series.split,
    parameter: series.parameter,
    code: codePlace(link),
    forecast: finiteOrNull(link?.forecast ?? Number.NaN),
    points: summary.points,
    settled: firstAtOrAfterLine(points, settledLine + 1),
    minStep: finiteOrNull(summary.minStep),
    maxStep: finiteOrNull(summary.maxStep),
    min: finiteOrNull(summary.min),
    max: finiteOrNull(summary.max),
    smallestPositive: finiteOrNull(summary.smallestPositive),
    last: points.length === 0 ? '' : String(points.value(points.length - 1)),
    zeros: summary.zeros,
    nan: summary.nan,
    infinite: summary.infinite,
    firstNonFinite:
      at < 0 || run === null
        ? null
        : {
            step: points.step(at),
            line: points.line(at),
            place: sayLine(run, points.line(at)),
            value: String(points.value(at)),
          },
  };
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function codePlace(link: Link | undefined): SeriesInfo['code'] {
  return link === undefined ? null : { path: link.source, line: link.line, exact: link.exact };
}

/** The bound that the code states, else the ceiling at which the logged norms stand. */
export function clipInfo({ clip, findings }: ChartSource): RunInfo['clip'] {
  if (clip !== undefined) {
    const { value, source, line, exact } = clip;
    return { value, from: { path: source, line, exact } };
  }
  const ceiling = findings
    .map(({ evidence }) => evidence.ceiling)
    .find((value) => typeof value === 'number' && value > 0 && Number.isFinite(value));
  return typeof ceiling === 'number' ? { value: ceiling, from: null } : null;
}
