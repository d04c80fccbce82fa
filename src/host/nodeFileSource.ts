import { statSync } from 'node:fs';
import { type FileHandle, open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileSource } from '../core/io/fileSource';

/** True for a folder of the local disk. */
export function isDirectory(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch {
    // Not allowed to look: then it is nothing to open either.
    return false;
  }
}

export interface StatusOnDisk {
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly mtime: number;
}

export async function statusOnDisk(path: string): Promise<StatusOnDisk> {
  const { size, mtimeMs } = await stat(path);
  return { size, mtime: mtimeMs };
}

export async function bytesOnDisk(path: string): Promise<Uint8Array> {
  return readFile(path);
}

/** Something in a folder. */
export interface EntryOnDisk {
  readonly name: string;
  readonly isLink: boolean;
  /** What it is, or what the link leads to. */
  readonly leadsTo: 'file' | 'folder' | 'other';
}

export async function entriesOnDisk(folder: string): Promise<EntryOnDisk[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return Promise.all(
    entries.map(async (entry) => {
      const isLink = entry.isSymbolicLink();
      const target = isLink ? await stat(join(folder, entry.name)).catch(() => null) : entry;
      const leadsTo = target?.isFile() ? 'file' : target?.isDirectory() ? 'folder' : 'other';
      return { name: entry.name, isLink, leadsTo };
    }),
  );
}

/** An open handle keeps Windows from renaming or deleting the file, so it is let go soon after the last read. */
const IDLE_CLOSE_MS = 1000;

/** Reads a file of the local disk in place. Follows the path: when another file takes its place, that one is read. */
export class NodeFileSource implements FileSource {
  private handle: FileHandle | undefined;
  /** Inode behind the handle, to notice that the path means another file now. */
  private inode = 0;
  private idle: NodeJS.Timeout | undefined;
  private knownSize = -1;
  /** Where the file ends, once its size and a read that came short agree; -1: not known since the size was asked last. */
  private end = -1;

  constructor(readonly path: string) {}

  async size(): Promise<number> {
    const status = await stat(this.path);
    if (this.handle !== undefined && status.ino !== this.inode) {
      await this.close();
    }
    this.knownSize = status.size;
    this.end = -1;
    return status.size;
  }

  async read(offset: number, target: Uint8Array): Promise<number> {
    if (offset === this.end) {
      // A log that grows is looked at several times a second: half of its reads would only find the end once more.
      return 0;
    }
    clearTimeout(this.idle);
    try {
      const handle = await this.opened();
      const { bytesRead } = await handle.read(target, 0, target.length, offset);
      const reached = offset + bytesRead;
      this.end = bytesRead < target.length && reached === this.knownSize ? reached : -1;
      return bytesRead;
    } finally {
      this.idle = setTimeout(() => void this.close(), IDLE_CLOSE_MS);
      this.idle.unref();
    }
  }

  async close(): Promise<void> {
    clearTimeout(this.idle);
    const handle = this.handle;
    this.handle = undefined;
    await handle?.close();
  }

  private async opened(): Promise<FileHandle> {
    if (this.handle === undefined) {
      const handle = await open(this.path, 'r');
      this.handle = handle;
      this.inode = (await handle.stat()).ino;
    }
    return this.handle;
  }
}
