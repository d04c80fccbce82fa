import type { RunFacts } from '../../../run/facts';
import type { Curve, Moment } from '../../../run/factsTimeline';
import { nameOf } from '../../../run/profile';
import type { Points } from '../../../run/series';
import { type Incident, say, sayNames, sayWhen } from '../incident';

/** Rows of a series that are looked at, evenly spread. */
const ROWS = 256;
const FEWEST_ROWS = 8;
/** From the first row to the last: what grows less may be a norm that drifts. */
const GROWN = 5;
/**
 * Share of the variance that the line leaves. A sum of gradients whose weights stay is as straight as their mean is steady; a norm
 * that grows because its weights move bends, and the noise of batches alone leaves a hundredth and more.
 */
const UNEXPLAINED = 0.003;
/** The line goes through zero within so many logged intervals before the first row: the sum began there. */
const INTERVALS = 1.5;
/** The loss gained less than what the rest of the model may still learn around the weights that stay. */
const LITTLE = 0.1;

/**
 * A gradient norm that grows as a straight line from zero at the start of the run, while the loss stays: one and the same gradient is
 * added at each step. The weights are not updated (or they would move, and their gradient with them), and nothing clears them.
 */
export function neverStepped(facts: RunFacts, loss: Curve): Incident | null {
  const { progress, lossRole } = facts;
  if (progress === null || lossRole !== 'minimised' || !(progress.improvement < LITTLE)) {
    return null;
  }
  const layers = facts.tracks
    .map((track) => ({ name: nameOf(track), points: track.series.points, id: track.series.id }))
    .map((layer) => ({ ...layer, growth: growthFromZero(layer.points) }))
    .filter(({ growth }) => growth !== null);
  const whole =
    layers.length === 0 && facts.globalNorm !== null ? growthFromZero(facts.globalNorm.points) : null;
  const growth = Math.max(whole ?? 0, ...layers.map((layer) => layer.growth ?? 0));
  const names = layers.map(({ name }) => name);
  if (!(growth >= GROWN) || !areLargest(facts, names)) {
    return null;
  }
  const at: Moment = { time: loss.time[0] ?? 0, step: loss.step[0] ?? 0, line: Math.max(1, loss.lineAt(0)) };
  return {
    severity: 'warning',
    at,
    end: null,
    message:
      `The loss is stuck at ${say(progress.end)} since ${sayWhen(facts, at)} (start ${say(progress.start)}): the gradient norm of ` +
      `${names.length === 0 ? 'the model' : sayNames(names)} grows as a straight line from zero, x${say(growth)}, as a sum of one and the same gradient does. ` +
      'Nothing updates these weights and nothing clears their gradient: the optimizer does not hold them.',
    evidence: {
      neverStepped: names.length,
      ratio: growth,
      lossStart: progress.start,
      lossEnd: progress.end,
      improvement: progress.improvement,
    },
    remedies: ['move-optimizer', 'zero-grad'],
    parameters: names,
    series: [
      ...loss.series,
      ...(layers.length > 0 ? layers.map(({ id }) => id) : (facts.norm?.series ?? [])),
    ],
  };
}

/**
 * A sum outgrows what is cleared. The gradient of a factor that starts at zero (an adapter's, a gated branch's) grows in a line at first too,
 * below that of the other factor.
 */
function areLargest({ tracks }: RunFacts, names: readonly string[]): boolean {
  const last = (isOne: boolean): number =>
    Math.max(
      ...tracks
        .filter((track) => names.includes(nameOf(track)) === isOne)
        .map(({ series: { points } }) => points.value(points.length - 1))
        .filter(Number.isFinite),
      0,
    );
  return last(true) >= last(false);
}

/** How many times a straight line from zero at the first step grows from its first row to its last; null where it is none. */
function growthFromZero(points: Points): number | null {
  const stride = Math.max(1, Math.floor(points.length / ROWS));
  const rows: (readonly [step: number, value: number])[] = [];
  for (let row = 0; row < points.length; row += stride) {
    rows.push([points.step(row), points.value(row)]);
  }
  const [first] = rows;
  const last = rows[rows.length - 1];
  if (
    first === undefined ||
    last === undefined ||
    rows.length < FEWEST_ROWS ||
    rows.some(([, value]) => !(value > 0))
  ) {
    return null;
  }
  const growth = last[1] / first[1];
  const { slope, intercept, unexplained } = lineThrough(rows);
  const zero = -intercept / slope;
  const interval = points.step(1) - points.step(0);
  return growth >= GROWN &&
    Number.isFinite(growth) &&
    slope > 0 &&
    unexplained <= UNEXPLAINED &&
    zero <= first[0] + interval / 2 &&
    zero >= first[0] - INTERVALS * interval
    ? growth
    : null;
}

/** Least squares. `unexplained`: the share of the variance that the line leaves. */
function lineThrough(rows: readonly (readonly [x: number, y: number])[]): {
  readonly slope: number;
  readonly intercept: number;
  readonly unexplained: number;
} {
  const meanX = rows.reduce((sum, [x]) => sum + x, 0) / rows.length;
  const meanY = rows.reduce((sum, [, y]) => sum + y, 0) / rows.length;
  let [xx, xy, yy] = [0, 0, 0];
  for (const [x, y] of rows) {
    xx += (x - meanX) ** 2;
    xy += (x - meanX) * (y - meanY);
    yy += (y - meanY) ** 2;
  }
  const slope = xy / xx;
  return { slope, intercept: meanY - slope * meanX, unexplained: 1 - (xy * xy) / (xx * yy) };
}
