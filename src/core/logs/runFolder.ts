import type { FileSource } from '../io/fileSource';
import type { Run } from '../run/run';
import { joinRuns } from './joinRuns';
import { type ReadOptions, readLog } from './logReader';

/** Files that tell of one training run. */
export interface RunFiles {
  /** The file, or the folder they lie in. */
  readonly path: string;
  readonly files: readonly string[];
  /**
   * `together`: each holds a part of the run; `best`: each tells the same, more or less fully; `rotated`: one file that was
   * cut into parts, the oldest first.
   */
  readonly how: 'together' | 'best' | 'rotated';
  /** For `best`: what is weighed against each other, where it is more than single files. */
  readonly parts?: readonly RunFiles[];
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

/** A log and its older parts, as logrotate, Python's handlers and Docker name them: `train.log.1`, `train.log.2.gz`. */
const ROTATED = /^(.*\.(?:log|txt|out|err|jsonl|ndjson|csv|tsv))(?:\.(\d{1,3}))?(\.gz)?$/i;
/** Lightning's CSV logger writes what its event files beside it hold. */
const LIGHTNING_TABLE = /^(.*\/version_\d+)\/metrics\.csv$/;

/** Puts the files of one run together, in the order of their first file; other files stay alone. Paths use `/` or `\`. */
export function groupRunFiles(paths: readonly string[]): RunFiles[] {
  const rotated = rotatedParts(paths);
  const groups = new Map<string, { path: string; files: string[]; how: RunFiles['how'] }>();
  for (const path of paths) {
    const plain = path.replaceAll('\\', '/');
    const layout = LAYOUTS.find(({ pattern }) => pattern.test(plain));
    const folder = layout?.pattern.exec(plain)?.[1];
    const log = rotated.get(path);
    const key = folder !== undefined ? `${layout?.how} ${folder}` : (log?.path ?? path);
    const known = groups.get(key);
    if (known !== undefined) {
      known.files.push(path);
    } else if (log !== undefined && folder === undefined) {
      groups.set(key, { path: log.path, files: [path], how: 'rotated' });
    } else {
      groups.set(key, {
        path: folder === undefined ? path : path.slice(0, folder.length),
        files: [path],
        how: layout?.how ?? 'together',
      });
    }
  }
  const single = [...groups.values()].map((group): RunFiles => {
    if (group.how === 'rotated') {
      const age = (file: string): number => rotated.get(file)?.age ?? 0;
      return { ...group, files: group.files.sort((one, other) => age(other) - age(one)) };
    }
    // A single file goes by its own name.
    return group.files.length === 1 ? { ...group, path: group.files[0] ?? group.path } : group;
  });
  return withLightning(single);
}

/** For each part of a log that was rotated: the log's path, and the part's age (0 for the log itself). */
function rotatedParts(
  paths: readonly string[],
): Map<string, { readonly path: string; readonly age: number }> {
  const byLog = new Map<string, Map<number, string>>();
  for (const path of paths) {
    const [, base, age, packed] = ROTATED.exec(path) ?? [];
    if (base !== undefined && (age !== undefined || packed === undefined)) {
      const parts = byLog.get(base) ?? new Map<number, string>();
      // Of a part and its packed copy one is enough.
      parts.set(Number(age ?? 0), parts.get(Number(age ?? 0)) ?? path);
      byLog.set(base, parts);
    }
  }
  const parts = new Map<string, { path: string; age: number }>();
  for (const [base, ages] of byLog) {
    // Without the log itself, "x.txt.1" may be anything.
    if (ages.size > 1 && ages.has(0)) {
      for (const [age, path] of ages) {
        parts.set(path, { path: base, age });
      }
    }
  }
  return parts;
}

/** Lightning's table and its event files in one folder are one run. */
function withLightning(groups: readonly RunFiles[]): RunFiles[] {
  const folderOf = (path: string): string =>
    path.replaceAll('\\', '/').replace(/\/events\.out\.tfevents\.[^/]*$/, '');
  const tables = new Map<string, RunFiles>();
  for (const group of groups) {
    const folder = LIGHTNING_TABLE.exec(group.path.replaceAll('\\', '/'))?.[1];
    if (folder !== undefined) {
      tables.set(folder, group);
    }
  }
  const events = (group: RunFiles): RunFiles | undefined =>
    /events\.out\.tfevents\./.test(group.files[0] ?? '') ? tables.get(folderOf(group.path)) : undefined;
  const taken = new Set(groups.flatMap((group) => events(group) ?? []));
  return groups.flatMap((group): RunFiles[] => {
    const table = events(group);
    if (table === undefined) {
      return taken.has(group) ? [] : [group];
    }
    const path = table.path.slice(0, folderOf(group.path).length);
    return [{ path, files: [...table.files, ...group.files], how: 'best', parts: [table, group] }];
  });
}

/** Reads the files of one run as one; null when none of them is a training log. Rejects when a file cannot be read. */
export async function readRunFiles(
  group: RunFiles,
  open: (path: string) => FileSource,
  options: ReadOptions = {},
): Promise<Run | null> {
  const runs = new Map<string, Run>();
  for (const file of group.files) {
    const source = open(file);
    try {
      const run = await readLog(source, options);
      if (run !== null) {
        runs.set(file, run);
      }
    } finally {
      await source.close();
    }
  }
  return combineRuns(group, runs);
}

/** The one run that the runs of its files are; null when there is none. A single one stays the same object. */
export function combineRuns(group: RunFiles, runs: ReadonlyMap<string, Run>): Run | null {
  const found = group.files.flatMap((file) => runs.get(file) ?? []);
  if (group.how === 'best') {
    const rivals =
      group.parts === undefined ? found : group.parts.flatMap((part) => combineRuns(part, runs) ?? []);
    return rivals.reduce<Run | null>(
      (best, run) => (best === null || size(run) > size(best) ? run : best),
      null,
    );
  }
  return found.length === 1 && (group.how === 'together' || group.files.at(-1) === found[0]?.path)
    ? (found[0] ?? null)
    : joinRuns(group.path, found, group.how);
}

/** Points of training that rules can read. */
function size(run: Run): number {
  return run.series.reduce((sum, { kind, points }) => sum + (kind === 'other' ? 0 : points.length), 0);
}
