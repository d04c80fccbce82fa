import type { Steps } from '../steps';
import type { Points } from './series';

/** Points per block. Small enough that a pixel column of a long run spans several blocks, large enough to cost about a byte a point. */
export const BLOCK = 128;
/** About a millisecond of work. */
const BLOCKS_A_STEP = 256;

/** What is known of one full block of points; indices are into the series, -1 when there is none. */
export interface Block {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  readonly minStep: number;
  readonly maxStep: number;
  readonly minIndex: number;
  readonly maxIndex: number;
  readonly smallestPositiveIndex: number;
  readonly nonFinite: number;
}

/** Figures of a whole series. Extremes are over finite values and NaN when there is none. */
export interface PointSummary {
  readonly points: number;
  readonly minStep: number;
  readonly maxStep: number;
  readonly min: number;
  readonly max: number;
  readonly smallestPositive: number;
  readonly zeros: number;
  readonly nan: number;
  readonly infinite: number;
  /** Index of the first value that is NaN or infinite; -1 when all are finite. */
  readonly firstNonFinite: number;
}

/**
 * Summaries of the full blocks of a growing series, so that drawing a million points again does not read a million
 * points again. The last, still growing block is never indexed. Make a new one when the series was read anew.
 */
export class PointIndex {
  private readonly blocks: Block[] = [];
  private readonly totals = {
    zeros: 0,
    nan: 0,
    infinite: 0,
    firstNonFinite: -1,
  };

  constructor(readonly points: Points) {}

  /** The block that starts at `start`, once it is full. */
  blockAt(start: number): Block | undefined {
    if (start % BLOCK !== 0) {
      return undefined;
    }
    this.extend();
    return this.blocks[start / BLOCK];
  }

  summary(): PointSummary {
    this.extend();
    const { points } = this;
    const tail = this.blocks.length * BLOCK;
    const counts = { ...this.totals };
    const all = [...this.blocks, scan(points, tail, points.length, counts)];
    let minStep = Number.NaN;
    let maxStep = Number.NaN;
    let min = Number.NaN;
    let max = Number.NaN;
    let smallestPositive = Number.NaN;
    for (const block of all) {
      minStep = least(minStep, block.minStep);
      maxStep = greatest(maxStep, block.maxStep);
      min = least(min, valueAt(points, block.minIndex));
      max = greatest(max, valueAt(points, block.maxIndex));
      smallestPositive = least(smallestPositive, valueAt(points, block.smallestPositiveIndex));
    }
    return { points: points.length, minStep, maxStep, min, max, smallestPositive, ...counts };
  }

  /** Indexes what is new in steps, so that asking for it is quick afterwards. */
  *extending(): Steps<void> {
    while (this.isBehind()) {
      for (let block = 0; block < BLOCKS_A_STEP && this.isBehind(); block++) {
        this.addBlock();
      }
      yield;
    }
  }

  private extend(): void {
    while (this.isBehind()) {
      this.addBlock();
    }
  }

  /** A block is indexed once a later point exists: until then its record may still be incomplete. */
  private isBehind(): boolean {
    return (this.blocks.length + 1) * BLOCK < this.points.length;
  }

  private addBlock(): void {
    const start = this.blocks.length * BLOCK;
    this.blocks.push(scan(this.points, start, start + BLOCK, this.totals));
  }
}

/** Where the points go on after `at` that may lie in [from, to]: whole blocks that lie outside are passed over. */
export function pastOutside(index: PointIndex | undefined, at: number, from: number, to: number): number {
  let next = at;
  let block = index?.blockAt(next);
  while (block !== undefined && (block.maxStep < from || block.minStep > to)) {
    next = block.end;
    block = index?.blockAt(next);
  }
  return next;
}

interface Counts {
  zeros: number;
  nan: number;
  infinite: number;
  firstNonFinite: number;
}

function scan(points: Points, start: number, end: number, counts: Counts): Block {
  let minStep = Number.POSITIVE_INFINITY;
  let maxStep = Number.NEGATIVE_INFINITY;
  let minIndex = -1;
  let maxIndex = -1;
  let smallestPositiveIndex = -1;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let smallestPositive = Number.POSITIVE_INFINITY;
  let nonFinite = 0;
  for (let index = start; index < end; index++) {
    const step = points.step(index);
    const value = points.value(index);
    if (step < minStep) {
      minStep = step;
    }
    if (step > maxStep) {
      maxStep = step;
    }
    if (!Number.isFinite(value)) {
      nonFinite++;
      counts[Number.isNaN(value) ? 'nan' : 'infinite']++;
      if (counts.firstNonFinite < 0) {
        counts.firstNonFinite = index;
      }
      continue;
    }
    if (value < min) {
      min = value;
      minIndex = index;
    }
    if (value > max) {
      max = value;
      maxIndex = index;
    }
    if (value > 0 && value < smallestPositive) {
      smallestPositive = value;
      smallestPositiveIndex = index;
    }
    if (value === 0) {
      counts.zeros++;
    }
  }
  if (minStep > maxStep) {
    // No step is a number.
    minStep = maxStep = Number.NaN;
  }
  return { start, end, minStep, maxStep, minIndex, maxIndex, smallestPositiveIndex, nonFinite };
}

function valueAt(points: Points, index: number): number {
  return index < 0 ? Number.NaN : points.value(index);
}

/** The smaller of two numbers, where NaN stands for "none". */
function least(a: number, b: number): number {
  return b < a || Number.isNaN(a) ? b : a;
}

function greatest(a: number, b: number): number {
  return b > a || Number.isNaN(a) ? b : a;
}
