/** The horizontal axis of the charts: what the run is counted by, or a clock that the log carries beside it. */
import { type Clock, ClockedPoints, type ClockKind, clocksOf } from '../core/run/clock';
import type { Run } from '../core/run/run';
import type { Points } from '../core/run/series';
import type { AxisKind } from './messages';

/** Which axis a person chose; what a log does not carry falls back to what it is counted by. */
export type AxisWish = 'logged' | ClockKind;

/** Longest run that is shown in seconds, and in minutes. */
const SECONDS_UP_TO = 180;
const MINUTES_UP_TO = 180 * 60;

export interface ChartAxis {
  readonly kind: AxisKind;
  /** How the positions were found, for people. */
  readonly why: string;
  /** Points on later lines may yet move along the axis as the log grows. */
  readonly settledLine: number;
  /** A series along this axis. */
  along(points: Points): Points;
  /** Where something on a line stands, or at a step where no line is known. */
  place(step: number, line: number | null): number;
}

/** Along what the run is counted by: nothing changes. */
function loggedAxis(run: Run | null): ChartAxis {
  return {
    kind: run?.axis.kind ?? 'step',
    why: run?.axis.why ?? '',
    settledLine: Number.POSITIVE_INFINITY,
    along: (points) => points,
    place: (step) => step,
  };
}

/** The axis wished for, as the run is now. */
export function chartAxis(run: Run | null, wish: AxisWish): ChartAxis {
  const clock =
    run === null || wish === 'logged' ? undefined : clocksOf(run).find(({ kind }) => kind === wish);
  return clock === undefined || run === null ? loggedAxis(run) : clockAxis(run, clock);
}

/** Axes that the log carries beside its own. */
export function otherAxes(run: Run | null): readonly ClockKind[] {
  return run === null ? [] : clocksOf(run).map(({ kind }) => kind);
}

function clockAxis(run: Run, clock: Clock): ChartAxis {
  const { kind, perUnit } = clock.kind === 'epoch' ? EPOCHS : timeUnit(clock.atLine(run.lines));
  return {
    kind,
    why: `read from "${clock.name}"`,
    settledLine: clock.lastLine,
    along: (points) => new ClockedPoints(points, clock, perUnit),
    place: (step, line) => (line === null ? clock.atStep(step) : clock.atLine(line)) / perUnit,
  };
}

interface Unit {
  readonly kind: AxisKind;
  readonly perUnit: number;
}

const EPOCHS: Unit = { kind: 'epoch', perUnit: 1 };

function timeUnit(seconds: number): Unit {
  if (seconds <= SECONDS_UP_TO) {
    return { kind: 'second', perUnit: 1 };
  }
  return seconds <= MINUTES_UP_TO ? { kind: 'minute', perUnit: 60 } : { kind: 'hour', perUnit: 3600 };
}
