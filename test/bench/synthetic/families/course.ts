import type { Draft } from '../draft';
import type { Net } from '../layers';
import type { Random } from '../random';

/** A kind of healthy training, drawn anew for each seed: t runs from 0 to 1 over the run. */
export interface Family {
  readonly rows: readonly [fewest: number, most: number];
  draw(random: Random): Course;
}

export interface Course {
  loss(t: number): number;
  /** Null where no norm is logged. */
  readonly norm: ((t: number) => number) | null;
  /** Standard deviation of the logarithm from row to row. */
  readonly lossNoise: number;
  readonly normNoise: number;
  /** Noise that is added: where a loss changes its sign. */
  readonly lossSpread?: number;
  readonly rate?: (t: number) => number;
  readonly net?: Net;
  readonly lossNames?: readonly string[];
  readonly reward?: (t: number) => number;
  readonly stride?: number;
  readonly digits?: number;
  /** Last word: what the columns cannot say as a function of t. */
  finish?(draft: Draft): Draft | undefined;
}

export const decay = (from: number, to: number, speed: number) => (t: number) =>
  to + (from - to) * Math.exp(-speed * t);
export const power = (from: number, to: number, rows: number) => (t: number) =>
  to + (from - to) * (1 + rows * t) ** -0.5;
export const warmUpThenCosine = (peak: number, warm: number) => (t: number) =>
  t < warm ? (peak * t) / warm : (peak / 2) * (1 + Math.cos((Math.PI * (t - warm)) / (1 - warm)));

/**
 * Targets of any size make squared errors of any size. The norm goes with the root of the loss, times what the outputs answer to
 * a change of the weights: little for targets as they are, in proportion where outputs are scaled to their targets.
 */
export function inUnits(random: Random, course: Course, low: number, high: number): Course {
  const unit = random.logBetween(low, high);
  const answer = random.logBetween(1, 30) * (random.chance(0.5) ? Math.sqrt(unit) : 1);
  const drift = random.between(-0.5, 1);
  const loss = (t: number): number => course.loss(t) * unit;
  return {
    ...course,
    loss,
    norm: course.norm === null ? null : (t) => answer * Math.exp(drift * t) * Math.sqrt(loss(t)),
  };
}

/** A loss that is summed over a batch, or over its tokens, and not divided: sums vary little from row to row. */
export function summed(random: Random, course: Course): Course {
  const examples = random.logBetween(32, 8192);
  const { loss, norm } = course;
  return {
    ...course,
    loss: (t) => loss(t) * examples,
    norm: norm === null ? null : (t) => norm(t) * examples,
    lossNoise: course.lossNoise / Math.sqrt(examples / 32),
  };
}

export function classifier(random: Random): Course {
  const classes = random.whole(2, 1000);
  return {
    loss: decay(
      Math.log(classes) * random.between(1, 1.15),
      random.between(0.01, 0.5),
      random.between(3, 15),
    ),
    norm: decay(random.logBetween(0.8, 20), random.logBetween(0.1, 0.8), random.between(1, 20)),
    lossNoise: random.between(0.03, 0.2),
    normNoise: random.between(0.1, 0.4),
    stride: random.pick([1, 5, 10, 50, 100]),
  };
}
