import { applyEdits } from '../edits';
import type { PythonFacts } from '../python/facts';
import type { Fix } from '../rules/finding';
import { forecastFlow } from './forecast';
import { explodingBorder, type FlowClass } from './report';
import { ratioText } from './text';

/** Reads a text as it would be; null when it names no framework. */
export type Reread = (path: string, text: string) => { readonly facts: PythonFacts } | null;

/** What a fix would do to the gradient flow at initialisation. */
export interface RemedyForecast {
  /**
   * log10 of the first weight's expected gradient norm relative to the last one's; where all are tiny or huge alike,
   * relative to the loss's gradient at the output.
   */
  readonly before: number;
  readonly after: number;
  /** `expected gradient at the first layer ×1e-16 -> ×0.4 of the last layer's` */
  readonly text: string;
  /** `first layer ×1e-16 → ×0.4`, for a menu. */
  readonly short: string;
}

/** Steps for one reading: a hundred-layer model takes about a tenth of them. */
const MAX_WORK = 20_000;
/**
 * log10 of a level that is kept from first to last layer: the border of the verdict "stable". A narrower one would judge
 * by what training does not care about: He's 17 ReLU layers come to 0.09, Xavier's to 0.2, and He's train better.
 */
export const KEPT = Math.log10(explodingBorder);
/** Decades that the forecast leaves open (the 95th percentile of its error): smaller changes are none. */
const SAME = 0.3;

/** Forecasts what fixes of one file would do for one of its models. Pure; each fix costs one reading of the file. */
export class RemedyForecaster {
  /** The level as the code is; null when not known well enough. */
  private readonly start: Level | null;

  /** @param known the forecast of the code as it is, where the caller has it */
  constructor(
    private readonly reread: Reread,
    private readonly facts: PythonFacts,
    private readonly className: string,
    known: FlowClass | null = null,
  ) {
    this.start = facts.isLong ? null : known === null ? levelIn(facts, className) : levelOf(known);
  }

  /** What a fix has to mend (see RemedyForecast); null when not known well enough. */
  get before(): number | null {
    const { start } = this;
    return start === null ? null : start.isOverall ? start.overall : start.first;
  }

  /** Null where the flow is not known well enough before or after, or the fix leaves it as it is. */
  of(fix: Fix): RemedyForecast | null {
    const { start, facts } = this;
    if (start === null || fix.path !== facts.path) {
      return null;
    }
    const text = applyEdits(facts.text, fix.edits);
    const edited = text === null ? null : this.reread(facts.path, text);
    const end = edited === null ? null : levelIn(edited.facts, this.className);
    if (end === null) {
      return null;
    }
    const { isOverall } = start;
    const before = isOverall ? start.overall : start.first;
    // A fix of the overall level must not lose the first layer against the last.
    const after = isOverall && Math.abs(end.first) < Math.abs(end.overall) ? end.overall : end.first;
    const of = isOverall ? "the loss's at the output" : "the last layer's";
    return Math.abs(after - before) < SAME
      ? null
      : {
          before,
          after,
          text: `expected gradient at the first layer ${ratioText(before)} -> ${ratioText(after)} of ${of}`,
          short: `first layer ${ratioText(before)} → ${ratioText(after)}`,
        };
  }
}

/** Does a fix bring a level that was lost over depth within a factor of ten? */
export function cures({ before, after }: RemedyForecast): boolean {
  return Math.abs(before) >= KEPT && Math.abs(after) < KEPT;
}

/** Does a fix lose more of the gradient (or gain more) than there was to mend? */
export function worsens({ before, after }: RemedyForecast): boolean {
  return Math.abs(after) >= KEPT && Math.abs(after) > Math.abs(before) + SAME;
}

/**
 * The items with those that cure before those that do not. Only items with a forecast change places, among themselves:
 * what the flow at initialisation says nothing about (a step size, a missing reset) keeps its rank.
 */
export function curesFirst<T>(
  items: readonly T[],
  forecastOf: (item: T) => RemedyForecast | null,
): readonly T[] {
  const group = (item: T): number => {
    const forecast = forecastOf(item);
    return forecast === null ? -1 : cures(forecast) ? 0 : worsens(forecast) ? 2 : 1;
  };
  const sorted = items.filter((item) => group(item) >= 0).sort((a, b) => group(a) - group(b));
  let next = 0;
  return items.map((item) => (group(item) < 0 ? item : (sorted[next++] ?? item)));
}

/** Where a model's first weight stands, in log10. */
interface Level {
  /** Relative to the last weight. */
  readonly first: number;
  /** Relative to the loss's gradient at the output. */
  readonly overall: number;
  /** All weights are tiny or huge alike: the overall level is what must be mended. */
  readonly isOverall: boolean;
}

/** Null where the forecast leaves much open. */
function levelIn(facts: PythonFacts, className: string): Level | null {
  const forecast = forecastFlow(facts, { className, budget: { left: MAX_WORK } }).classes[0];
  return forecast === undefined ? null : levelOf(forecast);
}

function levelOf(forecast: FlowClass): Level | null {
  const first = forecast.layers.find((layer) => layer.matrix)?.log10;
  if (first === undefined || !isSure(forecast)) {
    return null;
  }
  const { level, scale } = forecast;
  const isOverall = level === 'tiny' || level === 'huge';
  return { first, overall: first + (scale ?? 0), isOverall: isOverall && Math.abs(first) < KEPT };
}

function isSure({ confidence, verdict }: FlowClass): boolean {
  return confidence !== 'low' && verdict !== 'unknown';
}
