import type { FileSource } from '../io/fileSource';
import type { Run } from '../run/run';
import type { Points, Series } from '../run/series';
import { type ReadOptions, readLog } from './logReader';

/** Files that tell of one training run. */
export interface RunFiles {
  /** The file, or the folder they lie in. */
  readonly path: string;
  readonly files: readonly string[];
  /** `together`: each holds a part of the run; `best`: each tells the same, more or less fully. */
  readonly how: 'together' | 'best';
}

/** How trackers lay out a run: the folder that stands for it (first group), and what its files are to each other. */
const LAYOUTS: readonly { readonly pattern: RegExp; readonly how: RunFiles['how'] }[] = [
  // TensorBoard: a new event file each time the writer is opened.
  { pattern: /^(.*)\/events\.out\.tfevents\.[^/]*$/, how: 'together' },
  // MLflow: one file a metric; "/" in its name is a folder.
  { pattern: /^(.*\/[0-9a-f]{32})\/metrics\/.+$/, how: 'together' },
  // DVCLive: one table a metric.
  { pattern: /^(.*)\/plots\/metrics\/.+\.[ct]sv$/, how: 'together' },
  // W&B: the record of the run, its console output and its last values.
  {
    pattern:
      /^(.*\/(?:offline-)?run-[^/]+)\/(?:run-[^/]+\.wandb|files\/(?:output\.log|wandb-summary\.json))$/,
    how: 'best',
  },
];

/** Puts the files of one run together, in the order of their first file; other files stay alone. Paths use `/` or `\`. */
export function groupRunFiles(paths: readonly string[]): RunFiles[] {
  const groups = new Map<string, { path: string; files: string[]; how: RunFiles['how'] }>();
  for (const path of paths) {
    const plain = path.replaceAll('\\', '/');
    const layout = LAYOUTS.find(({ pattern }) => pattern.test(plain));
    const folder = layout?.pattern.exec(plain)?.[1];
    const key = folder === undefined ? path : `${layout?.how} ${folder}`;
    const known = groups.get(key);
    if (known !== undefined) {
      known.files.push(path);
    } else {
      groups.set(key, {
        path: folder === undefined ? path : path.slice(0, folder.length),
        files: [path],
        how: layout?.how ?? 'together',
      });
    }
  }
  return [...groups.values()].map((group) =>
    // A single file goes by its own name.
    group.files.length === 1 ? { ...group, path: group.files[0] ?? group.path } : group,
  );
}

/** Reads the files of one run as one; null when none of them is a training log. Rejects when a file cannot be read. */
export async function readRunFiles(
  { path, files, how }: RunFiles,
  open: (path: string) => FileSource,
  options: ReadOptions = {},
): Promise<Run | null> {
  const runs: Run[] = [];
  for (const file of files) {
    const source = open(file);
    try {
      const run = await readLog(source, options);
      if (run !== null) {
        runs.push(run);
      }
    } finally {
      await source.close();
    }
  }
  if (how === 'best') {
    return runs.reduce<Run | null>(
      (best, run) => (best === null || size(run) > size(best) ? run : best),
      null,
    );
  }
  return runs.length === 1 ? (runs[0] ?? null) : joinRuns(path, runs);
}

/** Points of training that rules can read. */
function size(run: Run): number {
  return run.series.reduce((sum, { kind, points }) => sum + (kind === 'other' ? 0 : points.length), 0);
}

/** Steps that are told apart when runs are joined; beyond it the longest run's count stands. */
const MOST_STEPS = 1_000_000;

/** One run of several files: curves of the same name go on from file to file. */
function joinRuns(path: string, runs: readonly Run[]): Run | null {
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
    return this.part(index)?.step(index - (this.starts[this.current] ?? 0)) ?? Number.NaN;
  }

  value(index: number): number {
    return this.part(index)?.value(index - (this.starts[this.current] ?? 0)) ?? Number.NaN;
  }

  line(index: number): number {
    return this.part(index)?.line(index - (this.starts[this.current] ?? 0)) ?? 0;
  }

  /** The part an index lies in. Readers walk forward, so it is mostly the last one or the next. */
  private part(index: number): Points | undefined {
    if (index < (this.starts[this.current] ?? 0)) {
      this.current = 0;
    }
    while (this.current + 1 < this.parts.length && index >= (this.starts[this.current + 1] ?? 0)) {
      this.current++;
    }
    return this.parts[this.current];
  }
}
