import type { Split } from '../run/series';
import { AbsentGradients } from './absentGradients';
import { FieldColumns } from './fieldColumns';
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
import type { LineMeaning } from './scan/lineShape';

/** A record with more numbers than this is none. */
const MOST_FIELDS = 65_536;

/** The numbers of the record that is being read, before it is known whether it is one. */
export class RecordFields extends FieldColumns {
  readonly absent = new AbsentGradients();
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
        this.move(index, from);
        this.keysOf[from] = key;
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
        this.move(index, kept++);
      }
    }
    if (kept < this.size) {
      this.cutBack(kept);
    }
  }

  /** Starts a record anew; fields that were not committed are forgotten. */
  begin(): void {
    this.later.settle();
    this.absent.begin();
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

  /** What the record is, without its numbers. */
  meaningOf(split: Split = this.split, mode: number, note: number): LineMeaning {
    const keys = this.keysOf.slice(0, this.size);
    const { flags, metrics, total, within } = this;
    const places: number[] = [];
    for (let index = 0; index < keys.length; index++) {
      if (((keys[index]?.flags ?? 0) & (STEP | EPOCH)) !== 0) {
        places.push(index);
      }
    }
    return { keys, places, flags, metrics, split, total, within, mode, note };
  }

  /** The record is one of this meaning; its numbers are in {@link room}. What only a record read word by word has is as it was. */
  fill({ keys, flags, metrics, total, within }: LineMeaning): void {
    this.keysOf = keys;
    this.size = keys.length;
    this.flags = flags;
    this.metrics = metrics;
    this.total = total;
    this.within = within;
    this.shifted = false;
    this.rounded = false;
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
}
