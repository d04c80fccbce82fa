import type { FileSource } from '../io/fileSource';
import type { Run } from '../run/run';
import { joinRuns } from './joinRuns';
import { type ReadOptions, readLog } from './logReader';
import { RotatedReader } from './rotatedReader';
import { rotatedLogs } from './rotation';

/** Files that tell of one training run. */
export interface RunFiles {
  /** The file, or the folder they lie in. */
  readonly path: string;
  readonly files: readonly string[];
  /**
   * `together`: each holds a part of the run; `best`: each tells the same, more or less fully; `rotated`: one file that was
   * cut into parts, the oldest first and the file itself last.
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

/** Lightning's CSV logger writes what its event files beside it hold. */
const LIGHTNING_TABLE = /^(.*\/version_\d+)\/metrics\.csv$/;

/** Puts the files of one run together, in the order of their first file; other files stay alone. Paths use `/` or `\`. */
export function groupRunFiles(paths: readonly string[]): RunFiles[] {
  const rotated = rotatedLogs(paths);
  const older = new Set([...rotated.values()].flat());
  const groups = new Map<string, { path: string; files: string[]; how: RunFiles['how'] }>();
  for (const path of paths) {
    const plain = path.replaceAll('\\', '/');
    const layout = LAYOUTS.find(({ pattern }) => pattern.test(plain));
    const folder = layout?.pattern.exec(plain)?.[1];
    const parts = folder === undefined ? rotated.get(path) : undefined;
    const key = folder === undefined ? path : `${layout?.how} ${folder}`;
    const known = groups.get(key);
    if (known !== undefined) {
      known.files.push(path);
    } else if (parts !== undefined) {
      groups.set(key, { path, files: [...parts, path], how: 'rotated' });
    } else if (folder !== undefined || !older.has(path)) {
      groups.set(key, {
        path: folder === undefined ? path : path.slice(0, folder.length),
        files: [path],
        how: layout?.how ?? 'together',
      });
    }
  }
  const single = [...groups.values()].map((group): RunFiles => {
    // A single file goes by its own name.
    return group.files.length === 1 ? { ...group, path: group.files[0] ?? group.path } : group;
  });
  return withLightning(single);
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
  if (group.how === 'rotated') {
    return readRotated(group, open, options);
  }
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

/** Reads a log and its older parts, which are the files before it, as one. */
async function readRotated(
  { path, files }: RunFiles,
  open: (path: string) => FileSource,
  options: ReadOptions,
): Promise<Run | null> {
  const older = files.slice(0, -1);
  const reader = new RotatedReader(path, async () => older, open, options.formats);
  try {
    await reader.readMore(options);
    return reader.run;
  } finally {
    await reader.close();
  }
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
  return found.length === 1 ? (found[0] ?? null) : joinRuns(group.path, found);
}

/** Points of training that rules can read. */
function size(run: Run): number {
  return run.series.reduce((sum, { kind, points }) => sum + (kind === 'other' ? 0 : points.length), 0);
}
