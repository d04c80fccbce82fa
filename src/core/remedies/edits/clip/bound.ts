import type { RemedyTarget } from '../../remedy';

/** The usual bound; right for most models whose norms are near 1. */
const USUAL_BOUND = 1;
/** Norms within this factor of the usual bound do not ask for another one. */
const NEAR = 4;

/** The bound for clipping as Python text, and whether a person chose it. */
export interface Bound {
  readonly text: string;
  readonly isChosen: boolean;
}

/** A round number near the norm the run has in its quiet time, so that the bound cuts what is unusual. */
export function boundFor(target: RemedyTarget): Bound {
  return target.bound === undefined
    ? { text: pythonFloat(usualBound(target.usualNorm ?? USUAL_BOUND)), isChosen: false }
    : { text: pythonFloat(target.bound), isChosen: true };
}

/** A round number a little above the usual norm; 1 where that is near. */
export function usualBound(usual: number): number {
  if (!(usual > 0) || !Number.isFinite(usual) || (usual > USUAL_BOUND / NEAR && usual < USUAL_BOUND * NEAR)) {
    return USUAL_BOUND;
  }
  const power = 10 ** Math.floor(Math.log10(usual));
  const digit = [1, 2, 5, 10].find((one) => usual <= one * power) ?? 10;
  return Number((digit * power).toPrecision(1));
}

/** A Python float: `2.0`, `0.5`, `1e-7`. */
function pythonFloat(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e15 ? `${value}.0` : String(value);
}

/** Text that stands for no bound at all: `float("inf")`, `math.inf`, 0, `None`. */
export const NO_BOUND =
  /^(?:float\(["']\+?inf(?:inity)?["']\)|(?:math|np|numpy|torch)\.inf|0(?:\.0*)?|None)$/i;
const NUMBER = /^[\d.]+(?:e[+-]?\d+)?$/i;

/** True when the bound is to take the place of a written one: where none is meant, or a person chose another number. */
export function replaces(bound: Bound, written: string): boolean {
  const isOther = bound.isChosen && NUMBER.test(written) && Number(written) !== Number(bound.text);
  return NO_BOUND.test(written) || isOther;
}
