import type { RunFacts } from '../../../run/facts';
import type { Curve } from '../../../run/factsTimeline';
import { median, quantile, robustSigma } from '../../../run/stats';
import { type Incident, recurrentRemedies, say, sayWhen } from '../incident';
import { stuckAtChance } from '../plateau/level';

/** As for a plateau. The scatter is then known to a sixth. */
const FEWEST_ROWS = 20;
/** Rows that are looked at, spread over the run in pairs of neighbours. */
const MOST_ROWS = 2048;
/** The scatter of five numbers (six classes) and more comes near that of a living network. */
const MOST_CLASSES = 4;
/** Steps that are a little too large shake the biases of the output, which costs some per cent of the loss. */
const SHAKEN = 0.02;
/** What the scatter may differ from that of independent numbers: two standard errors at forty rows. */
const WITHIN = 0.25;
/** Enough to tell from a symmetric spread; that of few numbers leans to small values by 0.2 to 0.4. */
const LEANS = -0.05;

/**
 * The whole model's norm scatters as that of a few numbers, in a run that never left equal chances.
 *
 * Where inputs make no difference, the k outputs of a classifier are the same for every example, and all that reaches its
 * weights is by how much the classes of a batch are more or fewer than their share: k - 1 independent, normal numbers. The
 * norm is then distributed as chi with k - 1 degrees of freedom, whose logarithm has the standard deviation
 * sqrt(trigamma((k - 1) / 2)) / 2: a factor of 3 for two classes, of 1.6 for four. In a network whose hidden layers get a
 * gradient the noise of a batch has tens to hundreds of directions, and the norm stays within some 15 %.
 */
export function outputAlone(facts: RunFacts): Incident | null {
  const { norm, lossCurve, progress } = facts;
  if (norm === null || lossCurve === null || norm.length < FEWEST_ROWS || progress?.verdict !== 'stuck') {
    return null;
  }
  const chance = stuckAtChance(facts, lossCurve, SHAKEN);
  if (chance === null || chance.classes > MOST_CLASSES) {
    return null;
  }
  const expected = scatterOfChi(chance.classes - 1);
  const { neighbours, whole, lean } = scatterOf(norm);
  const fits = [neighbours, whole].every((sigma) => Math.abs(sigma / expected - 1) <= WITHIN);
  if (!fits || !(lean <= LEANS)) {
    return null;
  }
  const { classes, at, level } = chance;
  return {
    severity: 'warning',
    at,
    end: null,
    message:
      `No gradient gets past the output layer: the loss stays at ${say(level)} since ${sayWhen(facts, at)}, that of ${classes} equally likely classes, ` +
      `and the norm of the whole model jumps by a factor of ${say(10 ** neighbours)} from row to row, as that of ${classes} output biases alone does ` +
      `(${say(10 ** expected)}), not by the few per cent of layers that learn. Gradients vanish on the way to the input, or the units before the output are dead: norms per layer would tell which.`,
    evidence: {
      lossEnd: level,
      classesAtChance: classes,
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
  /** And over the whole run, from its middle two thirds. */
  readonly whole: number;
  /** Where the middle lies between the 5th and the 95th percentile: 0 in the middle, negative when small values reach farther. */
  readonly lean: number;
}

function scatterOf({ value, length }: Curve): Scatter {
  const stride = Math.max(2, Math.floor((2 * length) / MOST_ROWS));
  const logs: number[] = [];
  const steps: number[] = [];
  for (let row = 1; row < length; row += stride) {
    const here = Math.log10(value[row] ?? 0);
    const before = Math.log10(value[row - 1] ?? 0);
    if (Number.isFinite(here) && Number.isFinite(before)) {
      logs.push(before, here);
      steps.push(here - before);
    }
  }
  const [low, middle, high] = [quantile(logs, 0.05), median(logs), quantile(logs, 0.95)];
  return {
    neighbours: Math.sqrt(steps.reduce((sum, step) => sum + step ** 2, 0) / steps.length / 2),
    whole: robustSigma(logs),
    lean: (high + low - 2 * middle) / (high - low),
  };
}
