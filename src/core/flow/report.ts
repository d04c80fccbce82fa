/** vanishes: the first weight expects less than 1e-3 of the last weight's gradient norm; explodes: more than 1e3. */
export type FlowVerdict = 'vanishes' | 'stable' | 'explodes' | 'unknown';

/** How much of the forecast rests on the code and how much on guesses. */
export type FlowConfidence = 'high' | 'medium' | 'low';

export interface FlowLayer {
  /** Dotted path, as `named_parameters()` gives it. */
  readonly parameter: string;
  /** 1-based line of the call that creates it. */
  readonly line: number;
  /** File of that line where it is not the report's own: the layer's class is imported. */
  readonly path?: string;
  /** log10 of the expected gradient norm relative to the reference weight's. */
  readonly log10: number;
  /** True for matrices and convolution kernels: what verdict and decay are taken from. */
  readonly matrix: boolean;
  /** fan_in × mean squared entry at initialisation: 1/3 by PyTorch's default, 2 keeps a ReLU level, 1 a linear layer; null for vectors. */
  readonly gain: number | null;
}

/** How the gradient fades over a sequence, from the last step to the first. */
export interface FlowOverTime {
  readonly parameter: string;
  readonly steps: number;
  /** log10 of ‖dL/dh_first‖ / ‖dL/dh_last‖ within this layer. */
  readonly log10: number;
}

/**
 * tiny: every weight's expected gradient is below 1e-3 of the loss's gradient at the output, however alike they are;
 * huge: every one is above 1e3 of it. kept otherwise.
 */
export type FlowLevel = 'tiny' | 'kept' | 'huge' | 'unknown';

export interface FlowClass {
  readonly class: string;
  readonly line: number;
  readonly verdict: FlowVerdict;
  readonly layers: readonly FlowLayer[];
  /** Geometric mean factor by which the norm changes from one matrix to the one before it; null with fewer than two. */
  readonly perLayer: number | null;
  /** Weight the norms are relative to: the last one the forward pass uses. */
  readonly reference: string | null;
  readonly confidence: FlowConfidence;
  /**
   * log10 of the reference weight's expected gradient norm, in units of the norm of the loss's gradient at the output: near
   * 0 where activations keep their level. With a layer's own log10 it tells the layer's absolute scale. Null when unknown.
   */
  readonly scale: number | null;
  /** What the scale says of the whole model; the verdict compares first and last only. */
  readonly level: FlowLevel;
  /** Share of the model's trainable entries that have a forecast, 0 to 1. */
  readonly coverage: number;
  readonly overTime: readonly FlowOverTime[];
  /** Activations that no gradient passes: with weights in front of them, the verdict is `vanishes` whatever the other layers say. */
  readonly blocked: readonly { readonly activation: string; readonly line: number; readonly path?: string }[];
  readonly assumptions: readonly string[];
  readonly unknown: readonly string[];
}

export interface FlowReport {
  readonly version: 1;
  readonly path: string;
  readonly classes: readonly FlowClass[];
}

/** Borders of the verdict. */
export const vanishingBorder = 1e-3;
export const explodingBorder = 1e3;

/** Ends what `unknown` says of parameters whose gradient is known: it is zero, which has no logarithm. */
export const zeroGradient = 'gradient exactly zero at initialisation';

/** Nothing of the model was passed over, and there are layers enough to compare. */
export function isConfident({ verdict, confidence, unknown, layers }: FlowClass): boolean {
  const isRead =
    confidence === 'high' ||
    (confidence === 'medium' && unknown.every((part) => part.endsWith(zeroGradient)));
  return isRead && verdict !== 'unknown' && layers.filter(({ matrix }) => matrix).length > 1;
}
