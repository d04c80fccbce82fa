import type { RunFacts } from '../../../run/facts';
import { type Curve, indexAtTime } from '../../../run/factsTimeline';
import { median, quantile } from '../../../run/stats';
import { type Incident, recurrentRemedies, say, sayWhen } from '../incident';
import { standsStill } from '../plateau/still';

/** As for a plateau. The scatter is then known to a sixth. */
const FEWEST_ROWS = 20;
/** Rows that are looked at, spread over the stretch in pairs of neighbours. */
const MOST_ROWS = 2048;
/** The scatter of five numbers (six classes) and more comes near that of a living network. */
const MOST_CLASSES = 5;
/** A run that came down to equal chances is a run that learns, by chance at that level, unless it began far above any fresh classifier. */
const THROWN = 3;
/** What the scatter may differ from that of independent numbers, as a share; in few rows two and a half standard errors, 1 / sqrt(2 rows) each. */
const WITHIN = 0.25;
const FEW_ROWS = 2.5;
/** Enough to tell from a symmetric spread; that of few numbers leans to small values by 0.2 to 0.4. In few rows one standard error more. */
const LEANS = -0.05;
/** A loss that swings with its gradient is thrown about by its steps; the luck of a batch moves both, but not together. */
const TOGETHER = 0.4;

/**
 * The whole model's norm scatters as that of a few numbers, in a run whose loss stays where outputs say nothing.
 *
 * Where inputs make no difference, the k outputs of a classifier are the same for every example, and all that reaches its
 * weights is by how much the classes of a batch are more or fewer than their share: k - 1 independent, normal numbers. The
 * norm is then distributed as chi with k - 1 degrees of freedom, whose logarithm has the standard deviation
 * sqrt(trigamma((k - 1) / 2)) / 2: a factor of 3 for two classes, of 1.6 for four. In a network whose hidden layers get a
 * gradient the noise of a batch has tens to hundreds of directions, and the norm stays within some 15 %.
 */
export function outputAlone(facts: RunFacts): Incident | null {
  const { norm, lossCurve, progress, lossRole } = facts;
  if (norm === null || lossCurve === null || progress === null || lossRole !== 'minimised') {
    return null;
  }
  const still = standsStill(facts, lossCurve);
  const from = still === null ? norm.length : indexAtTime(norm, still.at.time);
  const chances = still?.classes ?? null;
  const isStuck = progress.verdict === 'stuck';
  const isThrown = chances !== null && progress.start >= THROWN * Math.log(chances);
  if (still === null || norm.length - from < FEWEST_ROWS || !(isStuck || isThrown)) {
    return null;
  }
  // A squared error that never left the variance of its targets: one bias, one number.
  const classes = chances ?? (together(norm, lossCurve, from) < TOGETHER ? 2 : Number.NaN);
  const expected = scatterOfChi(classes - 1);
  const { neighbours, whole, lean } = scatterOf(norm, from);
  const rows = norm.length - from;
  const within = Math.max(WITHIN, FEW_ROWS / Math.sqrt(2 * rows));
  const fits = [neighbours, whole].every((sigma) => Math.abs(sigma / expected - 1) <= within);
  if (!(classes <= MOST_CLASSES) || !fits || !(lean <= LEANS + 1 / Math.sqrt(rows))) {
    return null;
  }
  const { at, level } = still;
  const where = chances === null ? '' : `, that of ${classes} equally likely classes`;
  const biases = chances === null ? 'one output bias' : `${classes} output biases`;
  return {
    severity: 'warning',
    at,
    end: null,
    message:
      `Hardly any gradient gets past the output layer: the loss stays at ${say(level)} since ${sayWhen(facts, at)}${where}, ` +
      `and the norm of the whole model jumps by a factor of ${say(10 ** neighbours)} from row to row, as that of ${biases} alone does ` +
      `(${say(10 ** expected)}), not by the few per cent of layers that learn. Gradients vanish on the way to the input, or the units before the output are dead: norms per layer would tell which.`,
    evidence: {
      lossEnd: level,
      ...(chances === null ? {} : { classesAtChance: chances }),
      normScatter: neighbours,
      scatterOfOutputAlone: expected,
      norm: 10 ** median(facts.normLevels),
    },
    remedies: ['he-init', 'batch-norm', 'residual', ...recurrentRemedies(facts), 'relu', 'leaky-relu'],
    series: [...norm.series, ...lossCurve.series],
  };
}

/** Standard deviation of log10 of a chi-distributed number. trigamma(1/2) = pi^2 / 2, trigamma(1) = pi^2 / 6, trigamma(x + 1) = trigamma(x) - 1 / x^2. */
function scatterOfChi(degrees: number): number {
  let x = degrees % 2 === 0 ? 1 : 0.5;
  let trigamma = degrees % 2 === 0 ? Math.PI ** 2 / 6 : Math.PI ** 2 / 2;
  for (; x < degrees / 2; x++) {
    trigamma -= 1 / x ** 2;
  }
  return Math.sqrt(trigamma) / 2 / Math.LN10;
}

interface Scatter {
  /** Standard deviation of log10 norm, from neighbouring rows: blind to a trend. */
  readonly neighbours: number;
  /** And over all rows, around their mean. */
  readonly whole: number;
  /** Where the middle lies between the 5th and the 95th percentile: 0 in the middle, negative when small values reach farther. */
  readonly lean: number;
}

function scatterOf({ value, length }: Curve, from: number): Scatter {
  const stride = Math.max(2, Math.floor((2 * (length - from)) / MOST_ROWS));
  const logs: number[] = [];
  const steps: number[] = [];
  for (let row = from + 1; row < length; row += stride) {
    const here = Math.log10(value[row] ?? 0);
    const before = Math.log10(value[row - 1] ?? 0);
    if (Number.isFinite(here) && Number.isFinite(before)) {
      logs.push(before, here);
      steps.push(here - before);
    }
  }
  const [low, middle, high] = [quantile(logs, 0.05), median(logs), quantile(logs, 0.95)];
  return {
    neighbours: rootMeanSquare(steps) / Math.SQRT2,
    whole: rootMeanSquare(logs.map((log) => log - mean(logs))),
    lean: (high + low - 2 * middle) / (high - low),
  };
}

/** Correlation of loss and norm on logarithms. */
function together(norm: Curve, loss: Curve, from: number): number {
  const stride = Math.max(1, Math.floor((norm.length - from) / MOST_ROWS));
  const [x, y]: [number[], number[]] = [[], []];
  for (let row = from; row < norm.length; row += stride) {
    const one = Math.log10(norm.value[row] ?? 0);
    const other = Math.log10(loss.value[indexAtTime(loss, norm.time[row] ?? 0)] ?? Number.NaN);
    if (Number.isFinite(one) && Number.isFinite(other)) {
      x.push(one);
      y.push(other);
    }
  }
  const [atX, atY] = [mean(x), mean(y)];
  const [dx, dy] = [x.map((value) => value - atX), y.map((value) => value - atY)];
  return mean(dx.map((value, i) => value * (dy[i] ?? 0))) / rootMeanSquare(dx) / rootMeanSquare(dy);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function rootMeanSquare(values: readonly number[]): number {
  return Math.sqrt(mean(values.map((value) => value ** 2)));
}
