/** How a file's text is stored. Everything that is not UTF-16 is taken as UTF-8 (or bytes, for binary formats). */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/** A blank, a digit or a line's end comes in so many bytes of UTF-16 text, and each holds a NUL byte. */
const ENOUGH = 64;
const LOOKED_AT = 4096;

/**
 * Encoding and length of the byte order mark, from the first bytes of a file. Windows shells write UTF-16. Bytes without
 * a single NUL are none, whatever they begin with: old programs greet with characters of eight bits.
 */
export function encodingOf(head: Uint8Array): { readonly encoding: Encoding; readonly mark: number } {
  const little = head[0] === 0xff && head[1] === 0xfe;
  if (little || (head[0] === 0xfe && head[1] === 0xff)) {
    return head.length >= ENOUGH && !head.subarray(0, LOOKED_AT).includes(0)
      ? { encoding: 'utf-8', mark: 2 }
      : { encoding: little ? 'utf-16le' : 'utf-16be', mark: 2 };
  }
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) {
    return { encoding: 'utf-8', mark: 3 };
  }
  return { encoding: unmarked(head), mark: 0 };
}

/** Of every other byte of UTF-16 text in a Latin script so many are NUL, and of those between them hardly any. */
const MANY_NULS = 0.7;
const FEW_NULS = 0.02;

/** Some programs write UTF-16 without a mark: every second byte gives it away. */
function unmarked(head: Uint8Array): Encoding {
  const looked = head.subarray(0, LOOKED_AT);
  if (looked.length < ENOUGH || !looked.includes(0)) {
    return 'utf-8';
  }
  const nuls = [0, 0];
  looked.forEach((byte, at) => {
    nuls[at % 2]! += byte === 0 ? 1 : 0;
  });
  const [even = 0, odd = 0] = nuls.map((count) => (2 * count) / looked.length);
  if (odd >= MANY_NULS && even <= FEW_NULS) {
    return 'utf-16le';
  }
  return even >= MANY_NULS && odd <= FEW_NULS ? 'utf-16be' : 'utf-8';
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
