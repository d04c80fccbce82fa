import type { RunFacts } from '../../../run/facts';
import { nameOf } from '../../../run/profile';
import { median } from '../../../run/stats';
import { type Incident, isRecurrentName, say, sayWhen } from '../incident';
import { standsStill } from '../plateau/still';

/** As for a plateau: an epoch's loss is a mean over its batches. */
const FEWEST_ROWS = 20;
const FEWEST_EPOCHS = 10;

/**
 * A recurrent network that never leaves equal chances while its parameters get ordinary gradients. These sum over time: the last
 * steps keep them up whatever becomes of the first (see the measurements of Pascanu et al., 2013), so what is to be remembered
 * cannot be learned and no norm shows why.
 */
export function forgetsOverTime(facts: RunFacts): Incident | null {
  const { lossCurve, progress, tracks } = facts;
  const recurrent = tracks.findIndex((track) => isRecurrentName(nameOf(track)));
  if (
    recurrent < 0 ||
    lossCurve === null ||
    progress?.verdict !== 'stuck' ||
    lossCurve.length < (facts.run.axis.kind === 'epoch' ? FEWEST_EPOCHS : FEWEST_ROWS)
  ) {
    return null;
  }
  const still = standsStill(facts, lossCurve);
  if (still === null || still.classes === null) {
    return null;
  }
  const { at, level, classes } = still;
  const names = tracks.slice(0, recurrent + 1).map(nameOf);
  const norm = 10 ** median(facts.normLevels);
  return {
    severity: 'warning',
    at,
    end: null,
    message:
      `Gradients most likely vanish over time: the model is recurrent (${names[recurrent]}), its loss stays at ${say(level)} since ${sayWhen(facts, at)}, that of ` +
      `${classes} equally likely classes, and its norms are ordinary (${say(norm)} in all). Those of parameters sum over time, and the last steps alone keep them up; ` +
      'the gradient of the hidden states, or shorter sequences, would show it.',
    evidence: { lossEnd: level, classesAtChance: classes, norm },
    remedies: ['gru', 'forget-bias', 'orthogonal-init', 'lstm', 'raise-lr'],
    parameters: names,
    series: tracks.slice(0, recurrent + 1).map(({ series }) => series.id),
  };
}
