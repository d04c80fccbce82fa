import type { Run } from './run';
import type { Points, Series } from './series';

/** Logs of more runs are judged as one: each would have its own facts in memory. */
const MOST_RUNS = 64;

const NOTHING: Points = {
  length: 0,
  step: () => Number.NaN,
  value: () => Number.NaN,
  line: () => 0,
};

/** Names of the runs that share a log line by line, in the order in which they were met; empty in a log of one. */
export function runNames({ series }: Pick<Run, 'series'>): readonly string[] {
  const names = new Set<string>();
  for (const { ofRun } of series) {
    if (ofRun != null) {
      names.add(ofRun);
    }
  }
  return names.size > 1 ? [...names] : [];
}

/** The runs that share a log line by line, each as a view of the log; null where one run logs, or too many. */
export function namedRuns(run: Run): readonly NamedRun[] | null {
  const names = runNames(run);
  return names.length === 0 || names.length > MOST_RUNS
    ? null
    : names.map((name, at) => new NamedRun(run, name, at === 0));
}

/** One of several runs that share a log. The series of the others keep their places and are empty. */
export class NamedRun implements Run {
  private readonly emptied = new Map<number, Series>();

  constructor(
    private readonly whole: Run,
    readonly name: string,
    /** What cannot be told apart is said of this one. */
    private readonly isFirst: boolean,
  ) {}

  get series(): readonly Series[] {
    return this.whole.series.map((series) => {
      if ((series.ofRun ?? this.name) === this.name) {
        return series;
      }
      const known = this.emptied.get(series.id) ?? { ...series, points: NOTHING };
      this.emptied.set(series.id, known);
      return known;
    });
  }

  /** Of the longest series. */
  get steps(): number {
    return this.whole.series.reduce(
      (most, { ofRun, points }) => (ofRun === this.name ? Math.max(most, points.length) : most),
      0,
    );
  }

  get skips(): Run['skips'] {
    return this.isFirst ? this.whole.skips : [];
  }

  get absent(): NonNullable<Run['absent']> {
    return this.isFirst ? (this.whole.absent ?? []) : [];
  }

  get segments(): Run['segments'] {
    return this.whole.segments;
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

  get parts(): Run['parts'] {
    return this.whole.parts;
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
}
