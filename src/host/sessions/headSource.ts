import type { FileSource } from '../../core/io/fileSource';

/** The first bytes of another source, as if there were no more. */
export class HeadSource implements FileSource {
  readonly path: string;

  constructor(
    private readonly whole: FileSource,
    private readonly limit: number,
  ) {
    this.path = whole.path;
  }

  async size(): Promise<number> {
    return Math.min(await this.whole.size(), this.limit);
  }

  async read(offset: number, target: Uint8Array): Promise<number> {
    const room = Math.max(0, this.limit - offset);
    return room === 0 ? 0 : this.whole.read(offset, target.subarray(0, room));
  }

  close(): Promise<void> {
    return this.whole.close();
  }
}
