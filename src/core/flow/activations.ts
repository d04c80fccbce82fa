/** A scalar function with its derivative; `slope` when it is piecewise linear through zero (closed forms exist then). */
export interface Activation {
  readonly name: string;
  readonly value: (z: number) => number;
  readonly derivative: (z: number) => number;
  /** Slope below zero where the slope above is 1 (ReLU 0, LeakyReLU its parameter, identity 1). */
  readonly slope: number | null;
  /** Non-decreasing, so that it commutes with a maximum. */
  readonly monotone: boolean;
  /** Never negative. */
  readonly positive?: boolean;
}

/** Error function, Abramowitz & Stegun 7.1.26, absolute error below 1.5e-7. */
export function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const poly =
    ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  const y = 1 - poly * Math.exp(-x * x);
  return x < 0 ? -y : y;
}

const normalPdf = (z: number) => Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
const normalCdf = (z: number) => 0.5 * (1 + erf(z / Math.SQRT2));
const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
const softplus = (z: number) => (z > 30 ? z : Math.log1p(Math.exp(z)));
/** Slope of a kink at the kink itself: the middle, so that a symmetric quadrature stays exact. */
const step = (z: number) => (z > 0 ? 1 : z < 0 ? 0 : 0.5);

function smooth(
  name: string,
  value: (z: number) => number,
  derivative: (z: number) => number,
  monotone = true,
): Activation {
  return { name, value, derivative, slope: null, monotone };
}

export function leaky(slope: number): Activation {
  return {
    name: `leaky ${slope}`,
    value: (z) => (z > 0 ? z : slope * z),
    derivative: (z) => slope + (1 - slope) * step(z),
    slope,
    monotone: slope >= 0,
  };
}

export function elu(alpha: number): Activation {
  return smooth(
    `elu ${alpha}`,
    (z) => (z > 0 ? z : alpha * Math.expm1(z)),
    (z) => (z > 0 ? 1 : alpha * Math.exp(z)),
  );
}

function celu(alpha: number): Activation {
  return smooth(
    `celu ${alpha}`,
    (z) => (z > 0 ? z : alpha * Math.expm1(z / alpha)),
    (z) => (z > 0 ? 1 : Math.exp(z / alpha)),
  );
}

/** Klambauer et al. 2017, arXiv 1706.02515. */
export const seluScale = 1.0507009873554805;
export const seluAlpha = 1.6732632423543772;

/** Entries held between two bounds: at zero from below it is a ReLU. */
export function clipped(low: number, high: number): Activation {
  return low === 0 && high === Infinity ? leaky(0) : clip(`clip ${low} ${high}`, low, high);
}

function clip(name: string, low: number, high: number, gain = 1, shift = 0): Activation {
  return smooth(
    name,
    (z) => Math.min(high, Math.max(low, gain * z + shift)),
    (z) => gain * step(gain * z + shift - low) * step(high - (gain * z + shift)),
  );
}

const named: Readonly<Record<string, Activation>> = {
  identity: leaky(1),
  relu: leaky(0),
  leakyrelu: leaky(0.01),
  rrelu: leaky((1 / 8 + 1 / 3) / 2),
  prelu: leaky(0.25),
  abs: leaky(-1),
  relu6: clip('relu6', 0, 6),
  hardtanh: clip('hardtanh', -1, 1),
  hardsigmoid: clip('hardsigmoid', 0, 1, 1 / 6, 0.5),
  tanh: smooth('tanh', Math.tanh, (z) => 1 - Math.tanh(z) ** 2),
  sigmoid: smooth('sigmoid', sigmoid, (z) => sigmoid(z) * (1 - sigmoid(z))),
  logsigmoid: smooth(
    'logsigmoid',
    (z) => -softplus(-z),
    (z) => sigmoid(-z),
  ),
  softplus: smooth('softplus', softplus, sigmoid),
  softsign: smooth(
    'softsign',
    (z) => z / (1 + Math.abs(z)),
    (z) => 1 / (1 + Math.abs(z)) ** 2,
  ),
  tanhshrink: smooth(
    'tanhshrink',
    (z) => z - Math.tanh(z),
    (z) => Math.tanh(z) ** 2,
  ),
  elu: elu(1),
  celu: celu(1),
  selu: smooth(
    'selu',
    (z) => seluScale * (z > 0 ? z : seluAlpha * Math.expm1(z)),
    (z) => seluScale * (z > 0 ? 1 : seluAlpha * Math.exp(z)),
  ),
  /** Hendrycks & Gimpel 2016, arXiv 1606.08415. */
  gelu: smooth(
    'gelu',
    (z) => z * normalCdf(z),
    (z) => normalCdf(z) + z * normalPdf(z),
    false,
  ),
  /** Ramachandran et al. 2017, arXiv 1710.05941. */
  silu: smooth(
    'silu',
    (z) => z * sigmoid(z),
    (z) => sigmoid(z) * (1 + z * (1 - sigmoid(z))),
    false,
  ),
  mish: smooth(
    'mish',
    (z) => z * Math.tanh(softplus(z)),
    (z) => {
      const t = Math.tanh(softplus(z));
      return t + z * (1 - t * t) * sigmoid(z);
    },
    false,
  ),
  hardswish: smooth(
    'hardswish',
    (z) => (z <= -3 ? 0 : z >= 3 ? z : (z * (z + 3)) / 6),
    (z) => (z <= -3 ? 0 : z >= 3 ? 1 : (2 * z + 3) / 6),
    false,
  ),
  sin: smooth('sin', Math.sin, Math.cos, false),
  cos: smooth('cos', Math.cos, (z) => -Math.sin(z), false),
  square: smooth(
    'square',
    (z) => z * z,
    (z) => 2 * z,
    false,
  ),
  sign: smooth('sign', Math.sign, () => 0),
  exp: smooth(
    'exp',
    (z) => Math.exp(Math.min(z, 50)),
    (z) => Math.exp(Math.min(z, 50)),
  ),
};

/** Functions without negative values. */
const positives = ['relu', 'relu6', 'sigmoid', 'hardsigmoid', 'softplus', 'square', 'exp', 'abs'] as const;
for (const name of positives) {
  const f = named[name];
  if (f !== undefined) Object.assign(f, { positive: true });
}

/** Exponential of what is never positive: the tail of the normal distribution beyond zero is none of its own. */
export const decay: Activation = {
  name: 'decay',
  value: (z) => Math.exp(Math.min(z, 0)),
  derivative: (z) => (z < 0 ? Math.exp(z) : 0),
  slope: null,
  monotone: true,
  positive: true,
};

/** A function by its lower-case name without underscores (`relu`, `leakyrelu`, `silu`), or null. */
export function activationNamed(name: string): Activation | null {
  return Object.hasOwn(named, name) ? (named[name] ?? null) : null;
}

/** The function with the first constructor argument of its PyTorch module (negative slope, alpha), or null. */
export function activationWith(name: string, parameter: number | null): Activation | null {
  if (parameter !== null && name === 'leakyrelu') return leaky(parameter);
  if (parameter !== null && name === 'elu') return elu(parameter);
  if (parameter !== null && name === 'celu' && parameter > 0) return celu(parameter);
  return activationNamed(name);
}
