/** How a file's text is stored. Everything that is not UTF-16 is taken as UTF-8 (or bytes, for binary formats). */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/** Encoding and length of the byte order mark, from the first bytes of a file. Windows shells write UTF-16. */
export function encodingOf(head: Uint8Array): { readonly encoding: Encoding; readonly mark: number } {
  if (head[0] === 0xff && head[1] === 0xfe) {
    return { encoding: 'utf-16le', mark: 2 };
  }
  if (head[0] === 0xfe && head[1] === 0xff) {
    return { encoding: 'utf-16be', mark: 2 };
  }
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) {
    return { encoding: 'utf-8', mark: 3 };
  }
  return { encoding: 'utf-8', mark: 0 };
}

/** UTF-16 bytes, in pieces of any size, to UTF-8. */
export class Utf16Reader {
  private readonly decoder: TextDecoder;
  private readonly encoder = new TextEncoder();

  constructor(encoding: 'utf-16le' | 'utf-16be') {
    this.decoder = new TextDecoder(encoding);
  }

  utf8(piece: Uint8Array): Uint8Array {
    return this.encoder.encode(this.decoder.decode(piece, { stream: true }));
  }
}
