/**
 * Robust statistics on plain number arrays. Medians and median absolute deviations stand one wild value in two,
 * which means and standard deviations do not: a single spike of 1e9 hides every later one from a mean.
 */

/** 1.4826 x MAD estimates the standard deviation of normal data (1 / 0.6745, the normal upper quartile). */
const MAD_TO_SIGMA = 1.4826;

/** Middle value; NaN when empty. NaN values are left out. */
export function median(values: ArrayLike<number>): number {
  return quantile(values, 0.5);
}

/** The `q`-quantile (0 to 1) by linear interpolation; NaN when empty. NaN values are left out. */
export function quantile(values: ArrayLike<number>, q: number): number {
  const sorted = Float64Array.from(values)
    .filter((value) => !Number.isNaN(value))
    .sort();
  return sortedQuantile(sorted, q);
}

/** As {@link quantile}, on values already in ascending order; of the first `count` only. */
export function sortedQuantile(sorted: ArrayLike<number>, q: number, count = sorted.length): number {
  const last = count - 1;
  if (last < 0) {
    return Number.NaN;
  }
  const at = q * last;
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? Number.NaN;
  return below === above ? below : below + (above - below) * (at - Math.floor(at));
}

/** The two middle values (the same one twice of an odd number), found without sorting; the order of `values` changes. No NaN. */
export function middlePair(values: Float64Array): readonly [lower: number, upper: number] {
  const half = values.length >> 1;
  const upper = select(values, half);
  if (values.length % 2 === 1) {
    return [upper, upper];
  }
  let lower = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < half; i++) {
    lower = Math.max(lower, values[i]!);
  }
  return [lower, upper];
}

/** Value that would stand at a place in ascending order (Hoare's selection); smaller ones end up before it. */
function select(values: Float64Array, place: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const pivot = values[(low + high) >> 1]!;
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i]! < pivot) {
        i++;
      }
      while (values[j]! > pivot) {
        j--;
      }
      if (i <= j) {
        const swapped = values[i]!;
        values[i++] = values[j]!;
        values[j--] = swapped;
      }
    }
    if (place <= j) {
      high = j;
    } else if (place >= i) {
      low = i;
    } else {
      break;
    }
  }
  return values[place] ?? Number.NaN;
}

/** Robust standard deviation around the median; NaN when empty. */
export function robustSigma(values: ArrayLike<number>): number {
  const centre = median(values);
  return MAD_TO_SIGMA * median(Float64Array.from(values, (value) => Math.abs(value - centre)));
}

/**
 * Slope of `y` over 0, 1, 2, ... as the median of all pairwise slopes (Theil 1950, Sen 1968): up to 29 % of the
 * points may lie anywhere. For short arrays only, it is quadratic. NaN entries are left out; NaN under two points.
 */
export function theilSenSlope(y: ArrayLike<number>): number {
  const slopes = new Float64Array((y.length * (y.length - 1)) / 2);
  let used = 0;
  for (let i = 0; i < y.length; i++) {
    for (let j = i + 1; j < y.length; j++) {
      const slope = ((y[j] ?? Number.NaN) - (y[i] ?? Number.NaN)) / (j - i);
      if (!Number.isNaN(slope)) {
        slopes[used++] = slope;
      }
    }
  }
  const [lower, upper] = middlePair(slopes.subarray(0, used));
  return lower === upper ? lower : lower + (upper - lower) / 2;
}

/**
 * How steadily `y` rises with its index: (rising pairs - falling pairs) / pairs (Kendall's tau-a), 1 for strictly rising,
 * -1 for strictly falling. Ties count for neither. NaN entries are left out; NaN under two points.
 */
export function steadiness(y: ArrayLike<number>): number {
  let balance = 0;
  let pairs = 0;
  for (let i = 0; i < y.length; i++) {
    for (let j = i + 1; j < y.length; j++) {
      const first = y[i] ?? Number.NaN;
      const second = y[j] ?? Number.NaN;
      if (Number.isNaN(first) || Number.isNaN(second)) {
        continue;
      }
      pairs++;
      balance += second > first ? 1 : second < first ? -1 : 0;
    }
  }
  return pairs === 0 ? Number.NaN : balance / pairs;
}

/**
 * Median and robust sigma of the last values pushed, at a cost that does not grow with the series
 * (one binary search and one move of at most `size` numbers a push).
 */
export class RollingMedian {
  private readonly ring: Float64Array;
  private readonly sorted: Float64Array;
  private used = 0;
  private next = 0;

  constructor(readonly size: number) {
    this.ring = new Float64Array(size);
    this.sorted = new Float64Array(size);
  }

  get length(): number {
    return this.used;
  }

  /** Values that are not finite are left out. */
  push(value: number): void {
    if (!Number.isFinite(value)) {
      return;
    }
    if (this.used === this.size) {
      const at = this.place(this.ring[this.next] ?? 0);
      this.sorted.copyWithin(at, at + 1, this.used);
      this.used--;
    }
    const at = this.place(value);
    this.sorted.copyWithin(at + 1, at, this.used);
    this.sorted[at] = value;
    this.used++;
    this.ring[this.next] = value;
    this.next = (this.next + 1) % this.size;
  }

  median(): number {
    return this.quantile(0.5);
  }

  /** Half the distance between the 16th and the 84th percentile: one sigma of normal data, blind to the tails. */
  sigma(): number {
    return (this.quantile(0.8413) - this.quantile(0.1587)) / 2;
  }

  private quantile(q: number): number {
    return sortedQuantile(this.sorted, q, this.used);
  }

  private place(value: number): number {
    let low = 0;
    let high = this.used;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.sorted[middle] ?? 0) < value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
