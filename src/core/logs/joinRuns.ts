import type { Run } from '../run/run';
import type { Points, Series } from '../run/series';

/** Steps that are told apart when runs are joined; beyond it the longest run's count stands. */
const MOST_STEPS = 1_000_000;

/** One run of several files: curves of the same name go on from file to file. */
export function joinRuns(path: string, runs: readonly Run[]): Run | null {
  const [first] = runs;
  if (first === undefined) {
    return null;
  }
  const parts = new Map<string, Series[]>();
  for (const series of runs.flatMap((run) => run.series)) {
    const key = `${series.split} ${series.name}`;
    const known = parts.get(key);
    if (known === undefined) {
      parts.set(key, [series]);
    } else {
      known.push(series);
    }
  }
  const series = [...parts.values()].map((same, id): Series => {
    const [one] = same as [Series];
    return {
      ...one,
      id,
      points: same.length === 1 ? one.points : new JoinedPoints(same.map(({ points }) => points)),
    };
  });
  return {
    path,
    format: first.format,
    confidence: Math.min(...runs.map(({ confidence }) => confidence)),
    bytes: total(runs, ({ bytes }) => bytes),
    lines: total(runs, ({ lines }) => lines),
    axis: first.axis,
    series,
    steps: stepsOf(series, Math.max(...runs.map(({ steps }) => steps))),
    segments: joinSegments(runs),
    skips: runs.flatMap(({ skips }) => skips),
    problems: runs.flatMap((run) =>
      run.problems.map((problem) => ({ line: 0, message: `${run.path}: ${problem.message}` })),
    ),
  };
}

function total(runs: readonly Run[], of: (run: Run) => number): number {
  return runs.reduce((sum, run) => sum + of(run), 0);
}

function stepsOf(series: readonly Series[], atLeast: number): number {
  const steps = new Set<number>();
  for (const { points } of series) {
    for (let index = 0; index < points.length; index++) {
      if (steps.size >= MOST_STEPS) {
        return Math.max(atLeast, steps.size);
      }
      steps.add(points.step(index));
    }
  }
  return steps.size;
}

/** Files that go on where others stopped, or run beside them, are one stretch; one that goes back starts another. */
function joinSegments(runs: readonly Run[]): Run['segments'] {
  const joined: { line: number; firstStep: number; lastStep: number }[] = [];
  const separate = runs.every((run, index) => {
    const names = new Set(run.series.map(({ name }) => name));
    return runs.slice(index + 1).every((other) => other.series.every(({ name }) => !names.has(name)));
  });
  for (const segment of runs.flatMap(({ segments }) => segments)) {
    const last = joined.at(-1);
    if (last !== undefined && (separate || segment.firstStep > last.lastStep)) {
      last.firstStep = Math.min(last.firstStep, segment.firstStep);
      last.lastStep = Math.max(last.lastStep, segment.lastStep);
    } else {
      joined.push({ ...segment });
    }
  }
  return joined;
}

/** Points of several files, one behind the other. */
class JoinedPoints implements Points {
  readonly length: number;
  private readonly starts: readonly number[];
  private current = 0;

  constructor(private readonly parts: readonly Points[]) {
    let start = 0;
    this.starts = parts.map(({ length }) => {
      start += length;
      return start - length;
    });
    this.length = start;
  }

  step(index: number): number {
    return this.part(index)?.step(index - this.start) ?? Number.NaN;
  }

  value(index: number): number {
    return this.part(index)?.value(index - this.start) ?? Number.NaN;
  }

  line(index: number): number {
    return this.part(index)?.line(index - this.start) ?? 0;
  }

  /** Of the part found last. */
  private get start(): number {
    return this.starts[this.current] ?? 0;
  }

  /** The part an index lies in. Readers walk forward, so it is mostly the last one or the next. */
  private part(index: number): Points | undefined {
    if (index < this.start) {
      this.current = 0;
    }
    while (this.current + 1 < this.parts.length && index >= (this.starts[this.current + 1] ?? 0)) {
      this.current++;
    }
    return this.parts[this.current];
  }
}
