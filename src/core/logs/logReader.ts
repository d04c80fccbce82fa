import type { FileSource } from '../io/fileSource';
import type { Run } from '../run/run';

export interface ReadOptions {
  /** Stops reading; what was read stays. */
  readonly signal?: AbortSignal;
  /** Bytes read and size of the source, a few times a second at most. */
  onProgress?(bytesRead: number, size: number): void;
  /** Awaited between slices of work of about 8 ms, so that an editor stays responsive. */
  breathe?(): Promise<void>;
}

/** What a call of {@link LogReader.readMore} met. */
export type ReadOutcome =
  /** The bytes so far are no training log. */
  | { readonly kind: 'not-a-log' }
  /** `replaced`: the file was truncated or rewritten, and the run was read anew from its start. */
  | { readonly kind: 'read'; readonly newPoints: number; readonly replaced: boolean };

/** Reads one log, and goes on where it stopped when the file has grown. */
export class LogReader {
  constructor(readonly source: FileSource) {}

  /** Null until the content was recognised as a training log. The same object grows with later reads. */
  get run(): Run | null {
    return null;
  }

  /** Reads everything that is new since the last call. Rejects only when the source does. */
  async readMore(_options: ReadOptions = {}): Promise<ReadOutcome> {
    return { kind: 'not-a-log' };
  }
}

/** Reads a whole log once; null when it is none. */
export async function readLog(source: FileSource, options: ReadOptions = {}): Promise<Run | null> {
  const reader = new LogReader(source);
  await reader.readMore(options);
  return reader.run;
}
