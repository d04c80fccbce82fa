import type { FileSource } from '../../core/io/fileSource';

/** Text that can change, with a number that changes with it (an open document). */
export interface VersionedText {
  /** Undefined when the text is no more (the document was closed). */
  read(): { readonly version: number; readonly text: string } | undefined;
}

/** A log that lives in an editor only: an untitled document, or one whose file system we cannot read by parts. */
export class TextSource implements FileSource {
  private version = -1;
  private bytes = new Uint8Array();

  constructor(
    readonly path: string,
    private readonly document: VersionedText,
  ) {}

  async size(): Promise<number> {
    const now = this.document.read();
    if (now === undefined) {
      throw Object.assign(new Error('The document was closed.'), { code: 'FileNotFound' });
    }
    if (now.version !== this.version) {
      this.version = now.version;
      this.bytes = new TextEncoder().encode(now.text);
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
    this.version = -1;
  }
}
