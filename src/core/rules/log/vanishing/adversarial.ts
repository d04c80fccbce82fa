import type { RunFacts } from '../../../run/facts';
import { isDiscriminatorLoss, isGenerator, isGeneratorLoss } from '../../../run/factsNames';
import { indexAtTime, momentOf, type Track } from '../../../run/factsTimeline';
import { nameOf } from '../../../run/profile';
import type { Series } from '../../../run/series';
import { median } from '../../../run/stats';
import { type Incident, say, sayWhen } from '../incident';

/** Of its start: a discriminator that is balanced stays within a factor of a few of ln 2 or 2 ln 2. */
const WON = 0.02;
/** As where the norm of a whole model collapses. */
const FALLEN_DECADES = 2;
const FEWEST_WINDOWS = 4;
/** ln 2 to 2 ln 2: a generator that is caught twice as surely as chance would. */
const LOST = 2;
const FEWEST_ROWS = 20;

/** A discriminator that is never wrong beside a generator whose gradient is gone: log(1 - D(G(z))) is flat there. */
export function generatorStarves(facts: RunFacts): Incident | null {
  if (facts.lossRole !== 'adversarial' || facts.norm === null) {
    return null;
  }
  const loss = facts.run.series.find(
    ({ kind, split, name }) => kind === 'loss' && split === 'train' && isDiscriminatorLoss(name),
  );
  const generator = facts.tracks.filter((track) => isGenerator(nameOf(track)));
  const [first] = generator;
  if (loss === undefined || first === undefined) {
    return null;
  }
  const { start, end } = course(loss);
  const falls = generator.map(({ level }) => {
    const known = level.filter((one) => !Number.isNaN(one));
    return known.length < FEWEST_WINDOWS
      ? 0
      : Math.max(...known.subarray(0, 3)) - median(known.subarray(-Math.ceil(known.length / 4)));
  });
  const fall = median(falls);
  if (!(start > 0) || !(end >= 0) || end > WON * start || !(fall >= FALLEN_DECADES)) {
    return null;
  }
  const at = momentOf(facts.norm, firstRowOfBoth(facts, loss, first, start));
  return {
    severity: 'warning',
    at,
    end: null,
    message:
      `The gradient of the generator vanished since ${sayWhen(facts, at)}: it fell to ${say(100 * 10 ** -fall)} % of its start, while the loss of the ` +
      `discriminator fell from ${say(start)} to ${say(end)}: it is never wrong any more, and a loss that saturates there teaches the generator nothing.`,
    evidence: { normFall: 10 ** -fall, discriminatorStart: start, discriminatorEnd: end, everywhere: 1 },
    remedies: ['logits-loss', 'lower-lr'],
    parameters: generator.map(nameOf),
    series: [loss.id, ...generator.map((track) => track.series.id)],
  };
}

/**
 * A discriminator that is never wrong and a generator that is worse at it than at the start: their game is over, whatever
 * the norms are. A word only, since the samples may be good all the same.
 */
export function discriminatorWon(facts: RunFacts): Incident | null {
  const losses = facts.run.series.filter(({ kind, split }) => kind === 'loss' && split === 'train');
  const loss = losses.find(({ name }) => isDiscriminatorLoss(name));
  const other = losses.find(({ name }) => isGeneratorLoss(name));
  if (facts.lossRole !== 'adversarial' || loss === undefined || other === undefined) {
    return null;
  }
  const { start, end } = course(loss);
  const generator = course(other);
  const lost = generator.start > 0 && generator.end >= LOST * generator.start;
  if (loss.points.length < FEWEST_ROWS || !(start > 0) || !(end >= 0) || end > WON * start || !lost) {
    return null;
  }
  let row = 0;
  while (row < loss.points.length - 1 && !(loss.points.value(row) <= WON * start)) {
    row++;
  }
  const [step, line] = [loss.points.step(row), loss.points.line(row)];
  const at = { time: step, step, line };
  return {
    severity: 'info',
    at,
    end: null,
    message:
      `The discriminator won at ${sayWhen(facts, at)}: its loss fell from ${say(start)} to ${say(end)} while that of the generator rose from ` +
      `${say(generator.start)} to ${say(generator.end)}: it is hardly ever wrong, and what it still teaches the generator may be little.`,
    evidence: {
      discriminatorStart: start,
      discriminatorEnd: end,
      generatorStart: generator.start,
      generatorEnd: generator.end,
    },
    remedies: ['lower-lr'],
    series: [loss.id, other.id],
  };
}

/** Row of the first window in which the generator's norm had fallen so far and the discriminator had won. */
function firstRowOfBoth(facts: RunFacts, loss: Series, generator: Track, start: number): number {
  const top = Math.max(...generator.level.subarray(0, 3).filter((level) => !Number.isNaN(level)));
  const fallen = generator.level.findIndex((level) => level <= top - FALLEN_DECADES);
  const { norm, windows } = facts;
  if (norm === null) {
    return 0;
  }
  let row = indexAtTime(norm, windows[Math.max(0, fallen)] ?? 0);
  while (row < Math.min(norm.length, loss.points.length) - 1 && !(loss.points.value(row) <= WON * start)) {
    row++;
  }
  return Math.min(row, norm.length - 1);
}

/** Medians of the first and the last few points. */
function course({ points }: Series): { readonly start: number; readonly end: number } {
  const rows = Math.max(1, Math.min(points.length, Math.ceil(points.length / 10), 64));
  const values = (from: number): number[] => Array.from({ length: rows }, (_, i) => points.value(from + i));
  return { start: Math.max(points.value(0), median(values(0))), end: median(values(points.length - rows)) };
}
