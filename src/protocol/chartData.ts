/** Answers what the chart page asks about a run. Pure: a run and findings in, message bodies out. */

import type { Link } from '../core/link/join';
import { remedyById } from '../core/remedies/registry';
import type { Remedy, RemedyId } from '../core/remedies/remedy';
import type { Evidence, LogFinding, NotChecked } from '../core/rules/finding';
import { LOG_RULES } from '../core/rules/registry';
import { depthProfile } from '../core/run/depthProfile';
import { PointIndex } from '../core/run/pointIndex';
import { quantileBand } from '../core/run/quantileBand';
import { reducePoints } from '../core/run/reduce';
import type { Run } from '../core/run/run';
import type { Points, Series } from '../core/run/series';
import { shareAbove } from '../core/run/shareAbove';
import { smoothedAt } from '../core/run/smooth';
import { stepGrid } from '../core/run/stepGrid';
import {
  type FindingInfo,
  type Params,
  PROTOCOL_VERSION,
  type RemedyInfo,
  type Result,
  type SeriesInfo,
  type Snapshot,
} from './messages';

/** What is looked at: an open log session satisfies it, and so does a plain object in a test. */
export interface ChartSource {
  readonly run: Run | null;
  readonly findings: readonly LogFinding[];
  readonly notChecked: readonly NotChecked[];
  readonly links: readonly Link[];
  readonly state: Snapshot['state'];
  readonly message: string;
  /** Share of the file that is read, 0 to 1. */
  readonly progress: number;
  readonly generation: number;
}

/** Titles of rules; a rule without a page is called by its name. */
const TITLES: ReadonlyMap<string, string> = new Map(LOG_RULES.map(({ meta }) => [meta.name, meta.title]));

function titleOf(rule: string): string {
  return TITLES.get(rule) ?? rule;
}

type DataRequest = 'columns' | 'band' | 'grid' | 'profile' | 'share-above';

export class ChartData {
  private indices = new Map<number, PointIndex>();
  private epoch = 0;

  constructor(
    private readonly source: ChartSource,
    private readonly log: { readonly name: string; readonly uri: string },
  ) {}

  /** To be called when the log was read anew. */
  startAnew(): void {
    this.epoch++;
    this.indices = new Map();
  }

  snapshot(): Snapshot {
    const { source } = this;
    const { run } = source;
    const code = new Map(source.links.map((link) => [link.parameter, link]));
    return {
      version: PROTOCOL_VERSION,
      epoch: this.epoch,
      generation: source.generation,
      state: source.state,
      message: source.message,
      progress: source.progress,
      name: this.log.name,
      uri: this.log.uri,
      format: run?.format ?? '',
      axis: run?.axis ?? { kind: 'step', why: '' },
      lines: run?.lines ?? 0,
      bytes: run?.bytes ?? 0,
      steps: run?.steps ?? 0,
      series: (run?.series ?? []).map((series) => this.seriesInfo(series, code)),
      restarts: (run?.segments ?? []).slice(1).map(({ firstStep, line }) => ({ step: firstStep, line })),
      skips: (run?.skips ?? []).map(({ step, line }) => ({ step, line })),
      findings: source.findings.map(findingInfo),
      notChecked: source.notChecked.map(({ rule, why }) => ({ title: titleOf(rule), why })),
      problems: [...(run?.problems ?? [])],
    };
  }

  columns(params: Params<'columns'>): Result<'columns'> {
    this.checkEpoch(params);
    const pinned = this.source.findings.flatMap(({ step, endStep }) =>
      endStep === null ? [step] : [step, endStep],
    );
    const series = this.pointsOf(params.series).map(({ id, points }) => {
      const reduced = reducePoints(points, params, pinned, this.indexOf(id, points));
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
    const profile = depthProfile(
      this.pointsOf(params.series).map(({ points }) => points),
      params.step,
    );
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
        return finiteOrNull(points.step(at));
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
      return { id, points: series.points };
    });
  }

  private indexOf(id: number, points: Points): PointIndex {
    let index = this.indices.get(id);
    if (index?.points !== points) {
      index = new PointIndex(points);
      this.indices.set(id, index);
    }
    return index;
  }

  private seriesInfo(series: Series, code: ReadonlyMap<string, Link>): SeriesInfo {
    const { points } = series;
    const summary = this.indexOf(series.id, points).summary();
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
        at < 0 ? null : { step: points.step(at), line: points.line(at), value: String(points.value(at)) },
    };
  }
}

/** The same requests as a table of handlers, for a host or a test page to complete. */
export function dataHandlers(data: ChartData): {
  readonly [N in DataRequest | 'snapshot']: (params: Params<N>) => Promise<Result<N>>;
} {
  return {
    snapshot: async () => data.snapshot(),
    columns: async (params) => data.columns(params),
    band: async (params) => data.band(params),
    grid: async (params) => data.grid(params),
    profile: async (params) => data.profile(params),
    'share-above': async (params) => data.shareAbove(params),
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

function plainEvidence(evidence: Evidence): FindingInfo['evidence'] {
  const plain = (value: number | string) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  return Object.fromEntries(
    Object.entries(evidence).map(([key, value]) => [
      key,
      typeof value === 'object' ? value.map(plain) : plain(value),
    ]),
  );
}

function codePlace(link: Link | undefined): SeriesInfo['code'] {
  return link === undefined ? null : { path: link.source, line: link.line, exact: link.exact };
}

function remedyInfo(id: RemedyId): RemedyInfo[] {
  const remedy: Remedy | undefined = remedyById(id);
  return remedy === undefined
    ? []
    : [{ id, title: remedy.title, helps: remedy.helps, doesNotHelp: remedy.doesNotHelp }];
}

function findingInfo(finding: LogFinding): FindingInfo {
  return {
    code: finding.code,
    rule: finding.rule,
    title: titleOf(finding.rule),
    severity: finding.severity,
    message: finding.message,
    line: finding.range.line,
    step: finding.step,
    endStep: finding.endStep,
    parameters: [...finding.parameters],
    series: [...finding.series],
    evidence: plainEvidence(finding.evidence),
    remedies: finding.remedies.flatMap(remedyInfo),
    fixes: finding.fixes.map(({ title, safety }) => ({ title, safety })),
  };
}
