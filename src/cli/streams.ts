/** Inputs that are no files on a disk: standard input, pipes, devices. They are read once, from front to end. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

/** A stream is kept in memory, and a device may never end. */
const LARGEST_STREAM = 512 * 1024 * 1024;
/** A pipe without a writer is waited for, as every tool does; after this long a person should know. */
const PATIENCE_MS = 2000;

/**
 * The bytes of standard input (`-`), a named pipe or a device; null for a regular file, which is read in place.
 * Rejects when there are more than can be kept.
 */
export async function streamBytes(path: string, onNote: (text: string) => void): Promise<Uint8Array | null> {
  if (path !== '-' && (await stat(path)).isFile()) {
    return null;
  }
  const stream: AsyncIterable<Uint8Array> = path === '-' ? process.stdin : createReadStream(path);
  const waiting = setTimeout(() => onNote(`${path}: waiting for input`), PATIENCE_MS);
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of stream) {
      clearTimeout(waiting);
      chunks.push(chunk);
      length += chunk.length;
      if (length > LARGEST_STREAM) {
        throw new Error(`does not end within ${LARGEST_STREAM / 1024 / 1024} MB; write it to a file first`);
      }
    }
  } finally {
    clearTimeout(waiting);
  }
  return Buffer.concat(chunks);
}
