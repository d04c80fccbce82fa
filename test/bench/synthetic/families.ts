import { type Draft, noise, printed } from './draft';
import type { Family } from './families/course';
import { COURSES } from './families/courses';
import { LOGS } from './families/logs';
import { PRACTICE } from './families/practice';
import { SUPERVISED } from './families/supervised';
import { randomOf } from './random';

const FAMILIES: Readonly<Record<string, Family>> = { ...SUPERVISED, ...COURSES, ...LOGS, ...PRACTICE };

export const FAMILY_NAMES: readonly string[] = Object.keys(FAMILIES);

/** One healthy run of a family. */
export function draftOf(family: string, seed: number): Draft {
  const found = FAMILIES[family];
  if (found === undefined) {
    throw new Error(`no family ${family}`);
  }
  const random = randomOf(seed * 2654435761 + FAMILY_NAMES.indexOf(family));
  const [fewest, most] = found.rows;
  const rows = Math.round(random.logBetween(fewest, most));
  const course = found.draw(random);
  const at = (row: number): number => row / Math.max(1, rows - 1);
  const jitter = (sigma: number): number[] => noise(random, rows, sigma, random.pick([0, 0, 0.5]));
  const lossJitter = jitter(course.lossNoise);
  const normJitter = jitter(course.normNoise);
  const loss = lossJitter.map(
    (factor, row) => course.loss(at(row)) * Math.exp(factor) + (course.lossSpread ?? 0) * random.normal(),
  );
  const norm =
    course.norm === null
      ? []
      : normJitter.map((factor, row) => (course.norm?.(at(row)) ?? 0) * Math.exp(factor));
  const draft: Draft = {
    rows,
    stride: course.stride ?? 5,
    loss,
    norm,
    layers: course.net?.(random, norm) ?? [],
    rate: course.rate === undefined ? null : loss.map((_, row) => course.rate?.(at(row)) ?? 0),
    lossScale: null,
    lossNames: course.lossNames ?? ['loss'],
    reward:
      course.reward === undefined
        ? null
        : loss.map((_, row) => (course.reward?.(at(row)) ?? 0) * Math.exp(0.2 * random.normal())),
    restarts: [],
  };
  const finished = course.finish?.(draft) ?? draft;
  if (course.digits !== undefined) {
    printed(finished, course.digits);
  }
  return finished;
}
