import type { FileSource } from '../io/fileSource';
import { placeOfLine, sayLine } from '../run/parts';
import type { AbsentGradient, Axis, Problem, Run, RunPart, Segment, SkipEvent } from '../run/run';
import type { Points } from '../run/series';
import type { Detection } from './detect';
import type { Recorder } from './recorder';
import type { LoggedSeries } from './seriesTable';

/** The run of a log that is being read: a view of the recorder's columns, so nothing is copied as it grows. */
export class LoggedRun implements Run {
  bytes = 0;
  lines = 0;
  private readonly notes = new Map<string, Problem>();

  /** Lines on which bytes of the source begin that are the first of a part. */
  private readonly partLines = new Map<number, number>();

  constructor(
    private readonly source: FileSource,
    private readonly detection: Detection,
    private readonly recorder: Recorder,
  ) {}

  get path(): string {
    return this.source.path;
  }

  /** The parts that were read so far. */
  get parts(): readonly RunPart[] | undefined {
    const parts = this.source.parts ?? [];
    return parts.length < 2
      ? undefined
      : parts.flatMap(({ path, start }, index) => {
          const firstLine = index === 0 ? 1 : this.partLines.get(start);
          return firstLine === undefined ? [] : [{ path, firstLine }];
        });
  }

  get format(): string {
    return this.detection.format.id;
  }

  get confidence(): number {
    return this.detection.confidence;
  }

  get axis(): Axis {
    return this.recorder.axis;
  }

  get series(): readonly LoggedSeries[] {
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

  get absent(): readonly AbsentGradient[] {
    return this.recorder.absent.list;
  }

  get problems(): readonly Problem[] {
    const { problems } = this.recorder;
    const placed = this.parts === undefined ? problems : problems.map((problem) => this.placed(problem));
    return this.notes.size === 0 ? placed : [...this.notes.values(), ...placed];
  }

  /** A problem on a line of the log itself, or one that says in which part it is. */
  private placed({ line, message }: Problem): Problem {
    const place = placeOfLine(this, line);
    return line === 0 || place.path === this.path
      ? { line: line === 0 ? 0 : place.line, message }
      : { line: 0, message: `${sayLine(this, line)}: ${message}` };
  }

  /** Notes the line that begins at a byte of the source, if a part begins there. */
  notePart(offset: number, line: number): void {
    if (this.source.parts?.some(({ start }) => start === offset) === true) {
      this.partLines.set(offset, line);
    }
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
