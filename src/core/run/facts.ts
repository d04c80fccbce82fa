import type { TextRange } from '../text';
import { isRewardName, type LossRole, lossRoleOf } from './factsNames';
import { isWarmingUp, type Progress, progressOf } from './factsProgress';
import { type ScaleTrace, traceOfScale, withoutScale } from './factsScale';
import { type Curve, type Track, windowMedians, windowStarts } from './factsTimeline';
import { type ClipCeiling, clipCeiling, fixedDecimals, isPlaceholder } from './factsUnits';
import { GrowingCurve } from './growingCurve';
import { GrowingTotal } from './growingTotal';
import { GrowingTrack } from './growingTrack';
import { modelOrder } from './modelOrder';
import { type Chain, chainsOf } from './profile';
import type { Run } from './run';
import type { Series, Statistic } from './series';

/** What log rules ask of a run. Built once per diagnosis; everything in it is derived from the run. */
export interface RunFacts {
  readonly run: Run;
  /** Norm of the whole model's gradient in training; null when not logged (or only a placeholder constant). */
  readonly globalNorm: Series | null;
  /** One per parameter or layer, training split, in model order (as first logged, input first). */
  readonly layers: readonly Series[];
  /** Main training loss; null when not logged. */
  readonly loss: Series | null;
  readonly learningRate: Series | null;
  readonly lossScale: Series | null;
  /** The range a finding that starts on this line covers. */
  rangeOfLine(line: number): TextRange;

  /** The whole model's norm over time: as logged, else the root of the sum of squares of the layers; null without either. */
  readonly norm: Curve | null;
  /** True when `norm` was summed from the layers. */
  readonly normIsSummed: boolean;
  /** A global norm was in the log but never changed from 0 or -1: nobody measured it. */
  readonly normIsPlaceholder: boolean;
  readonly lossCurve: Curve | null;
  readonly lossRole: LossRole;
  readonly lrCurve: Curve | null;
  readonly lossScaleCurve: Curve | null;
  /** How the logged norm follows the loss scale; null when it does not. `norm` and `tracks` have it divided out. */
  readonly scaleInNorm: ScaleTrace | null;
  /** Mean reward or return per row, where a run of reinforcement learning logs one. */
  readonly reward: Curve | null;
  /** Starts of the windows, then Infinity: all levels over time are given per window. */
  readonly windows: Float64Array;
  /** One per layer, in the order of `layers`. */
  readonly tracks: readonly Track[];
  readonly chains: readonly Chain[];
  /** Median of log10 norm per window; NaN where unknown. */
  readonly normLevels: Float64Array;
  /** Median loss per window; NaN where unknown. */
  readonly lossLevels: Float64Array;
  readonly progress: Progress | null;
  readonly ceiling: ClipCeiling | null;
  /** Decimals of printed norms when they are fixed; null otherwise. A printed zero is then only "small". */
  readonly decimals: number | null;
}

/**
 * Facts of a run that may grow. Each call of {@link now} walks only over the points that are new, samples levels from
 * a bounded number of points, and gives what facts built anew would be.
 */
export class GrowingFacts {
  private curves = new Map<number, GrowingCurve>();
  private tracks = new Map<number, GrowingTrack>();
  private total: GrowingTotal | null = null;
  private segments = 0;

  constructor(private readonly run: Run) {}

  /** Walks over the points that {@link now} would walk over, one series after the other; nothing is judged yet. */
  *ahead(): Generator<void> {
    this.forgetWhatMoved();
    const train = trained(this.run);
    const layers = chooseLayers(train);
    let measured = false;
    for (const series of train) {
      const isGlobal = series.kind === 'grad-norm' && series.parameter === null;
      if (isGlobal) {
        yield;
        measured = !isPlaceholder(this.curve(series)) || measured;
      }
    }
    const losses = lossesOf(train);
    const curves = [best(losses, lossRank), ofKind(train, 'learning-rate'), ofKind(train, 'loss-scale')];
    for (const series of curves) {
      yield;
      this.curveOrNull(series);
    }
    const tracks: GrowingTrack[] = [];
    for (const series of layers) {
      yield;
      tracks.push(this.track(series));
    }
    const total = measured ? null : this.totalAlong(layers);
    if (total !== null) {
      for (const track of tracks) {
        yield;
        track.addTo(total);
      }
    }
  }

  now(): RunFacts {
    this.forgetWhatMoved();
    const { run } = this;
    const train = trained(run);
    const globals = train.filter((series) => series.kind === 'grad-norm' && series.parameter === null);
    const measured = globals.filter((series) => !isPlaceholder(this.curve(series)));
    const globalNorm = best(measured, globalNormRank);
    const logged = this.curveOrNull(globalNorm);
    const layers = chooseLayers(train);

    const losses = lossesOf(train);
    const loss = best(losses, lossRank);
    const lossCurve = this.curveOrNull(loss);
    const lossRole = lossRoleOf(
      losses.map((series) => series.name),
      train.map((series) => series.name),
    );

    const learningRate = ofKind(train, 'learning-rate');
    const lossScale = ofKind(train, 'loss-scale');
    const lrCurve = this.curveOrNull(learningRate);
    const growing = layers.map((series) => this.track(series));
    const total = logged === null ? this.totalOf(layers, growing) : null;
    const longest = best(layers, (series) => series.points.length);
    const windows = windowStarts(logged ?? total?.clockRows ?? this.curveOrNull(longest) ?? lossCurve);
    const scaled = logged ?? total?.now() ?? null;
    const lossScaleCurve = this.curveOrNull(lossScale);
    const scaleInNorm =
      scaled === null || lossScaleCurve === null ? null : traceOfScale(scaled, lossScaleCurve);
    const norm =
      scaled === null || lossScaleCurve === null || scaleInNorm === null
        ? scaled
        : withoutScale(scaled, lossScaleCurve);
    const scaleLevels =
      scaleInNorm === null || lossScaleCurve === null
        ? null
        : windowMedians(lossScaleCurve, windows, 'log10');
    const tracks = growing
      .map((track) => track.inWindows(windows))
      .map((track) => (scaleLevels === null ? track : withoutLevels(track, scaleLevels)));
    const lossLevels = lossCurve === null ? new Float64Array(0) : windowMedians(lossCurve, windows);

    return {
      run,
      globalNorm,
      layers,
      loss,
      learningRate,
      lossScale,
      rangeOfLine: (line) => ({ line, column: 1, endLine: line + 1, endColumn: 1 }),
      norm,
      normIsSummed: logged === null && total !== null,
      normIsPlaceholder: globals.length > 0 && measured.length === 0,
      lossCurve,
      lossRole,
      lrCurve,
      lossScaleCurve,
      scaleInNorm,
      reward: this.curveOrNull(
        best(
          train.filter((series) => isRewardName(series.name)),
          (series) => series.points.length,
        ),
      ),
      windows,
      tracks,
      chains: chainsOf(tracks),
      normLevels: norm === null ? new Float64Array(0) : windowMedians(norm, windows, 'log10'),
      lossLevels,
      progress: progressOf(lossCurve, lossLevels, windows, lossRole, isWarmingUp(lrCurve)),
      ceiling: logged === null ? null : clipCeiling(logged),
      decimals: fixedDecimals(sample(globalNorm === null ? layers : [globalNorm, ...layers])),
    };
  }

  /** A restart changes the time line, and a step that arrives after its numbers moves them: all is walked anew. */
  private forgetWhatMoved(): void {
    const moved =
      this.segments !== this.run.segments.length ||
      [...this.curves.values(), ...this.tracks.values()].some(({ isMoved }) => isMoved);
    if (moved) {
      this.segments = this.run.segments.length;
      this.curves = new Map();
      this.tracks = new Map();
      this.total = null;
    }
  }

  private curve(series: Series): Curve {
    const [first = null] = this.curves.values();
    const known = this.curves.get(series.id) ?? new GrowingCurve(this.run, series, first);
    this.curves.set(series.id, known);
    return known.now();
  }

  private curveOrNull(series: Series | null): Curve | null {
    return series === null ? null : this.curve(series);
  }

  private track(series: Series): GrowingTrack {
    const known = this.tracks.get(series.id) ?? new GrowingTrack(this.run, series);
    this.tracks.set(series.id, known);
    known.extend();
    return known;
  }

  /** Sums the layers; from the start when another layer, or another number of them, is to be summed. */
  private totalOf(layers: readonly Series[], tracks: readonly GrowingTrack[]): GrowingTotal | null {
    const total = this.totalAlong(layers);
    if (total !== null) {
      for (const track of tracks) {
        track.addTo(total);
      }
    }
    return total;
  }

  private totalAlong(layers: readonly Series[]): GrowingTotal | null {
    const longest = best(layers, (series) => series.points.length);
    if (longest === null) {
      return null;
    }
    if (this.total === null || !this.total.sums(longest, layers)) {
      this.total = new GrowingTotal(this.run, longest, layers);
    }
    this.total.extend();
    return this.total;
  }
}

/** Of runs that share a log line by line, the one that logged most: what is said is said of it. */
function trained(run: Run): readonly Series[] {
  const train = run.series.filter((series) => series.split === 'train' && series.points.length > 0);
  const judged = judgedRun(run);
  return judged === null ? train : train.filter(({ ofRun }) => ofRun === judged);
}

/** The run that is judged of several that share a log, line by line; null in a log of one. */
function judgedRun({ series }: Pick<Run, 'series'>): string | null {
  return best(series, ({ ofRun, points }) => (ofRun == null ? -1 : points.length))?.ofRun ?? null;
}

/** The main training loss of a run; null when none is logged. */
export function mainLossOf(run: Run): Series | null {
  return best(lossesOf(trained(run)), lossRank);
}

function lossesOf(train: readonly Series[]): readonly Series[] {
  return train.filter((series) => series.kind === 'loss' && series.parameter === null);
}

/** Facts of a run as it is now. */
export function buildRunFacts(run: Run): RunFacts {
  return new GrowingFacts(run).now();
}

function withoutLevels(track: Track, scale: Float64Array): Track {
  let known = scale.find((level) => !Number.isNaN(level)) ?? 0;
  const level = track.level.map((one, window) => {
    const here = scale[window] ?? Number.NaN;
    known = Number.isNaN(here) ? known : here;
    return one - known;
  });
  return { ...track, level };
}

function best(series: readonly Series[], rank: (series: Series) => number): Series | null {
  let chosen: Series | null = null;
  for (const candidate of series) {
    if (chosen === null || rank(candidate) > rank(chosen)) {
      chosen = candidate;
    }
  }
  return chosen;
}

/** Names that say "the whole" and "before clipping" first, then the longest series. */
function globalNormRank(series: Series): number {
  const words =
    (/total|global|all/i.test(series.name) ? 2 : 0) + (/raw|unclipped|pre_?clip/i.test(series.name) ? 4 : 0);
  return series.points.length * (1 + words);
}

/** `loss` itself, then totals, then training losses, then the outer one of two loops, then whatever has most points. */
function lossRank(series: Series): number {
  const name = series.name.toLowerCase().replace(/^train(ing)?[ _./-]/, '');
  const word =
    name === 'loss'
      ? 8
      : /total[ _./-]?loss|loss[ _./-]?total/.test(name)
        ? 4
        : /^(lm|train)[ _./-]?loss/.test(name)
          ? 3
          : // What meta-learning minimises; the inner one is that of the steps on one task.
            name === 'outer'
            ? 2
            : /loss|nll|xent|entropy/.test(name)
              ? 1
              : 0;
  return word * 1e9 + series.points.length;
}

const STATISTIC_ORDER: readonly Statistic[] = ['norm', 'unknown', 'mean-abs', 'max', 'std'];

/** Per-parameter series of one statistic (a signed mean says nothing about size), one per parameter. */
function chooseLayers(train: readonly Series[]): readonly Series[] {
  const layered = train.filter((series) => series.kind === 'grad-norm' && series.parameter !== null);
  for (const statistic of STATISTIC_ORDER) {
    const chosen = new Map<string, Series>();
    for (const series of layered) {
      const parameter = series.parameter ?? '';
      if (series.statistic === statistic && !chosen.has(parameter)) {
        chosen.set(parameter, series);
      }
    }
    if (chosen.size > 0) {
      return modelOrder([...chosen.keys()]).flatMap((name) => chosen.get(name) ?? []);
    }
  }
  return [];
}

function ofKind(train: readonly Series[], kind: Series['kind']): Series | null {
  return best(
    train.filter((series) => series.kind === kind && series.parameter === null),
    (series) => series.points.length,
  );
}

/** Values enough to see how numbers are printed: up to 64 of each of up to 16 series, from the first to the last. */
function* sample(series: readonly Series[]): Generator<number> {
  const skip = Math.max(1, Math.ceil(series.length / 16));
  for (let at = series.length - 1; at >= 0; at -= skip) {
    const points = series[at]?.points;
    const stride = Math.max(1, Math.floor((points?.length ?? 0) / 64));
    for (let i = 0; points !== undefined && i < points.length; i += stride) {
      yield points.value(i);
    }
  }
}
