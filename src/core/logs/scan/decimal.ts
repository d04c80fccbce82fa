/** 10^0 … 10^22, the powers of ten that a double holds exactly. */
export const EXACT_POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** Outside of this range of decimal exponents the error terms of {@link Decimal.scale} could underflow. */
const LARGEST_EXPONENT = 250;

/** 10^e as an unevaluated sum high + low with a relative error below 2^-105; filled when first needed. */
const powerHigh = new Float64Array(2 * LARGEST_EXPONENT + 1).fill(Number.NaN);
const powerLow = new Float64Array(2 * LARGEST_EXPONENT + 1);

/** Veltkamp's splitting constant, 2^27 + 1. */
const SPLITTER = 134217729;

/** Bound on the relative error of {@link Decimal.scale} before the last rounding (the arithmetic keeps about 2^-102). */
const ERROR_BOUND = 2 ** -98;

function fillPower(exponent: number): void {
  const index = exponent + LARGEST_EXPONENT;
  const high = Number(`1e${exponent}`);
  powerHigh[index] = high;
  if (exponent >= 0) {
    powerLow[index] = Number(10n ** BigInt(exponent) - BigInt(high));
    return;
  }
  // high = significand * 2^shift exactly; the rest 10^exponent - high, as a fraction, times 2^extra.
  const shift = Math.floor(Math.log2(high)) - 52;
  const significand = BigInt(high * 2 ** -(shift + 500) * 2 ** 500);
  const ten = 10n ** BigInt(-exponent);
  const extra = 70n;
  const bits = BigInt(-shift);
  const rest = ((1n << (bits + extra)) - ((significand * ten) << extra)) / ten;
  powerLow[index] = Number(rest) * 2 ** (shift + 400) * 2 ** -470;
}

/**
 * Decimal digits to the nearest double, where one exact operation does not do: double-double arithmetic with a rounding
 * test (Ziv).
 */
export class Decimal {
  /** In an array because a number field would be boxed at every store. */
  readonly result = new Float64Array(1);
  /** The digits as an exact sum of two numbers. */
  private readonly parts = new Float64Array(2);

  /** Takes an integer below 2^53. */
  set(digits: number): void {
    this.parts[0] = digits;
    this.parts[1] = 0;
  }

  /** Takes digits * 10^lowDigits + low, exactly: an integer below 10^21 is two doubles. */
  join(digits: number, low: number, lowDigits: number): void {
    const scale = EXACT_POWERS[lowDigits]!;
    // digits * scale exactly, as product + rest (Dekker).
    const product = digits * scale;
    const splitA = SPLITTER * digits;
    const highA = splitA - (splitA - digits);
    const lowA = digits - highA;
    const splitB = SPLITTER * scale;
    const highB = splitB - (splitB - scale);
    const lowB = scale - highB;
    const rest = lowA * lowB - (product - highA * highB - lowA * highB - highA * lowB);
    const sum = product + low;
    const back = sum - product;
    const lost = product - (sum - back) + (low - back);
    this.parts[0] = sum;
    this.parts[1] = lost + rest;
  }

  /**
   * Leaves (parts[0] + parts[1]) * 10^exponent, correctly rounded, in {@link result}.
   * @returns false when that is too close to call
   */
  scale(exponent: number): boolean {
    const mantissa = this.parts[0]!;
    const rest = this.parts[1]!;
    if (exponent >= -LARGEST_EXPONENT && exponent <= LARGEST_EXPONENT) {
      const index = exponent + LARGEST_EXPONENT;
      let factor = powerHigh[index]!;
      if (Number.isNaN(factor)) {
        fillPower(exponent);
        factor = powerHigh[index]!;
      }
      const product = mantissa * factor;
      const splitA = SPLITTER * mantissa;
      const highA = splitA - (splitA - mantissa);
      const lowA = mantissa - highA;
      const splitB = SPLITTER * factor;
      const highB = splitB - (splitB - factor);
      const lowB = factor - highB;
      const error = lowA * lowB - (product - highA * highB - lowA * highB - highA * lowB);
      const tail = error + (mantissa * powerLow[index]! + rest * factor);
      const high = product + tail;
      const low = tail - (high - product);
      const slack = high * ERROR_BOUND;
      const up = high + (low + slack);
      this.result[0] = up;
      return up === high + (low - slack);
    }
    return false;
  }
}
