import type { Run } from './run';
import type { Points, Series } from './series';

/** An axis that the log carries beside the one the run is counted by. */
export type ClockKind = 'time' | 'epoch';

/** Tells for every line of a log what time, or which epoch, it was. */
export interface Clock {
  readonly kind: ClockKind;
  /** Name of the series it is read from, as logged. */
  readonly name: string;
  /** Line of the last reading: where lines after it stand is a guess until the next one. */
  readonly lastLine: number;
  /** Seconds since the first record for `time`, epochs for `epoch`; between two readings in proportion to the lines. */
  atLine(line: number): number;
  /** The same for a step of the run's own axis. Of a step that was logged twice, the later one counts. */
  atStep(step: number): number;
}

/**
 * Names of a clock's last part: what W&B, MLflow, fairseq, baselines and hand-written loggers call the time of a record.
 * A `time` may as well be how long a step took; the values tell, see {@link readings}.
 */
const TIME_NAME =
  /(?:^|[/._ ])(?:_?timestamps?|_?runtime|wall|wall_?(?:clock_?)?time|_?time|ts|(?:total_)?elapsed(?:_time)?|total_time|time_elapsed)(?:_?(?:s|sec|secs|seconds|ms))?$/i;

/** Seconds since 1970 are above this from 2001 on, and no training takes that long. */
const UNIX_SECONDS = 1e9;
/** Of a time stamp in milliseconds the same. */
const UNIX_MILLISECONDS = 1e12;
/** A clock that goes back more often than once in so many readings is none; a resumed run sets it back now and then. */
const READINGS_A_RESTART = 20;
const FEWEST_READINGS = 3;
/** Of epochs, which are read where they change, two tell how long one is. */
const FEWEST_EPOCHS = 2;

/** The clocks of a run: time first. Series that only look like a clock by name are left out. */
export function clocksOf(run: Run): readonly Clock[] {
  const time = timeOf(run.series);
  const epochs = run.epochs === undefined ? null : readings(run.epochs, 'epoch');
  return [time, epochs === null ? null : clockOf('epoch', 'epoch', epochs)].filter((clock) => clock !== null);
}

function timeOf(series: readonly Series[]): Clock | null {
  let best: { readonly clock: Clock; readonly length: number } | null = null;
  for (const { kind, split, name, points } of series) {
    if (kind === 'other' && split === 'train' && TIME_NAME.test(name)) {
      const read = readings(points, 'time');
      // The most closely read one tells most: a time stamp of every record before one of every checkpoint.
      if (read !== null && points.length > (best?.length ?? 0)) {
        best = { clock: clockOf('time', name, read), length: points.length };
      }
    }
  }
  return best?.clock ?? null;
}

interface Readings {
  readonly lines: Float64Array;
  readonly steps: Float64Array;
  /** Never falling, but for epochs of a run that was resumed. */
  readonly values: Float64Array;
}

/** Readings of a clock; null when the values go back too often, never move, or share one line. */
function readings(points: Points, kind: ClockKind): Readings | null {
  const lines: number[] = [];
  const steps: number[] = [];
  const values: number[] = [];
  let scale = 1;
  let start = 0;
  let restarts = 0;
  let before = Number.NaN;
  let now = 0;
  for (let at = 0; at < points.length; at++) {
    const value = points.value(at);
    if (!Number.isFinite(value) || points.line(at) <= (lines.at(-1) ?? 0)) {
      continue;
    }
    if (lines.length === 0) {
      const isStamp = kind === 'time' && value > UNIX_SECONDS;
      scale = isStamp && value > UNIX_MILLISECONDS ? 1e-3 : 1;
      start = isStamp ? value : 0;
      now = (value - start) * scale;
    } else if (kind === 'epoch') {
      now = value;
    } else if (value >= before) {
      now += (value - before) * scale;
    } else {
      // A resumed run starts its stop watch anew: time itself went on.
      restarts++;
    }
    before = value;
    lines.push(points.line(at));
    steps.push(points.step(at));
    values.push(now);
  }
  const isClock =
    lines.length >= (kind === 'epoch' ? FEWEST_EPOCHS : FEWEST_READINGS) &&
    restarts * READINGS_A_RESTART <= lines.length &&
    (values.at(-1) ?? 0) > (values[0] ?? 0);
  return isClock
    ? { lines: Float64Array.from(lines), steps: Float64Array.from(steps), values: Float64Array.from(values) }
    : null;
}

function clockOf(kind: ClockKind, name: string, { lines, steps, values }: Readings): Clock {
  const ascending = steps.every((step, at) => at === 0 || step >= steps[at - 1]!);
  return {
    kind,
    name,
    lastLine: lines.at(-1) ?? 0,
    atLine: (line) => between(lines, values, line),
    atStep: (step) => {
      if (ascending) {
        return between(steps, values, step);
      }
      const last = steps.findLastIndex((other) => other <= step);
      return values[Math.max(0, last)]!;
    },
  };
}

/** What the last two readings promise after them, one unit at most: an epoch is only read when it begins. */
function beyond(keys: Float64Array, values: Float64Array, key: number): number {
  const last = keys.length - 1;
  const rate = (values[last]! - values[last - 1]!) / (keys[last]! - keys[last - 1]!);
  return Number.isFinite(rate) ? Math.min(1, rate * (key - keys[last]!)) : 0;
}

/** Linear between the neighbours; the first value before them. */
function between(keys: Float64Array, values: Float64Array, key: number): number {
  let low = 0;
  let high = keys.length - 1;
  if (!(key > keys[low]!)) {
    return values[low]!;
  }
  if (key >= keys[high]!) {
    return values[high]! + beyond(keys, values, key);
  }
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (keys[middle]! <= key) {
      low = middle;
    } else {
      high = middle;
    }
  }
  const share = (key - keys[low]!) / (keys[high]! - keys[low]!);
  return values[low]! + share * (values[high]! - values[low]!);
}

/** A series seen along a clock: the same values and lines, but `step` is the clock's reading. */
export class ClockedPoints implements Points {
  /** @param perUnit readings that make one unit of the axis: 3600 for hours of a clock in seconds */
  constructor(
    private readonly points: Points,
    private readonly clock: Clock,
    private readonly perUnit: number,
  ) {}

  get length(): number {
    return this.points.length;
  }

  step(index: number): number {
    return this.clock.atLine(this.points.line(index)) / this.perUnit;
  }

  value(index: number): number {
    return this.points.value(index);
  }

  line(index: number): number {
    return this.points.line(index);
  }
}
