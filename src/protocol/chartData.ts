/** Answers what the chart page asks about a run. Pure: a run and findings in, message bodies out. */

import type { ClipBound } from '../core/link/clipBound';
import type { Link } from '../core/link/join';
import type { LogFinding, NotChecked } from '../core/rules/finding';
import { depthProfile, windowProfile } from '../core/run/depthProfile';
import { PointIndex } from '../core/run/pointIndex';
import { quantileBand } from '../core/run/quantileBand';
import { reducePoints } from '../core/run/reduce';
import type { Run } from '../core/run/run';
import { firstAtOrAfterLine, type Points } from '../core/run/series';
import { shareAbove } from '../core/run/shareAbove';
import { isSmoothedInDecades, smoothedAt } from '../core/run/smooth';
import { stepGrid } from '../core/run/stepGrid';
import { changedFrom, firstChangedColumn, reduceTail } from '../core/run/tail';
import type { Steps } from '../core/steps';
import { type AxisWish, type ChartAxis, chartAxis, otherAxes } from './chartAxis';
import { findingInfo, lineOfFinding, type RemedyTexts, titleOf } from './findingInfo';
import type { Params, Result, RunInfo } from './messages';
import { clipInfo, seriesInfo } from './seriesInfo';

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

  /** Looks at the points that are new, in steps: {@link info} is quick afterwards. */
  *indexing(): Steps<void> {
    if (this.wish === 'logged') {
      for (const { id, points } of this.source.run?.series ?? []) {
        yield* this.indexOf(id, points).extending();
      }
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
      series: (run?.series ?? []).map((series) =>
        seriesInfo(
          series,
          this.indexOf(series.id, series.points),
          run,
          axis,
          code.get(series.parameter ?? ''),
        ),
      ),
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
    const series = this.pointsOf(params.series).map(({ id, points, inDecades }, at) => {
      const known = params.known?.[at] ?? 0;
      const first = known > 0 ? changedFrom(points, known, params) : 0;
      const reduced =
        first > 0
          ? reduceTail(points, first, params, pinned)
          : reducePoints(points, params, pinned, this.indices.get(id)?.index);
      const weight = Math.min(Math.max(params.smoothing, 0), 0.99);
      return {
        id,
        first,
        indices: reduced.indices.buffer,
        steps: reduced.steps.buffer,
        values: reduced.values.buffer,
        lines: reduced.lines.buffer,
        smoothed: weight > 0 ? smoothedAt(points, weight, reduced.indices, inDecades).buffer : null,
      };
    });
    return { epoch: this.epoch, series };
  }

  band(params: Params<'band'>): Result<'band'> {
    this.checkEpoch(params);
    const { points, indices, first } = this.changed(params);
    const band = quantileBand(points, params, first, indices);
    return {
      epoch: this.epoch,
      first,
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
    const { points, indices, first } = this.changed(params);
    const grid = stepGrid(points, params, first, indices);
    return {
      epoch: this.epoch,
      first,
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
        const step = this.currentAxis().place(points.step(at), line);
        return Number.isFinite(step) ? step : null;
      }
    }
    return null;
  }

  private checkEpoch(params: { readonly epoch: number }): void {
    if (params.epoch !== this.epoch) {
      throw new Error('The log was read anew in the meantime.');
    }
  }

  /** The series of a picture by columns, and the first of its columns that the page does not have as it is now. */
  private changed(params: Params<'band'>): {
    readonly points: readonly Points[];
    readonly indices: readonly PointIndex[];
    readonly first: number;
  } {
    const points = this.pointsOf(params.series).map((one) => one.points);
    return {
      points,
      indices: params.series.flatMap((id) => this.indices.get(id)?.index ?? []),
      first: params.known === null ? 0 : firstChangedColumn(points, params.known, params),
    };
  }

  /** Every series asked for, in that order; an id that does not exist is an error, so that rows stay aligned. */
  private pointsOf(ids: readonly number[]): { id: number; points: Points; inDecades: boolean }[] {
    return ids.map((id) => {
      const series = this.source.run?.series[id];
      if (series === undefined) {
        throw new Error(`The run has no series ${id}.`);
      }
      const { points } = this.indexOf(id, series.points);
      return { id, points, inDecades: isSmoothedInDecades(series) };
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
      const isSame = before?.kind === this.axis.kind && before.why === this.axis.why;
      if (before !== undefined && !isSame) {
        this.epoch++;
      }
    }
  }
}
