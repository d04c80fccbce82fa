import type { TextRange } from '../text';
import { isRewardName, type LossRole, lossRoleOf } from './factsNames';
import { isWarmingUp, type Progress, progressOf } from './factsProgress';
import {
  Clock,
  type Curve,
  emptyCurve,
  type Track,
  toCurve,
  track,
  windowMedians,
  windowStarts,
} from './factsTimeline';
import { type ClipCeiling, clipCeiling, fixedDecimals, isPlaceholder } from './factsUnits';
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

export function buildRunFacts(run: Run): RunFacts {
  const train = run.series.filter((series) => series.split === 'train' && series.points.length > 0);
  const globals = train.filter((series) => series.kind === 'grad-norm' && series.parameter === null);
  const globalCurves = globals.map((series) => toCurve(run, series));
  const measured = globals.filter((_, index) => {
    const curve = globalCurves[index];
    return curve !== undefined && !isPlaceholder(curve);
  });
  const globalNorm = best(measured, globalNormRank);
  const logged = globalCurves[globalNorm === null ? -1 : globals.indexOf(globalNorm)] ?? null;
  const layers = chooseLayers(train);

  const losses = train.filter((series) => series.kind === 'loss' && series.parameter === null);
  const loss = best(losses, lossRank);
  const lossCurve = loss === null ? null : toCurve(run, loss);
  const lossRole = lossRoleOf(
    losses.map((series) => series.name),
    train.map((series) => series.name),
  );

  const lrCurve = curveOf(run, ofKind(train, 'learning-rate'));
  const longest = best(layers, (series) => series.points.length);
  const clockCurve = logged ?? (longest === null ? lossCurve : toCurve(run, longest));
  const windows = windowStarts(clockCurve?.time ?? new Float64Array(0));
  const total = logged === null && longest !== null ? timesOf(run, longest, layers) : null;
  const tracks = layers.map((series) => track(run, series, windows, total));
  total?.value.forEach((square, index) => {
    total.value[index] = Math.sqrt(square);
  });
  const norm = logged ?? total;
  const lossLevels = lossCurve === null ? new Float64Array(0) : windowMedians(lossCurve, windows);

  return {
    run,
    globalNorm,
    layers,
    loss,
    learningRate: ofKind(train, 'learning-rate'),
    lossScale: ofKind(train, 'loss-scale'),
    rangeOfLine: (line) => ({ line, column: 1, endLine: line + 1, endColumn: 1 }),
    norm,
    normIsSummed: logged === null && total !== null,
    normIsPlaceholder: globals.length > 0 && measured.length === 0,
    lossCurve,
    lossRole,
    lrCurve,
    lossScaleCurve: curveOf(run, ofKind(train, 'loss-scale')),
    reward: curveOf(
      run,
      best(
        train.filter((series) => isRewardName(series.name)),
        (series) => series.points.length,
      ),
    ),
    windows,
    tracks,
    chains: chainsOf(tracks),
    normLevels: norm === null ? new Float64Array(0) : windowMedians(asLog10(norm), windows),
    lossLevels,
    progress: progressOf(lossCurve, lossLevels, windows, lossRole, isWarmingUp(lrCurve)),
    ceiling: logged === null ? null : clipCeiling(logged),
    decimals: fixedDecimals(sample(globalNorm === null ? layers : [globalNorm, ...layers])),
  };
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

/** `loss` itself, then totals, then training losses, then whatever has most points. */
function lossRank(series: Series): number {
  const name = series.name.toLowerCase().replace(/^train(ing)?[ _./-]/, '');
  const word =
    name === 'loss'
      ? 8
      : /total[ _./-]?loss|loss[ _./-]?total/.test(name)
        ? 4
        : /^(lm|train)[ _./-]?loss/.test(name)
          ? 3
          : 1;
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
      return [...chosen.values()];
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

function curveOf(run: Run, series: Series | null): Curve | null {
  return series === null ? null : toCurve(run, series);
}

function timesOf(run: Run, clock: Series, layers: readonly Series[]): Curve {
  const curve = emptyCurve(
    clock.points.length,
    layers.map((layer) => layer.id),
  );
  const times = new Clock(run);
  for (let i = 0; i < curve.length; i++) {
    const step = clock.points.step(i);
    const line = clock.points.line(i);
    curve.step[i] = step;
    curve.line[i] = line;
    curve.time[i] = times.time(step, line);
  }
  return curve;
}

function asLog10(curve: Curve): Curve {
  return { ...curve, value: curve.value.map((value) => (value > 0 ? Math.log10(value) : Number.NaN)) };
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
