import type { Split } from '../run/series';
import {
  CONFIG,
  EPOCH,
  type Key,
  type KeyTable,
  MAYBE_LOSS,
  METRIC,
  RATE,
  SETTING,
  STEP,
  TRAINING,
} from './keyTable';
import { COMMA, isDigit } from './scan/bytes';
import { DIGITS, type LineMeaning, PASSED, type Slot } from './scan/lineShape';
import { NumberScanner } from './scan/number';

/** A record with more numbers than this is none. */
const MOST_FIELDS = 65_536;

/** The numbers of the record that is being read, before it is known whether it is one. */
export class RecordFields {
  /** Shared by the scanners that fill the record. */
  readonly number = new NumberScanner();
  /** Lines between the start of the record and the field that is added next. */
  lineShift = 0;
  /** Fields so far. */
  size = 0;
  private readonly ownKeys: (Key | null)[] = new Array(64).fill(null);
  /** The record's own, or those of the meaning it was filled with. */
  protected keysOf = this.ownKeys;
  protected valuesOf = new Float64Array(64);
  protected shiftsOf = new Uint32Array(64);
  /** Where each number stands. */
  private fromOf = new Int32Array(64);
  private toOf = new Int32Array(64);
  /** What on the line may change and is no field. */
  private passed: Slot[] = [];
  /** A field does not stand on the record's first line. */
  protected shifted = false;
  /** Flags of all fields together. */
  protected flags = 0;
  /** How many of the fields are metrics. */
  protected metrics = 0;
  /** How many are settings: two make a configuration. */
  private settings = 0;
  /** Steps an epoch has, printed beside the step; NaN when not printed. */
  protected total = Number.NaN;
  /** The step is known to be counted within its epoch. */
  protected within = false;
  /** What a field of the record says it is about. */
  protected split: Split = 'train';
  /** The step was printed rounded (`50K`). */
  protected rounded = false;

  /** Puts the record's only number under another key. */
  rename(key: Key): void {
    this.keysOf[0] = key;
    this.flags = key.flags;
    this.metrics = key.flags & METRIC;
  }

  /** A field of the record says that it is about evaluation. */
  setEval(): void {
    this.split = 'eval';
  }

  /** Puts the record's value under the name that another field gave (`{"name": "loss", "value": 0.5}`). */
  nameValue(key: Key): void {
    for (let index = 0; index < this.size; index++) {
      if (this.keysOf[index]!.says === 'value') {
        this.keysOf[index] = key;
        this.flags = this.flagsFrom(0);
        return;
      }
    }
  }

  /**
   * Puts the value among the fields from `from` on under the name that another field gave, and forgets the others.
   * @returns false where no field says that it is a value
   */
  keepNamedValue(from: number, key: Key): boolean {
    for (let index = from; index < this.size; index++) {
      if (this.keysOf[index]!.says === 'value') {
        this.keysOf[from] = key;
        this.valuesOf[from] = this.valuesOf[index]!;
        this.shiftsOf[from] = this.shiftsOf[index]!;
        this.fromOf[from] = this.fromOf[index]!;
        this.toOf[from] = this.toOf[index]!;
        this.cutBack(from + 1);
        return true;
      }
    }
    return false;
  }

  /**
   * Gives the gradients that name no parameter to the one that another field named (`{"name": "fc1.weight", "grad_norm": 0.5}`).
   * @param from first field that may be its own
   */
  ownGradients(from: number, owner: Key, keys: KeyTable): void {
    for (let index = from; index < this.size; index++) {
      const key = this.keysOf[index]!;
      const { kind, parameter } = key.meaning;
      if ((kind === 'grad-norm' || kind === 'grad-max') && parameter === null) {
        this.keysOf[index] = keys.ownedBy(owner, key.name) ?? key;
      }
    }
    this.flags = this.flagsFrom(0);
  }

  /** Forgets the fields from `from` on that no name owns. */
  keepOwned(from: number): void {
    let kept = from;
    for (let index = from; index < this.size; index++) {
      const key = this.keysOf[index]!;
      if (key.owner !== null) {
        this.keysOf[kept] = key;
        this.valuesOf[kept] = this.valuesOf[index]!;
        this.shiftsOf[kept] = this.shiftsOf[index]!;
        this.fromOf[kept] = this.fromOf[index]!;
        this.toOf[kept++] = this.toOf[index]!;
      }
    }
    if (kept < this.size) {
      this.cutBack(kept);
    }
  }

  /** Starts a record anew; fields that were not committed are forgotten. */
  begin(): void {
    this.keysOf = this.ownKeys;
    this.shifted = false;
    this.size = 0;
    this.flags = 0;
    this.metrics = 0;
    this.settings = 0;
    this.total = Number.NaN;
    this.rounded = false;
    this.within = false;
    this.lineShift = 0;
    this.split = 'train';
    if (this.passed.length > 0) {
      this.passed = [];
    }
  }

  /** Forgets the fields after the first `size`. */
  cutBack(size: number): void {
    this.size = Math.min(this.size, size);
    this.passed = [];
    this.flags = this.flagsFrom(0);
    this.metrics = 0;
    for (let index = 0; index < this.size; index++) {
      this.metrics += this.keysOf[index]!.flags & METRIC;
    }
  }

  /** Forgets everything but steps and epochs. */
  protected keepAxis(): void {
    this.keysOf = this.keysOf.slice();
    let kept = 0;
    for (let index = 0; index < this.size; index++) {
      if ((this.keysOf[index]!.flags & (STEP | EPOCH)) !== 0) {
        this.keysOf[kept] = this.keysOf[index]!;
        this.valuesOf[kept++] = this.valuesOf[index]!;
      }
    }
    this.cutBack(kept);
  }

  /** Gives the fields from `from` on to other keys. */
  rekey(from: number, other: (key: Key) => Key): void {
    for (let index = from; index < this.size; index++) {
      const key = other(this.keysOf[index]!);
      this.keysOf[index] = key;
      this.flags |= key.flags;
    }
  }

  add(key: Key, value: number): void {
    this.number.value = value;
    this.take(key);
  }

  /** Adds the number that {@link number} read last. */
  take(key: Key): void {
    const index = this.size;
    if (index === this.valuesOf.length) {
      if (index >= MOST_FIELDS) {
        return;
      }
      this.widen(index * 2);
    }
    this.keysOf[index] = key;
    this.valuesOf[index] = this.number.result[0]!;
    this.shiftsOf[index] = this.lineShift;
    this.shifted ||= this.lineShift > 0;
    this.fromOf[index] = this.number.from;
    this.toOf[index] = this.number.to;
    this.size = index + 1;
    this.flags |= key.flags;
    this.metrics += key.flags & METRIC;
    if ((key.flags & SETTING) !== 0 && ++this.settings > 1) {
      this.flags |= CONFIG;
    }
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

  /** What the record is, without its numbers. */
  meaningOf(split: Split = this.split, mode: number, note: number): LineMeaning {
    const keys = this.keysOf.slice(0, this.size);
    const { flags, metrics, total, within } = this;
    const places = keys.flatMap((key, index) => (((key?.flags ?? 0) & (STEP | EPOCH)) !== 0 ? [index] : []));
    return { keys, places, flags, metrics, split, total, within, mode, note };
  }

  /** Room for the numbers of a record, in the order of its fields. */
  room(size: number): Float64Array {
    if (this.valuesOf.length < size) {
      this.widen(size * 2);
    }
    return this.valuesOf;
  }

  /** The record is one of this meaning; its numbers are in {@link room}. */
  fill({ keys, flags, metrics, total, within }: LineMeaning): void {
    this.begin();
    this.keysOf = keys;
    this.size = keys.length;
    this.flags = flags;
    this.metrics = metrics;
    this.total = total;
    this.within = within;
  }

  setTotal(total: number): void {
    this.total = total;
  }

  /** The step is counted within its epoch, and the log's syntax says so. */
  setWithin(): void {
    this.within = true;
  }

  setRounded(): void {
    this.rounded = true;
  }

  /** The fields from `from` on hold a loss or a gradient, and no setting that only a configuration has. */
  hasMetric(from = 0): boolean {
    const flags = from === 0 ? this.flags : this.flagsFrom(from);
    return (flags & (TRAINING | CONFIG)) === TRAINING;
  }

  /** A step and what only changes with it: the record of a step that was skipped. */
  hasState(): boolean {
    return (this.flags & (STEP | RATE | CONFIG)) === (STEP | RATE);
  }

  /** A learning rate or loss scale, as blocks print them on lines of their own. */
  hasRate(): boolean {
    return (this.flags & (RATE | CONFIG)) === RATE;
  }

  /** A step or an epoch, and numbers with a fraction that may be losses: `epoch 3 train 0.5 val 0.75`, `it 3 mae 0.5`. */
  hasMaybeLoss(): boolean {
    if ((this.flags & MAYBE_LOSS) === 0 || (this.flags & CONFIG) !== 0 || !this.hasAxis()) {
      return false;
    }
    for (let index = 0; index < this.size; index++) {
      if ((this.keysOf[index]!.flags & MAYBE_LOSS) !== 0 && !Number.isInteger(this.valuesOf[index])) {
        return true;
      }
    }
    return false;
  }

  /** A step or an epoch. */
  hasAxis(): boolean {
    return (this.flags & (STEP | EPOCH)) !== 0;
  }

  /** All metrics belong to the same parameter. */
  protected aboutOneParameter(): boolean {
    const first = this.keysOf[0]!.meaning.parameter;
    for (let index = 0; index < this.size && first !== null; index++) {
      if (this.keysOf[index]!.meaning.parameter !== first) {
        return false;
      }
    }
    return first !== null;
  }

  /** The only field's key, when there is one field. */
  get soleKey(): Key | null {
    return this.size === 1 ? this.keysOf[0]! : null;
  }

  private flagsFrom(from: number): number {
    let flags = 0;
    for (let index = from; index < this.size; index++) {
      flags |= this.keysOf[index]!.flags;
    }
    return flags;
  }

  private widen(size: number): void {
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
