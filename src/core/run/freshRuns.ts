import { mainLossOf } from './facts';
import type { Run, Segment } from './run';
import { firstAtOrAfterLine, type Points, type Series } from './series';
import { median } from './stats';

/** Rows whose median is a level: the first of a start, the last before a restart. */
const ROWS = 3;
/** A run that goes on stays nearer to what it had reached than to its start. */
const BACK = 0.5;
/** And a jump is no noise of batches. */
const JUMP = 1.2;
/** A run that had lost everything began anew when its loss is at most this share above its first start. */
const NEAR_START = 1.2;
/** So far above its start a loss has diverged. */
const DIVERGED = 1.5;
/** Logs of more runs are judged as one: each would have its own facts in memory. */
const MOST_RUNS = 64;

/**
 * The runs of a log that holds several, one after the other (folds, seeds, a pretraining and its fine-tuning, a script that was
 * started again), each a view of the log: none of them says anything about the next. The run itself where it is one. A run
 * counts as new where the steps go back to the first one **and** the loss goes back to where untrained weights had it; one that
 * was resumed, or whose steps are counted within an epoch, goes on.
 */
export function freshRuns(run: Run): readonly Run[] {
  const cuts = cutsOf(run);
  return cuts.length === 0
    ? [run]
    : [0, ...cuts].map((from, at) => new FreshRun(run, from, cuts[at] ?? null));
}

/** Indices of the segments that begin a run. */
function cutsOf(run: Run): readonly number[] {
  const { segments } = run;
  const [first] = segments;
  const loss = segments.length < 2 ? null : mainLossOf(run);
  if (first === undefined || loss === null) {
    return [];
  }
  const { points } = loss;
  const start = levelFrom(points, 0);
  const cuts: number[] = [];
  for (let index = 1; index < segments.length; index++) {
    const segment = segments[index];
    if (
      segment === undefined ||
      segment.line === segments[index - 1]?.line ||
      segment.firstStep > first.firstStep
    ) {
      continue;
    }
    const row = firstAtOrAfterLine(points, segment.line);
    if (isBack(start, levelBefore(points, row), levelFrom(points, row))) {
      cuts.push(index);
    }
  }
  return cuts.length > MOST_RUNS ? [] : cuts;
}

function isBack(start: number, before: number, here: number): boolean {
  if (!Number.isFinite(here) || !(start > 0)) {
    return false;
  }
  return !Number.isFinite(before) || before >= DIVERGED * start
    ? here <= NEAR_START * start
    : here >= JUMP * before && here >= before + BACK * (start - before);
}

function levelFrom(points: Points, row: number): number {
  return levelOf(points, row, Math.min(points.length, row + ROWS));
}

function levelBefore(points: Points, row: number): number {
  return levelOf(points, Math.max(0, row - ROWS), row);
}

function levelOf(points: Points, from: number, to: number): number {
  const values: number[] = [];
  for (let row = from; row < to; row++) {
    values.push(points.value(row));
  }
  return values.every(Number.isFinite) ? median(values) : Number.NaN;
}

/** Some segments of a log as a run of their own; the last one grows with the log. */
class FreshRun implements Run {
  private readonly views = new Map<number, Series>();
  private own: readonly Segment[] = [];

  constructor(
    private readonly whole: Run,
    private readonly from: number,
    /** Exclusive; null where it goes to the end of the log. */
    private readonly to: number | null,
  ) {}

  get segments(): readonly Segment[] {
    const length = (this.to ?? this.whole.segments.length) - this.from;
    if (this.own.length !== length) {
      this.own = this.whole.segments.slice(this.from, this.from + length);
    }
    return this.own;
  }

  get series(): readonly Series[] {
    return this.whole.series.map((series) => {
      const known = this.views.get(series.id) ?? { ...series, points: this.pointsOf(series.points) };
      this.views.set(series.id, known);
      return known;
    });
  }

  get skips(): Run['skips'] {
    const end = this.endLine ?? Number.POSITIVE_INFINITY;
    return this.whole.skips.filter(({ line }) => line >= this.firstLine && line < end);
  }

  /** They are counted over the whole log. */
  get absent(): NonNullable<Run['absent']> {
    return this.from === 0 ? (this.whole.absent ?? []) : [];
  }

  /** Of the longest series: what counts in a log of one run as well. */
  get steps(): number {
    return Math.max(0, ...this.series.map(({ points }) => points.length));
  }

  get path(): string {
    return this.whole.path;
  }

  get format(): string {
    return this.whole.format;
  }

  get confidence(): number {
    return this.whole.confidence;
  }

  get parts(): NonNullable<Run['parts']> {
    return this.whole.parts ?? [];
  }

  get bytes(): number {
    return this.whole.bytes;
  }

  get lines(): number {
    return this.whole.lines;
  }

  get axis(): Run['axis'] {
    return this.whole.axis;
  }

  get problems(): Run['problems'] {
    return this.whole.problems;
  }

  private get firstLine(): number {
    return this.from === 0 ? 0 : (this.whole.segments[this.from]?.line ?? 0);
  }

  private get endLine(): number | null {
    return this.to === null ? null : (this.whole.segments[this.to]?.line ?? null);
  }

  private pointsOf(points: Points): Points {
    const from = firstAtOrAfterLine(points, this.firstLine);
    const { endLine } = this;
    const to = endLine === null ? null : firstAtOrAfterLine(points, endLine);
    return {
      get length() {
        return (to ?? points.length) - from;
      },
      step: (index) => points.step(from + index),
      value: (index) => points.value(from + index),
      line: (index) => points.line(from + index),
    };
  }
}
