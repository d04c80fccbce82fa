import type { Axis, Problem, Run, Segment, SkipEvent } from '../run/run';
import type { Points, Series } from '../run/series';
import type { Detection } from './detect';
import type { Recorder } from './recorder';

/** The run of a log that is being read: a view of the recorder's columns, so nothing is copied as it grows. */
export class LoggedRun implements Run {
  bytes = 0;
  lines = 0;
  private readonly notes = new Map<string, Problem>();

  constructor(
    readonly path: string,
    private readonly detection: Detection,
    private readonly recorder: Recorder,
  ) {}

  get format(): string {
    return this.detection.format.id;
  }

  get confidence(): number {
    return this.detection.confidence;
  }

  get axis(): Axis {
    return this.recorder.axis;
  }

  get series(): readonly Series[] {
    return this.recorder.series;
  }

  /** Points in all series. */
  get points(): number {
    return this.recorder.points;
  }

  get steps(): number {
    return this.recorder.steps;
  }

  get epochs(): Points {
    return this.recorder.epochs;
  }

  get segments(): readonly Segment[] {
    return this.recorder.segments;
  }

  get skips(): readonly SkipEvent[] {
    return this.recorder.skips;
  }

  get problems(): readonly Problem[] {
    return this.notes.size === 0
      ? this.recorder.problems
      : [...this.notes.values(), ...this.recorder.problems];
  }

  /** Sets or clears a problem of the whole file. */
  note(name: string, message: string | null): void {
    if (message === null) {
      this.notes.delete(name);
    } else {
      this.notes.set(name, { line: 0, message });
    }
  }
}
