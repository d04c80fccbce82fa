import type { FileSource } from './fileSource';

/** Bytes at the start that are kept, so that a reader can ask whether the file is still the same. */
const KEPT_START = 4096;
/** Bytes kept behind the present place: readers look back a little. */
const KEPT_BACK = 64 * 1024;
/** Compressed bytes read at a time. */
const CHUNK = 64 * 1024;

/**
 * The same bytes where a source is plain, the unpacked ones where it is gzip: told by its first bytes, never by its name.
 * Unpacks as it is read, forward; a step back behind what is kept starts over.
 */
export function throughGzip(source: FileSource): FileSource {
  return new GzipSource(source);
}

class GzipSource implements FileSource {
  readonly path: string;
  private packed: boolean | null = null;
  private packedSize = -1;
  private unpacking: Unpacking | null = null;

  constructor(private readonly inner: FileSource) {
    this.path = inner.path;
  }

  get problem(): string {
    return this.unpacking?.problem ?? '';
  }

  /** Of the packed bytes: what they unpack to is known when it is done. */
  get share(): number | undefined {
    return this.packed === true && this.unpacking !== null && this.packedSize > 0
      ? Math.min(1, this.unpacking.consumed / this.packedSize)
      : undefined;
  }

  /** Of a gzip file: what was unpacked when its end was reached, before that what its last bytes promise. */
  async size(): Promise<number> {
    const size = await this.inner.size();
    if (this.packed === null || size < this.packedSize) {
      const magic = new Uint8Array(2);
      const count = await this.inner.read(0, magic);
      this.packed = count < 2 ? null : magic[0] === 0x1f && magic[1] === 0x8b;
    }
    if (this.packed !== true) {
      this.packedSize = size;
      return size;
    }
    if (size !== this.packedSize) {
      // Another file, or a longer one: what it unpacks to is read anew.
      await this.unpacking?.close();
      this.unpacking = null;
      this.packedSize = size;
    }
    const unpacking = this.unpacking ?? this.start();
    if (unpacking.ended) {
      return unpacking.position;
    }
    const trailer = new Uint8Array(4);
    await this.inner.read(Math.max(0, size - 4), trailer);
    const promised = new DataView(trailer.buffer).getUint32(0, true);
    // Four bytes cannot tell of more than 4 GB, and a cut file tells nonsense.
    return Math.max(promised, unpacking.position, size);
  }

  async read(offset: number, target: Uint8Array): Promise<number> {
    if (this.packed === null) {
      await this.size();
    }
    if (this.packed !== true) {
      return this.inner.read(offset, target);
    }
    let unpacking = this.unpacking ?? this.start();
    let count = await unpacking.read(offset, target);
    if (count < 0) {
      await unpacking.close();
      unpacking = this.start();
      count = await unpacking.read(offset, target);
    }
    return Math.max(0, count);
  }

  async close(): Promise<void> {
    await this.unpacking?.close();
    this.unpacking = null;
    await this.inner.close();
  }

  private start(): Unpacking {
    this.unpacking = new Unpacking(this.inner);
    return this.unpacking;
  }
}

/** One pass through a gzip file. */
class Unpacking {
  /** Unpacked bytes so far. */
  position = 0;
  ended = false;
  /** Packed bytes that were taken. */
  consumed = 0;
  /** Fit to show to a person; empty where the file is sound so far. */
  problem = '';
  private readonly reader: ReadableStreamDefaultReader<Uint8Array>;
  private readonly writer: WritableStreamDefaultWriter<BufferSource>;
  /** What is being unpacked: one piece at a time, as the stream would take in a whole file of any size. */
  private feeding: Promise<'fed'> | null = null;
  private reading: Promise<ReadableStreamReadResult<Uint8Array>> | null = null;
  private readonly start = new Uint8Array(KEPT_START);
  private window = new Uint8Array(0);

  constructor(private readonly source: FileSource) {
    const { readable, writable } = new DecompressionStream('gzip');
    this.reader = readable.getReader();
    this.writer = writable.getWriter();
    // What fails is told by the reading side.
    this.writer.closed.catch(() => undefined);
  }

  /** @returns bytes read; -1 when `offset` lies behind what is kept. */
  async read(offset: number, target: Uint8Array): Promise<number> {
    const known = Math.min(KEPT_START, this.position);
    if (offset + target.length <= known) {
      target.set(this.start.subarray(offset, offset + target.length));
      return target.length;
    }
    if (offset < this.position - this.window.length) {
      return -1;
    }
    while (this.position <= offset && !this.ended) {
      await this.more();
    }
    const from = offset - (this.position - this.window.length);
    const part = this.window.subarray(from, from + target.length);
    target.set(part);
    return part.length;
  }

  async close(): Promise<void> {
    await this.reader.cancel().catch(() => undefined);
  }

  /** A cut or damaged file gives what could be unpacked of it; older decoders keep back some kilobytes before the place. */
  private failed(): { readonly done: true; readonly value?: undefined } {
    this.problem =
      'The gzip file is cut off or damaged, or something else stands behind its end: what could be unpacked is shown';
    return { done: true };
  }

  /** Gives the stream its next piece. Resolves when that is used up; never when there is none any more. */
  private async feed(): Promise<'fed'> {
    const chunk = new Uint8Array(CHUNK);
    const count = await this.source.read(this.consumed, chunk);
    this.consumed += count;
    if (count === 0) {
      await this.writer.close().catch(() => undefined);
      return new Promise(() => undefined);
    }
    await this.writer.write(chunk.subarray(0, count)).catch(() => undefined);
    return 'fed';
  }

  private async next(): Promise<ReadableStreamReadResult<Uint8Array>> {
    this.reading ??= this.reader.read();
    for (;;) {
      if (this.feeding === null) {
        this.feeding = this.feed();
        // Nobody may be waiting for it any more when it fails.
        this.feeding.catch(() => undefined);
      }
      const first = await Promise.race([this.reading, this.feeding]);
      if (first !== 'fed') {
        this.reading = null;
        return first;
      }
      this.feeding = null;
    }
  }

  private async more(): Promise<void> {
    const { done, value } = await this.next().catch(() => this.failed());
    if (done || value === undefined) {
      this.ended = true;
      return;
    }
    if (this.position < KEPT_START) {
      this.start.set(value.subarray(0, KEPT_START - this.position), this.position);
    }
    this.position += value.length;
    const kept = this.window.subarray(Math.max(0, this.window.length - KEPT_BACK));
    const window = new Uint8Array(kept.length + value.length);
    window.set(kept);
    window.set(value, kept.length);
    this.window = window;
  }
}
