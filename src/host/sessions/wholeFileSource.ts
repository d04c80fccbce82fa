import type { FileSource } from '../../core/io/fileSource';

/** Files of a virtual file system come whole, so there is a limit to what is kept in memory. */
const LARGEST_WHOLE_FILE = 256 * 1024 * 1024;

/** The two calls of a file system that reads only whole files (VS Code's `workspace.fs`). */
export interface WholeFiles {
  stat(): Promise<{ readonly size: number; readonly mtime: number }>;
  readFile(): Promise<Uint8Array>;
}

/** A file of a virtual workspace: read whole when it changed, given out by parts. */
export class WholeFileSource implements FileSource {
  private bytes: Uint8Array = new Uint8Array();
  private stamp = '';

  constructor(
    readonly path: string,
    private readonly files: WholeFiles,
  ) {}

  async size(): Promise<number> {
    const { size, mtime } = await this.files.stat();
    const stamp = `${size}:${mtime}`;
    if (stamp !== this.stamp) {
      if (size > LARGEST_WHOLE_FILE) {
        throw new Error(
          `Files of this file system are read whole, and ${Math.round(size / 1e6)} MB is too large.`,
        );
      }
      this.bytes = await this.files.readFile();
      this.stamp = stamp;
    }
    return this.bytes.length;
  }

  async read(offset: number, target: Uint8Array): Promise<number> {
    const part = this.bytes.subarray(offset, offset + target.length);
    target.set(part);
    return part.length;
  }

  async close(): Promise<void> {
    this.bytes = new Uint8Array();
    this.stamp = '';
  }
}
