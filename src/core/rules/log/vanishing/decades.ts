/** Two decades: beyond what width and fan-in make of healthy networks (an order of magnitude, measured on healthy runs). */
export const SOME_DECADES = 2;
/** AUTOTRAINER's first/last ratio of 1e-3. */
export const MANY_DECADES = 3;
/** Adaptive optimizers train through three decades; four leave nothing but rounding in half precision. */
export const EXTREME_DECADES = 4;
