import type { Run } from '../run/run';
import type { Points, Series } from '../run/series';

/** Steps that are told apart when runs are joined; beyond it the longest run's count stands. */
const MOST_STEPS = 1_000_000;

/**
 * One run of several files: curves of the same name go on from file to file. Only the last of rotated files still has its
 * place: what earlier ones hold is said to stand on its first line.
 */
export function joinRuns(path: string, runs: readonly Run[], how: 'together' | 'rotated'): Run | null {
  const [first] = runs;
  if (first === undefined) {
    return null;
  }
  const parts = new Map<string, { readonly series: Series; readonly part: Part }[]>();
  const rotated = how === 'rotated';
  let counted = 0;
  for (const [index, run] of runs.entries()) {
    // Where records are counted, the next file counts on.
    const shift = rotated && run.axis.kind === 'record' ? counted : 0;
    counted += run.steps;
    const line = rotated && index < runs.length - 1 ? 1 : null;
    for (const series of run.series) {
      const key = `${series.split} ${series.name}`;
      const known = parts.get(key) ?? [];
      known.push({ series, part: { points: series.points, shift, line } });
      parts.set(key, known);
    }
  }
  const series = [...parts.values()].map((same, id): Series => {
    const { series: one, part } = same[0]!;
    const plain = same.length === 1 && part.shift === 0 && part.line === null;
    return {
      ...one,
      id,
      points: plain ? one.points : new JoinedPoints(same.map(({ part: each }) => each)),
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
    segments: joinSegments(rotated ? shifted(runs) : runs),
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

/** Stretches of rotated files, where records are counted on from file to file. */
function shifted(runs: readonly Run[]): Pick<Run, 'segments' | 'series'>[] {
  let counted = 0;
  return runs.map((run) => {
    const shift = run.axis.kind === 'record' ? counted : 0;
    counted += run.steps;
    const segments = run.segments.map(({ line, firstStep, lastStep }) => ({
      line,
      firstStep: firstStep + shift,
      lastStep: lastStep + shift,
    }));
    return { segments, series: run.series };
  });
}

/** Files that go on where others stopped, or run beside them, are one stretch; one that goes back starts another. */
function joinSegments(runs: readonly Pick<Run, 'segments' | 'series'>[]): Run['segments'] {
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

/** One file's points of a series. */
interface Part {
  readonly points: Points;
  /** Added to its steps. */
  readonly shift: number;
  /** The line that all its points are said to stand on; null for their own. */
  readonly line: number | null;
}

/** Points of several files, one behind the other. */
class JoinedPoints implements Points {
  readonly length: number;
  private readonly starts: readonly number[];
  private current = 0;

  constructor(private readonly parts: readonly Part[]) {
    let start = 0;
    this.starts = parts.map(({ points }) => {
      start += points.length;
      return start - points.length;
    });
    this.length = start;
  }

  step(index: number): number {
    const part = this.part(index);
    return part === undefined
      ? Number.NaN
      : part.points.step(index - (this.starts[this.current] ?? 0)) + part.shift;
  }

  value(index: number): number {
    return this.part(index)?.points.value(index - (this.starts[this.current] ?? 0)) ?? Number.NaN;
  }

  line(index: number): number {
    const part = this.part(index);
    return part === undefined ? 0 : (part.line ?? part.points.line(index - (this.starts[this.current] ?? 0)));
  }

  /** The part an index lies in. Readers walk forward, so it is mostly the last one or the next. */
  private part(index: number): Part | undefined {
    if (index < (this.starts[this.current] ?? 0)) {
      this.current = 0;
    }
    while (this.current + 1 < this.parts.length && index >= (this.starts[this.current + 1] ?? 0)) {
      this.current++;
    }
    return this.parts[this.current];
  }
}
