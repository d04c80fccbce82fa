import type { FileSource } from '../io/fileSource';
import { type OlderParts, PartedSource } from '../io/partedSource';
import type { Run } from '../run/run';
import type { LogFormat } from './format';
import { LogReader, type ReadOptions, type ReadOutcome } from './logReader';

/** Reads a log with its rotated parts as the one log they were, and goes on when it grows or is rotated again. */
export class RotatedReader {
  readonly source: PartedSource;
  private readonly reader: LogReader;
  /** The older parts were seen to belong to the log. */
  private isProven = false;
  /** Reads the log itself while it is in doubt whether the older parts belong to it. */
  private alone: LogReader | null = null;

  /** @param path of the log itself */
  constructor(
    path: string,
    older: OlderParts,
    private readonly open: (path: string) => FileSource,
    private readonly formats?: readonly LogFormat[],
  ) {
    this.source = new PartedSource(path, older, open);
    this.reader = new LogReader(this.source, formats);
  }

  get run(): Run | null {
    return this.reader.run;
  }

  /** As {@link LogReader.readMore}. */
  async readMore(options: ReadOptions = {}): Promise<ReadOutcome> {
    const outcome = await this.reader.readMore(options);
    const isDoubtful = this.source.parts.length > 1 && !this.isProven && options.signal?.aborted !== true;
    if (!isDoubtful) {
      return outcome;
    }
    if (this.ownPoints()) {
      await this.believe();
      return outcome;
    }
    // It may not have begun to log, or what lies beside it under its name is something else.
    this.alone ??= new LogReader(this.open(this.source.path), this.formats);
    await this.alone.readMore(options);
    if (this.alone.run === null) {
      return outcome;
    }
    this.source.leaveOlder();
    await this.believe();
    return this.reader.readMore(options);
  }

  async close(): Promise<void> {
    await Promise.all([this.source.close(), this.alone?.source.close()]);
  }

  private async believe(): Promise<void> {
    this.isProven = true;
    await this.alone?.source.close();
    this.alone = null;
  }

  /** Something was read from the log itself, not from its parts only. */
  private ownPoints(): boolean {
    const own = this.run?.parts?.find(({ path }) => path === this.source.path);
    return (
      own !== undefined &&
      this.run?.series.some(({ points }) => points.line(points.length - 1) >= own.firstLine) === true
    );
  }
}
