import type { RunFacts } from '../../../run/facts';
import { roleOf } from '../../../run/factsNames';
import { nameOf } from '../../../run/profile';
import { type Incident, say, sayWhen } from '../incident';

const FEWEST_ROWS = 3;
const FEWEST_WEIGHTS = 2;

/**
 * Only weight matrices are logged, and none ever gets a gradient, while the loss moves or not: what learns, if anything, are
 * the biases that are not logged. Zeros come into every layer, and zeros go back.
 */
export function everyWeightDead(facts: RunFacts): Incident | null {
  const { tracks, progress } = facts;
  const [first] = tracks;
  const dead = tracks.every(
    (track) =>
      roleOf(nameOf(track)) === 'weight' && track.zeros === track.count && track.count >= FEWEST_ROWS,
  );
  if (first === undefined || tracks.length < FEWEST_WEIGHTS || !dead) {
    return null;
  }
  if (progress?.verdict !== 'stuck' && progress?.verdict !== 'little') {
    return null;
  }
  const names = tracks.map(nameOf);
  return {
    severity: progress.verdict === 'stuck' ? 'error' : 'warning',
    at: first.first,
    end: null,
    message:
      `Dead layers: no weight matrix gets any gradient, all ${tracks.length} are exactly 0 from ${sayWhen(facts, first.first)} to the end ` +
      `(loss ${say(progress.start)} to ${say(progress.end)}): ReLUs that are negative for every input from the start, or weights that are all zero. ` +
      'Biases are not logged; they would tell whether the output still learns.',
    evidence: {
      deadLayers: tracks.length,
      livingLayers: 0,
      lossStart: progress.start,
      lossEnd: progress.end,
    },
    // From the first row on no rate has done it: the initial weights and biases have.
    remedies: ['he-init', 'layer-norm', 'batch-norm', 'leaky-relu', 'lower-lr'],
    parameters: names,
    series: tracks.map((track) => track.series.id),
  };
}
