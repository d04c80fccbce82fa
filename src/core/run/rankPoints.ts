import { PointColumns } from './pointColumns';
import type { Points } from './series';

/** A rank may be this many logged steps behind the others: the values of so many last points may still change. */
export const RECENT = 16;
/** Values of ranks that differ by less than this, relatively, are the same number printed twice. */
export const SAME_VALUE = 1e-3;

/** True when two ranks logged the same number, but for rounding. */
export function areSameValue(one: number, other: number): boolean {
  return (
    Object.is(one, other) || Math.abs(one - other) <= SAME_VALUE * Math.max(Math.abs(one), Math.abs(other))
  );
}

/**
 * One point a step out of what several ranks logged for it. A loss is the mean of the ranks, as that of the whole batch;
 * of a gradient the largest counts, as one rank that explodes is enough. What is not finite on one rank stays.
 */
export class RankPoints implements Points {
  private readonly merged = new PointColumns();
  /** Of the last points: how many ranks each holds, by index modulo {@link RECENT}. */
  private readonly counts = new Uint32Array(RECENT);
  private read = 0;
  /** Points on whose value ranks do not agree. */
  private differ = 0;
  private lastDiffering = -1;

  /** @param largest the value farthest from zero counts; else the mean */
  constructor(
    private readonly logged: PointColumns,
    private readonly largest: boolean,
  ) {}

  get length(): number {
    this.fold();
    return this.merged.length;
  }

  /** Steps at which the ranks logged different values. */
  get differing(): number {
    this.fold();
    return this.differ;
  }

  step(index: number): number {
    this.fold();
    return this.merged.step(index);
  }

  value(index: number): number {
    this.fold();
    return this.merged.value(index);
  }

  line(index: number): number {
    this.fold();
    return this.merged.line(index);
  }

  /** Takes in what was logged since the last look. */
  private fold(): void {
    const { logged, merged } = this;
    for (; this.read < logged.length; this.read++) {
      const step = logged.step(this.read);
      const value = logged.value(this.read);
      const at = this.placeOf(step);
      if (at < 0) {
        this.counts[merged.length % RECENT] = 1;
        merged.push(step, value, logged.line(this.read));
        continue;
      }
      const before = merged.value(at);
      if (!areSameValue(before, value) && at !== this.lastDiffering) {
        this.differ++;
        this.lastDiffering = at;
      }
      merged.setValue(at, this.together(before, value, this.counts[at % RECENT]!++));
    }
  }

  /** The point of this step among the last ones; -1 when it is new. */
  private placeOf(step: number): number {
    const { merged } = this;
    const first = Math.max(0, merged.length - RECENT);
    for (let at = merged.length - 1; at >= first; at--) {
      if (merged.step(at) === step) {
        return at;
      }
    }
    return -1;
  }

  private together(before: number, value: number, ranks: number): number {
    if (before === value || Number.isNaN(before)) {
      return before;
    }
    if (!Number.isFinite(value)) {
      return value;
    }
    if (!Number.isFinite(before)) {
      return before;
    }
    if (this.largest) {
      return Math.abs(value) > Math.abs(before) ? value : before;
    }
    return before + (value - before) / (ranks + 1);
  }
}
