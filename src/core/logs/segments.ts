import type { Problem } from '../run/run';

/** A {@link Segment} that still grows. */
interface MutableSegment {
  readonly line: number;
  readonly firstStep: number;
  lastStep: number;
}

/** Restarts that are told apart. Steps that go back more often are no restarts, but several writers or no order at all. */
const MOST_SEGMENTS = 10_000;
/** Records that several ranks may write before the slowest is at the same step. */
const RECENT = 64;

/** Stretches of a log between restarts: in each, steps go up. */
export class Segments {
  readonly all: MutableSegment[] = [];
  /** Where the last records stood, if several ranks write them. */
  private readonly recent = new Float64Array(RECENT).fill(Number.NaN);
  private recentAt = 0;
  /** More steps went back than segments are kept. */
  private restless = false;

  /**
   * @param severalWriters one of them may be a little behind the others
   * @param problem told of what is not kept
   */
  constructor(
    private readonly severalWriters: boolean,
    private readonly problem: (line: Problem['line'], message: string) => void,
  ) {}

  /** The run is at this step now. @param isBack it is known to have gone back, as far as a step says so */
  at(step: number, line: number, isBack: boolean | null = null): void {
    const last = this.all.at(-1);
    if (last === undefined || (isBack ?? (step < last.lastStep && !this.lags(step)))) {
      this.start(step, line);
    } else if (step > last.lastStep) {
      last.lastStep = step;
    }
    if (this.severalWriters && isBack === null) {
      this.recent[this.recentAt++ % RECENT] = step;
    }
  }

  /** Another rank or run was there just before: this one is a little behind. */
  private lags(step: number): boolean {
    return this.severalWriters && this.recent.includes(step);
  }

  private start(step: number, line: number): void {
    if (this.all.length < MOST_SEGMENTS) {
      this.all.push({ line, firstStep: step, lastStep: step });
    } else if (!this.restless) {
      this.restless = true;
      this.problem(
        line,
        `Steps go back more than ${MOST_SEGMENTS.toLocaleString('en-US')} times: from here on restarts are not told apart`,
      );
    }
  }
}
