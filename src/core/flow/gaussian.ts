import type { Activation } from './activations';
import type { Kernel } from './kernel';

/** Orthonormal Hermite polynomials kept; what is left of the second moment counts as one more order. */
const orders = 16;
const reach = 8;
const spacing = 0.125;
const nodes = 2 * Math.round(reach / spacing) + 1;

/**
 * table[k * nodes + i]: weight of node i in the k-th coefficient (trapezoid rule, exact for these smooth tails). Made when it
 * is first asked for: loading the module costs nothing.
 */
let hermite: Float64Array | null = null;

function hermiteTable(): Float64Array {
  if (hermite !== null) return hermite;
  const table = new Float64Array(orders * nodes);
  for (let i = 0; i < nodes; i++) {
    const u = -reach + i * spacing;
    let previous = 0;
    let current = (Math.exp(-0.5 * u * u) / Math.sqrt(2 * Math.PI)) * spacing;
    for (let k = 0; k < orders; k++) {
      table[k * nodes + i] = current;
      const next = (u * current - Math.sqrt(k) * previous) / Math.sqrt(k + 1);
      previous = current;
      current = next;
    }
  }
  hermite = table;
  return table;
}

/** E f(z) f(z') for jointly Gaussian z, z' of the same mean and variance, as a power series in their correlation. */
interface Dual {
  readonly mean: number;
  readonly second: number;
  /** Squared Hermite coefficients. */
  readonly powers: readonly number[];
}

/** Values at the nodes, used by one expansion at a time. */
const values = new Float64Array(nodes);

function expand(f: (z: number) => number, mean: number, deviation: number): Dual {
  const table = hermiteTable();
  let second = 0;
  for (let i = 0; i < nodes; i++) {
    const v = f(mean + deviation * (-reach + i * spacing));
    values[i] = v;
    second += v * v * (table[i] ?? 0);
  }
  const powers: number[] = [];
  let first = 0;
  let left = second;
  for (let k = 0; k < orders; k++) {
    let a = 0;
    for (let i = 0, j = k * nodes; i < nodes; i++, j++) a += (values[i] ?? 0) * (table[j] ?? 0);
    if (k === 0) first = a;
    powers.push(a * a);
    left -= a * a;
  }
  powers.push(Math.max(0, left));
  return { mean: first, second, powers };
}

/** Derivative of the series. */
function slopeAt(dual: Dual, rho: number): number {
  let sum = 0;
  for (let k = dual.powers.length - 1; k >= 1; k--) sum = sum * rho + k * (dual.powers[k] ?? 0);
  return sum;
}

function atCorrelation(dual: Dual, rho: number): number {
  let sum = 0;
  for (let k = dual.powers.length - 1; k >= 0; k--) sum = sum * rho + (dual.powers[k] ?? 0);
  return sum;
}

/** What an activation makes of Gaussian pre-activations. */
export interface ActivationMoments {
  readonly mean: number;
  /** E φ(z)φ(z') by pair. */
  readonly value: Kernel;
  /** E φ'(z)φ'(z') by pair: what the backward pass multiplies by. */
  readonly derivative: Kernel;
  /** E φ''(z)φ''(z') by pair (0 for an entry with itself, which is counted already). */
  readonly curvature: Kernel;
}

/** Moments after an activation of Gaussian z with this mean and these second moments. */
export function activationMoments(f: Activation, mean: number, kernel: Kernel): ActivationMoments {
  const variance = Math.max(kernel[0] - mean * mean, 0);
  const rho = (second: number) =>
    variance > 0 ? Math.max(-1, Math.min(1, (second - mean * mean) / variance)) : 1;
  const rhos = [1, rho(kernel[1]), rho(kernel[2]), rho(kernel[3])] as const;
  if (f.slope !== null && mean * mean < 1e-12 * kernel[0]) return piecewiseMoments(f.slope, variance, rhos);
  const deviation = Math.sqrt(variance);
  const value = expand(f.value, mean, deviation);
  const derivative = expand(f.derivative, mean, deviation);
  const pick = (dual: Dual): Kernel => [
    dual.second,
    atCorrelation(dual, rhos[1]),
    atCorrelation(dual, rhos[2]),
    atCorrelation(dual, rhos[3]),
  ];
  const curvature = curvatureOf(variance, rhos, (r) => slopeAt(derivative, r));
  return { mean: value.mean, value: pick(value), derivative: pick(derivative), curvature };
}

/** E φ''φ'' is the slope of E φ'φ' in the covariance of z and z'. */
function curvatureOf(
  variance: number,
  rhos: readonly [number, number, number, number],
  slope: (rho: number) => number,
): Kernel {
  if (!(variance > 0)) return [0, 0, 0, 0];
  return [0, slope(rhos[1]) / variance, slope(rhos[2]) / variance, slope(rhos[3]) / variance];
}

/**
 * Closed form for a kink at zero, slopes `a` and 1, as (1+a)/2·z + (1−a)/2·|z|:
 * E|z||z'| = (2q/π)(√(1−ρ²) + ρ asin ρ), E sgn z sgn z' = (2/π) asin ρ (arc-cosine kernels, Cho & Saul 2009).
 */
function piecewiseMoments(
  a: number,
  q: number,
  rhos: readonly [number, number, number, number],
): ActivationMoments {
  const even = ((1 + a) / 2) ** 2;
  const odd = ((1 - a) / 2) ** 2;
  const value = (rho: number) =>
    q * (even * rho + (odd * 2 * (Math.sqrt(1 - rho * rho) + rho * Math.asin(rho))) / Math.PI);
  const derivative = (rho: number) => even + (odd * 2 * Math.asin(rho)) / Math.PI;
  return {
    mean: ((1 - a) / 2) * Math.sqrt((2 * q) / Math.PI),
    value: [value(rhos[0]), value(rhos[1]), value(rhos[2]), value(rhos[3])],
    derivative: [derivative(rhos[0]), derivative(rhos[1]), derivative(rhos[2]), derivative(rhos[3])],
    curvature: curvatureOf(
      q,
      rhos,
      (rho) => (odd * 2) / (Math.PI * Math.sqrt(Math.max(1e-4, 1 - rho * rho))),
    ),
  };
}
