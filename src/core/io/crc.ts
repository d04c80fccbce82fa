/**
 * Checksums of record files: CRC-32C (Castagnoli, TFRecord) and CRC-32 (zlib, W&B), four bytes at a time
 * ("slicing-by-4", Kounavis and Berry 2005).
 */
export class Crc {
  private readonly tables: readonly Uint32Array[];

  /** @param polynomial reversed: 0x82f63b78 for CRC-32C, 0xedb88320 for CRC-32. */
  constructor(polynomial: number) {
    const first = new Uint32Array(256);
    for (let byte = 0; byte < 256; byte++) {
      let value = byte;
      for (let bit = 0; bit < 8; bit++) {
        value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
      }
      first[byte] = value >>> 0;
    }
    const tables = [first];
    for (let slice = 1; slice < 4; slice++) {
      const before = tables[slice - 1]!;
      tables.push(Uint32Array.from(before, (value) => (value >>> 8) ^ first[value & 255]!));
    }
    this.tables = tables;
  }

  /** Checksum of a range, as an unsigned number. */
  of(bytes: Uint8Array, start: number, end: number): number {
    const [t0, t1, t2, t3] = this.tables as [Uint32Array, Uint32Array, Uint32Array, Uint32Array];
    let crc = -1;
    let at = start;
    for (; at + 4 <= end; at += 4) {
      crc ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
      crc = t3[crc & 255]! ^ t2[(crc >>> 8) & 255]! ^ t1[(crc >>> 16) & 255]! ^ t0[crc >>> 24]!;
    }
    for (; at < end; at++) {
      crc = (crc >>> 8) ^ t0[(crc ^ bytes[at]!) & 255]!;
    }
    return ~crc >>> 0;
  }
}
