import type { RunFacts } from '../../../run/facts';
import { firstRowWhere } from '../../../run/factsLossLevel';
import { type Curve, type Moment, momentOf } from '../../../run/factsTimeline';
import { median } from '../../../run/stats';
import { classesAtLevel } from './chance';
import { levelStretch } from './stretch';

/** Steps that are a little too large shake the biases of the output, which costs some per cent of the loss. */
const SHAKEN = 0.02;

/** A loss that stays at one level to the end. */
export interface Still {
  readonly at: Moment;
  readonly level: number;
  /** Classes whose equal chances explain the level, or lie a little below it; null when none do. */
  readonly classes: number | null;
}

/** Since when, and where, a loss stays; null when it moves. */
export function standsStill(facts: RunFacts, loss: Curve): Still | null {
  const stretch = levelStretch(facts, false);
  if (stretch === null || stretch.creeps) {
    return null;
  }
  const level = median(facts.lossLevels.subarray(stretch.window));
  const row = firstRowWhere(
    loss,
    facts.windows[stretch.window] ?? 0,
    (value) => Math.abs(value - level) <= stretch.narrow,
  );
  const noise = facts.progress?.noise ?? Number.NaN;
  return { at: momentOf(loss, row), level, classes: classesAtLevel(level, noise, loss.length - row, SHAKEN) };
}
