/** Where an axis has its ticks. Pure. */
import type { Range } from '../../src/protocol/range';

/** 1, 2 or 5 times a power of ten apart, at most `most` of them. */
export function linearTicks(min: number, max: number, most: number): number[] {
  const rough = (max - min) / Math.max(1, most);
  if (!(rough > 0) || !Number.isFinite(rough)) {
    return [];
  }
  const power = 10 ** Math.floor(Math.log10(rough));
  const unit = [1, 2, 5, 10].find((factor) => factor * power >= rough * (1 - 1e-9)) ?? 10;
  const gap = unit * power;
  const ticks: number[] = [];
  for (let at = Math.ceil(min / gap - 1e-9); at * gap <= max + gap * 1e-9; at++) {
    // The nearest short decimal: 0.1 * 3 must not read 0.30000000000000004.
    ticks.push(Number((at * gap).toPrecision(12)));
  }
  return ticks;
}

/** Whole powers of ten, every second, third … where they would crowd; within few decades also 2 and 5 times those. */
export function powerTicks(min: number, max: number, most: number): number[] {
  const low = Math.log10(min);
  const high = Math.log10(max);
  const decades = high - low;
  if (!Number.isFinite(decades) || decades <= 0) {
    return [];
  }
  const factors = decades * 3 <= most ? [1, 2, 5] : [1];
  const apart = Math.max(1, Math.ceil(decades / Math.max(1, most)));
  const ticks: number[] = [];
  for (let exponent = Math.floor(low / apart) * apart; exponent <= high; exponent += apart) {
    for (const factor of factors) {
      const value = Number(`${factor}e${exponent}`);
      if (value >= min && value <= max) {
        ticks.push(value);
      }
    }
  }
  return ticks;
}

/** Ticks in a low picture: a single one says nothing of the scale, so rather more than wanted. */
export function atLeastTwo(most: number, ticks: (most: number) => number[]): number[] {
  for (let wanted = most; wanted < most + 4; wanted++) {
    const found = ticks(wanted);
    if (found.length >= 2) {
      return found;
    }
  }
  return ticks(most);
}

/** Ticks of the step axis. `isCounted`: there is no half of a step. */
export function stepTicks(range: Range, isCounted: boolean, most: number): number[] {
  const ticks = atLeastTwo(most, (wanted) => linearTicks(range.from, range.to, wanted));
  const whole = ticks.filter(Number.isInteger);
  return isCounted && whole.length > 0 ? whole : ticks;
}
