/** Bytes that are taken at a time. */
const SLICES = 8;

/**
 * Checksums of record files: CRC-32C (Castagnoli, TFRecord) and CRC-32 (zlib, W&B), eight bytes at a time
 * ("slicing-by-8", Kounavis and Berry 2005).
 */
export class Crc {
  /** The tables of all slices, one behind the other; signed, because unsigned words above 2^31 are no small integers. */
  private readonly table = new Int32Array(SLICES * 256);

  /** @param polynomial reversed: 0x82f63b78 for CRC-32C, 0xedb88320 for CRC-32. */
  constructor(polynomial: number) {
    const { table } = this;
    for (let byte = 0; byte < 256; byte++) {
      let value = byte;
      for (let bit = 0; bit < 8; bit++) {
        value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
      }
      table[byte] = value;
    }
    for (let index = 256; index < table.length; index++) {
      const before = table[index - 256]!;
      table[index] = (before >>> 8) ^ table[before & 255]!;
    }
  }

  /** Checksum of a range, as an unsigned number. */
  of(bytes: Uint8Array, start: number, end: number): number {
    const { table } = this;
    let crc = -1;
    let at = start;
    for (; at + SLICES <= end; at += SLICES) {
      crc =
        table[1792 + ((crc ^ bytes[at]!) & 255)]! ^
        table[1536 + (((crc >>> 8) ^ bytes[at + 1]!) & 255)]! ^
        table[1280 + (((crc >>> 16) ^ bytes[at + 2]!) & 255)]! ^
        table[1024 + ((crc >>> 24) ^ bytes[at + 3]!)]! ^
        table[768 + bytes[at + 4]!]! ^
        table[512 + bytes[at + 5]!]! ^
        table[256 + bytes[at + 6]!]! ^
        table[bytes[at + 7]!]!;
    }
    for (; at < end; at++) {
      crc = (crc >>> 8) ^ table[(crc ^ bytes[at]!) & 255]!;
    }
    return ~crc >>> 0;
  }
}
