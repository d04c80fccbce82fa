import type { Key } from './keyTable';
import { LaterWork } from './laterWork';
import { COMMA, isDigit } from './scan/bytes';
import { DIGITS, PASSED, type Slot } from './scan/lineShape';
import { NumberScanner } from './scan/number';

/** The fields of a record as columns, with the places on the line where their numbers stand. */
export class FieldColumns {
  /** Shared by the scanners that fill the record. */
  readonly number = new NumberScanner();
  /** Work on a record too wide to be done at once. */
  readonly later = new LaterWork();
  /** Lines between the start of the record and the field that is added next. */
  lineShift = 0;
  /** Fields so far. */
  size = 0;
  protected readonly ownKeys: (Key | null)[] = new Array(64).fill(null);
  /** The record's own, or those of the meaning it was filled with. */
  protected keysOf = this.ownKeys;
  protected valuesOf = new Float64Array(64);
  protected shiftsOf = new Uint32Array(64);
  /** Where each number stands. */
  protected fromOf = new Int32Array(64);
  protected toOf = new Int32Array(64);
  /** What on the line may change and is no field. */
  protected passed: Slot[] = [];

  /** Puts the field at `from` in the place of another. */
  protected move(from: number, to: number): void {
    this.keysOf[to] = this.keysOf[from]!;
    this.valuesOf[to] = this.valuesOf[from]!;
    this.shiftsOf[to] = this.shiftsOf[from]!;
    this.fromOf[to] = this.fromOf[from]!;
    this.toOf[to] = this.toOf[from]!;
  }

  /** A number stands there that is no field, whatever its value. */
  pass(from: number, to: number): void {
    if (from >= 0) {
      this.passed.push({ from, to, field: PASSED });
    }
  }

  /** The digits there mean nothing, but how many there are may: a date, a time of day. */
  passDigits(bytes: Uint8Array, from: number, to: number): void {
    for (let at = from; at < to; at++) {
      const start = at;
      while (at < to && isDigit(bytes[at])) {
        at++;
      }
      // "0,5" and "1,234" are read by what they are.
      if (at > start + 1 || (at > start && bytes[at] !== COMMA)) {
        this.passed.push({ from: start, to: at, field: DIGITS });
      }
    }
  }

  /**
   * What may change on the line from `start` to `end` that the record was read from, in order.
   * @param strict a comma may be part of a number
   * @returns null when a number of the record does not simply stand there (`8,641`, `50K`)
   */
  slotsOf(bytes: Uint8Array, start: number, end: number, strict: boolean): Slot[] | null {
    const slots: Slot[] = [];
    for (let field = 0; field < this.size; field++) {
      const from = this.fromOf[field]!;
      const to = this.toOf[field]!;
      const split = strict && bytes[to] === COMMA && isDigit(bytes[to + 1]);
      if (from < start || split || this.number.scan(bytes, from, end) !== to || !this.isField(field)) {
        return null;
      }
      slots.push({ from, to, field });
    }
    for (const slot of this.passed) {
      if (
        slot.from >= start &&
        (slot.field === DIGITS || this.number.scan(bytes, slot.from, end) === slot.to)
      ) {
        slots.push(slot);
      }
    }
    slots.sort((one, other) => one.from - other.from);
    // Where two overlap, the first says what may change; a field must not be lost that way.
    const apart: Slot[] = [];
    let behind = start;
    for (const slot of slots) {
      if (slot.from >= behind) {
        apart.push(slot);
        behind = slot.to;
      } else if (slot.field >= 0) {
        return null;
      }
    }
    return apart;
  }

  private isField(field: number): boolean {
    return Object.is(this.number.result[0], this.valuesOf[field]);
  }

  /** Room for the numbers of a record, in the order of its fields. */
  room(size: number): Float64Array {
    this.later.settle();
    if (this.valuesOf.length < size) {
      this.widen(size * 2);
    }
    return this.valuesOf;
  }

  protected widen(size: number): void {
    const values = new Float64Array(size);
    values.set(this.valuesOf);
    this.valuesOf = values;
    const shifts = new Uint32Array(size);
    shifts.set(this.shiftsOf);
    this.shiftsOf = shifts;
    const from = new Int32Array(size);
    from.set(this.fromOf);
    this.fromOf = from;
    const to = new Int32Array(size);
    to.set(this.toOf);
    this.toOf = to;
  }
}
