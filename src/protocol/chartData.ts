/** Answers what the chart page asks about a run. Pure: a run and findings in, message bodies out. */

import type { ClipBound } from '../core/link/clipBound';
import type { Link } from '../core/link/join';
import type { LogFinding, NotChecked } from '../core/rules/finding';
import { depthProfile, windowProfile } from '../core/run/depthProfile';
import { sayLine } from '../core/run/parts';
import { PointIndex } from '../core/run/pointIndex';
import { quantileBand } from '../core/run/quantileBand';
import { reducePoints } from '../core/run/reduce';
import type { Run } from '../core/run/run';
import type { Points, Series } from '../core/run/series';
import { shareAbove } from '../core/run/shareAbove';
import { smoothedAt } from '../core/run/smooth';
import { stepGrid } from '../core/run/stepGrid';
import { type AxisWish, type ChartAxis, chartAxis, otherAxes } from './chartAxis';
import { findingInfo, lineOfFinding, type RemedyTexts, titleOf } from './findingInfo';
import { type Params, PROTOCOL_VERSION, type Result, type RunInfo, type SeriesInfo } from './messages';

/** What is looked at: an open log session satisfies it, and so does a plain object in a test. */
export interface ChartSource {
  readonly run: Run | null;
  readonly findings: readonly LogFinding[];
  readonly notChecked: readonly NotChecked[];
  readonly links: readonly Link[];
  /** Where the run's code clips; absent where that is not known. */
  readonly clip?: ClipBound | undefined;
  readonly state: RunInfo['state'];
  readonly message: string;
  /** Share of the file that is read, 0 to 1. */
  readonly progress: number;
  readonly generation: number;
}

type DataRequest = 'columns' | 'band' | 'grid' | 'profile' | 'share-above';

export class ChartData {
  /** By series id: points as the run has them, and what is known of them along the axis in use. */
  private indices = new Map<number, { readonly of: Points; readonly index: PointIndex }>();
  private epoch = 0;
  private wish: AxisWish = 'logged';
  private axis: ChartAxis | undefined;

  constructor(
    private readonly source: ChartSource,
    private readonly log: { readonly name: string; readonly uri: string },
    private readonly remedies: RemedyTexts,
  ) {}

  /** Address of the log. */
  get uri(): string {
    return this.log.uri;
  }

  /** To be called when the log was read anew. */
  startAnew(): void {
    this.epoch++;
    this.indices = new Map();
    this.axis = undefined;
  }

  /** From now on all steps, asked and answered, are positions on this axis. */
  useAxis(wish: AxisWish): void {
    if (wish !== this.wish) {
      this.wish = wish;
      this.startAnew();
    }
  }

  info(): RunInfo {
    const { source } = this;
    const { run } = source;
    this.renewAxis();
    const axis = this.currentAxis();
    const code = new Map(source.links.map((link) => [link.parameter, link]));
    return {
      epoch: this.epoch,
      generation: source.generation,
      state: source.state,
      message: source.message,
      progress: source.progress,
      name: this.log.name,
      uri: this.log.uri,
      format: run?.format ?? '',
      axis: { kind: axis.kind, why: axis.why },
      otherAxes: otherAxes(run),
      lines: run?.lines ?? 0,
      parts: (run?.parts ?? []).map(({ path, firstLine }) => ({
        name: path.replace(/^.*[\\/]/, ''),
        firstLine,
      })),
      bytes: run?.bytes ?? 0,
      steps: run?.steps ?? 0,
      series: (run?.series ?? []).map((series) => this.seriesInfo(series, code)),
      restarts: (run?.segments ?? []).slice(1).map(({ firstStep, line }) => ({
        step: axis.place(firstStep, line),
        line,
      })),
      skips: (run?.skips ?? []).map(({ step, line }) => ({ step: axis.place(step, line), line })),
      clip: clipInfo(source),
      findings:
        run === null ? [] : source.findings.map((finding) => findingInfo(finding, run, axis, this.remedies)),
      notChecked: source.notChecked.map(({ rule, why }) => ({ title: titleOf(rule), why })),
      problems: [...(run?.problems ?? [])],
    };
  }

  columns(params: Params<'columns'>): Result<'columns'> {
    this.checkEpoch(params);
    const axis = this.currentAxis();
    const { run, findings } = this.source;
    const pinned = findings.flatMap((finding) => {
      const start = axis.place(finding.step, run === null ? null : lineOfFinding(finding, run));
      return finding.endStep === null ? [start] : [start, axis.place(finding.endStep, null)];
    });
    const series = this.pointsOf(params.series).map(({ id, points }) => {
      const reduced = reducePoints(points, params, pinned, this.indices.get(id)?.index);
      const weight = Math.min(Math.max(params.smoothing, 0), 0.99);
      return {
        id,
        steps: reduced.steps.buffer,
        values: reduced.values.buffer,
        lines: reduced.lines.buffer,
        smoothed: weight > 0 ? smoothedAt(points, weight, reduced.indices).buffer : null,
      };
    });
    return { epoch: this.epoch, series };
  }

  band(params: Params<'band'>): Result<'band'> {
    this.checkEpoch(params);
    const band = quantileBand(
      this.pointsOf(params.series).map(({ points }) => points),
      params,
    );
    return {
      epoch: this.epoch,
      low: band.low.buffer,
      lowerQuartile: band.lowerQuartile.buffer,
      median: band.median.buffer,
      upperQuartile: band.upperQuartile.buffer,
      high: band.high.buffer,
      nonFinite: band.nonFinite.buffer,
      zeros: band.zeros.buffer,
      lines: band.lines.buffer,
    };
  }

  grid(params: Params<'grid'>): Result<'grid'> {
    this.checkEpoch(params);
    const grid = stepGrid(
      this.pointsOf(params.series).map(({ points }) => points),
      params,
    );
    return {
      epoch: this.epoch,
      states: grid.states.buffer,
      values: grid.values.buffer,
      steps: grid.steps.buffer,
      lines: grid.lines.buffer,
      medians: grid.medians.buffer,
    };
  }

  profile(params: Params<'profile'>): Result<'profile'> {
    this.checkEpoch(params);
    const layers = this.pointsOf(params.series).map(({ points }) => points);
    const profile =
      params.from === null
        ? depthProfile(layers, params.step)
        : windowProfile(layers, params.from, params.step);
    return {
      epoch: this.epoch,
      values: profile.values.buffer,
      steps: profile.steps.buffer,
      lines: profile.lines.buffer,
    };
  }

  shareAbove(params: Params<'share-above'>): Result<'share-above'> {
    this.checkEpoch(params);
    const [series] = this.pointsOf([params.series]);
    return series === undefined ? { above: 0, points: 0 } : shareAbove(series.points, params.threshold);
  }

  /** The finding and fix that a page of this epoch means; undefined when it does not exist. */
  finding(params: { readonly epoch: number; readonly finding: number }): LogFinding | undefined {
    this.checkEpoch(params);
    return this.source.findings[params.finding];
  }

  /** Where the parameter of a series is registered in the code. */
  codeOf(params: Params<'reveal-code'>): Link | undefined {
    this.checkEpoch(params);
    const parameter = this.source.run?.series[params.series]?.parameter ?? null;
    return this.source.links.find((link) => link.parameter === parameter);
  }

  /** The step logged on a 1-based line; null when the line carries none. */
  stepOfLine(line: number): number | null {
    for (const { points } of this.source.run?.series ?? []) {
      const at = firstAtOrAfterLine(points, line);
      if (at < points.length && points.line(at) === line) {
        return finiteOrNull(this.currentAxis().place(points.step(at), line));
      }
    }
    return null;
  }

  private checkEpoch(params: { readonly epoch: number }): void {
    if (params.epoch !== this.epoch) {
      throw new Error('The log was read anew in the meantime.');
    }
  }

  /** Every series asked for, in that order; an id that does not exist is an error, so that rows stay aligned. */
  private pointsOf(ids: readonly number[]): { id: number; points: Points }[] {
    return ids.map((id) => {
      const series = this.source.run?.series[id];
      if (series === undefined) {
        throw new Error(`The run has no series ${id}.`);
      }
      return { id, points: this.indexOf(id, series.points).points };
    });
  }

  /** Summaries of a series along the axis in use. */
  private indexOf(id: number, points: Points): PointIndex {
    let known = this.indices.get(id);
    if (known?.of !== points) {
      known = { of: points, index: new PointIndex(this.currentAxis().along(points)) };
      this.indices.set(id, known);
    }
    return known.index;
  }

  private currentAxis(): ChartAxis {
    this.axis ??= chartAxis(this.source.run, this.wish);
    return this.axis;
  }

  /** A clock goes on as the log grows; what was placed by its older readings is placed anew. */
  private renewAxis(): void {
    const before = this.axis;
    if (this.wish !== 'logged' || before === undefined || before.kind !== this.source.run?.axis.kind) {
      this.axis = chartAxis(this.source.run, this.wish);
      this.indices = new Map();
      if (before !== undefined && before.kind !== this.axis.kind) {
        this.epoch++;
      }
    }
  }

  private seriesInfo(series: Series, code: ReadonlyMap<string, Link>): SeriesInfo {
    const index = this.indexOf(series.id, series.points);
    const { points } = index;
    const { run } = this.source;
    const summary = index.summary();
    const at = summary.firstNonFinite;
    return {
      id: series.id,
      name: series.name,
      kind: series.kind,
      statistic: series.statistic,
      split: series.split,
      parameter: series.parameter,
      code: codePlace(code.get(series.parameter ?? '')),
      forecast: finiteOrNull(code.get(series.parameter ?? '')?.forecast ?? Number.NaN),
      points: summary.points,
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
}

/**
 * The same requests as a table of handlers, for a host or a test page to complete.
 * @param runs the run that the charts are of, then those it is compared with
 */
export function dataHandlers(runs: () => readonly ChartData[]): {
  readonly [N in DataRequest | 'snapshot']: (params: Params<N>) => Promise<Result<N>>;
} {
  const dataOf = ({ run }: { readonly run: number }): ChartData => {
    const data = runs()[run];
    if (data === undefined) {
      throw new Error('This run is no longer compared.');
    }
    return data;
  };
  return {
    snapshot: async ({ axis }) => {
      for (const data of runs()) {
        data.useAxis(axis);
      }
      const [own, ...compared] = runs().map((data) => data.info());
      if (own === undefined) {
        throw new Error('There is no run to show.');
      }
      return { version: PROTOCOL_VERSION, ...own, compared };
    },
    columns: async (params) => dataOf(params).columns(params),
    band: async (params) => dataOf(params).band(params),
    grid: async (params) => dataOf(params).grid(params),
    profile: async (params) => dataOf(params).profile(params),
    'share-above': async (params) => dataOf(params).shareAbove(params),
  };
}

/** Lines only ever ascend along a series. */
function firstAtOrAfterLine(points: Points, line: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points.line(middle) < line) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function codePlace(link: Link | undefined): SeriesInfo['code'] {
  return link === undefined ? null : { path: link.source, line: link.line, exact: link.exact };
}

/** The bound that the code states, else the ceiling at which the logged norms stand. */
function clipInfo({ clip, findings }: ChartSource): RunInfo['clip'] {
  if (clip !== undefined) {
    const { value, source, line, exact } = clip;
    return { value, from: { path: source, line, exact } };
  }
  const ceiling = findings
    .map(({ evidence }) => evidence.ceiling)
    .find((value) => typeof value === 'number' && value > 0 && Number.isFinite(value));
  return typeof ceiling === 'number' ? { value: ceiling, from: null } : null;
}
