/**
 * Walks the fields of a protocol buffer message in place (https://protobuf.dev/programming-guides/encoding/).
 * Never throws: a message that does not hold together ends early.
 */
export class ProtobufWalker {
  /** Number of the present field. */
  field = 0;
  /** Wire type of the present field: 0 varint, 1 eight bytes, 2 bytes, 5 four bytes. */
  wire = 0;
  /** Value of a varint field; exact up to 2^53. */
  varint = 0;
  /** Range of a field's bytes (wire types 1, 2 and 5). */
  from = 0;
  to = 0;
  private at: number;

  constructor(
    private bytes: Uint8Array,
    start: number,
    private end: number,
  ) {
    this.at = start;
  }

  /** Walks another message from here on: one walker serves all messages of a kind. @returns itself */
  over(bytes: Uint8Array, start: number, end: number): this {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
    return this;
  }

  /** Steps to the next field; false at the end. */
  next(): boolean {
    if (this.at >= this.end || !this.readVarint()) {
      return false;
    }
    const tag = this.varint;
    // Small integers are by far the most: without a division.
    this.wire = tag < 128 ? tag & 7 : tag % 8;
    this.field = tag < 128 ? tag >> 3 : Math.floor(tag / 8);
    switch (this.wire) {
      case 0:
        return this.readVarint();
      case 1:
        return this.take(8);
      case 2:
        return this.readVarint() && this.take(this.varint);
      case 5:
        return this.take(4);
      default:
        return false;
    }
  }

  private take(length: number): boolean {
    this.from = this.at;
    this.to = this.at + length;
    this.at = this.to;
    return this.to <= this.end;
  }

  private readVarint(): boolean {
    if (this.at < this.end && this.bytes[this.at]! < 128) {
      this.varint = this.bytes[this.at++]!;
      return true;
    }
    let value = 0;
    let scale = 1;
    let high = 0;
    for (let count = 0; count < 10 && this.at < this.end; count++) {
      const byte = this.bytes[this.at++]!;
      if (count < 7) {
        value += (byte & 127) * scale;
        scale *= 128;
      } else {
        high += (byte & 127) * 128 ** (count - 7);
      }
      if (byte < 128) {
        // 64-bit two's complement: a negative step has its highest bit set.
        const total = value + high * scale;
        this.varint = total >= 2 ** 63 ? total - 2 ** 64 : total;
        return true;
      }
    }
    return false;
  }
}

/** Little-endian numbers at any offset. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
