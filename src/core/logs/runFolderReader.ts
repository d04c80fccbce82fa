import type { FileSource } from '../io/fileSource';
import type { Run } from '../run/run';
import type { LogFormat } from './format';
import { LogReader, type ReadOptions, type ReadOutcome } from './logReader';
import { combineRuns, groupRunFiles, type RunFiles } from './runFolder';

/** Where the files of a folder come from. */
export interface RunFolderFiles {
  /** Paths of the files in the folder and below it that may be parts of a run. */
  list(): Promise<readonly string[]>;
  open(path: string): FileSource;
}

/** Reads a tracker's folder (TensorBoard, MLflow, W&B, DVCLive, Lightning) as one run, and goes on when its files grow or new ones appear. */
export class RunFolderReader {
  private readonly readers = new Map<string, LogReader>();
  private current: Run | null = null;

  /** @param path of the folder */
  constructor(
    private readonly path: string,
    private readonly files: RunFolderFiles,
    private readonly formats: readonly LogFormat[],
  ) {}

  /** Null until a file was recognised as a training log. A run of one file grows; one of several is joined anew. */
  get run(): Run | null {
    return this.current;
  }

  /** Reads what is new in every file. Rejects when a file cannot be read. */
  async readMore(options: ReadOptions = {}): Promise<ReadOutcome> {
    const group = runOfFolder(this.path, await this.files.list());
    let newPoints = 0;
    let replaced = false;
    for (const file of group.files) {
      const outcome = await this.readerOf(file).readMore(options);
      if (outcome.kind === 'read') {
        newPoints += outcome.newPoints;
        replaced ||= outcome.replaced;
      }
      if (options.signal?.aborted === true) {
        break;
      }
    }
    const before = this.current;
    if (newPoints > 0 || replaced || before === null) {
      this.current = combineRuns(group, this.runs());
    }
    return this.current === null
      ? { kind: 'not-a-log' }
      : { kind: 'read', newPoints, replaced: replaced || (before !== null && before !== this.current) };
  }

  async close(): Promise<void> {
    await Promise.all([...this.readers.values()].map(({ source }) => source.close()));
  }

  private readerOf(file: string): LogReader {
    const known = this.readers.get(file);
    if (known !== undefined) {
      return known;
    }
    const reader = new LogReader(this.files.open(file), this.formats);
    this.readers.set(file, reader);
    return reader;
  }

  private runs(): Map<string, Run> {
    const runs = new Map<string, Run>();
    for (const [file, { run }] of this.readers) {
      if (run !== null) {
        runs.set(file, run);
      }
    }
    return runs;
  }
}

/** The run that goes by this path among the files: the group of that name, or the only one. */
function runOfFolder(path: string, files: readonly string[]): RunFiles {
  const groups = groupRunFiles(files);
  const named = groups.find((group) => group.path === path);
  return named ?? (groups.length === 1 ? groups[0]! : { path, files: [], how: 'together' });
}
