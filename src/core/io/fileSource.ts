/** A file of a source that is put together of several. */
export interface SourcePart {
  readonly path: string;
  /** Its first byte in the whole; certain once the parts before it were read. */
  readonly start: number;
}

/**
 * Where bytes come from. The core never opens a file: the command line and the host give it one of these, tests a
 * scripted one. A source may grow, shrink or vanish between two calls.
 */
export interface FileSource {
  /** Path as the person knows it (shown in messages, never interpreted). */
  readonly path: string;
  /** Present size in bytes. Rejects when the file cannot be reached. */
  size(): Promise<number>;
  /**
   * Reads up to `target.length` bytes from `offset` into `target`.
   * @returns the number of bytes read; 0 at or past the end.
   */
  read(offset: number, target: Uint8Array): Promise<number>;
  /** The files it is put together of, in order; absent where it is one file. A read never crosses from one into the next. */
  readonly parts?: readonly SourcePart[];
  /** What people should know of how it was read so far: a packed file that is damaged. Absent or empty: nothing. */
  readonly problem?: string;
  /**
   * Share of the source that was read, 0 to 1, where its size is a guess: four bytes at the end of a gzip file tell its size modulo
   * 4 GB, and may lie. Absent or undefined: the size tells.
   */
  readonly share?: number | undefined;
  /** Frees what the source holds (an open handle). Safe to call twice. */
  close(): Promise<void>;
}

/** A source over bytes already in memory (an open document, standard input, a test). */
export class BytesSource implements FileSource {
  constructor(
    readonly path: string,
    private readonly bytes: Uint8Array,
  ) {}

  async size(): Promise<number> {
    return this.bytes.length;
  }

  async read(offset: number, target: Uint8Array): Promise<number> {
    const part = this.bytes.subarray(offset, offset + target.length);
    target.set(part);
    return part.length;
  }

  async close(): Promise<void> {}
}
