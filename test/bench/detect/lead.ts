import { middle, type PublishedTool } from '../rules-published/rule';
import { gradientsOf, runOf } from '../synthetic/draft';
import { draftOf } from '../synthetic/families';
import { randomFrom } from '../synthetic/random';
import { alarmsOf } from './tools';

/** The published course of BLOOM 176B's first loss spike: norms over their level in the rows before the loss jumped. */
const LEADING_NORMS: readonly number[] = [3.9, 9.9, 66, 600];
const LEAD_RUNS = 60;
const LEAD_FAMILIES: readonly string[] = [
  'classifier',
  'fine-tuning',
  'warm-up of large values',
  'deep residual',
  'cycles',
];

/**
 * Median rows by which the first alarm leads the loss, over seeded runs whose norm leaves its level four rows before the loss
 * jumps a tenth above all it was; and in how many.
 */
export function leadOf(tool: PublishedTool): { readonly rows: number; readonly share: number } {
  const leads: number[] = [];
  for (let seed = 0; seed < LEAD_RUNS; seed++) {
    const draft = draftOf(LEAD_FAMILIES[seed % LEAD_FAMILIES.length] ?? '', 500 + seed);
    const random = randomFrom(seed);
    const jump = Math.round(draft.rows * (0.5 + 0.3 * random()));
    const from = jump - LEADING_NORMS.length;
    const highest = Math.max(...draft.loss.slice(0, jump));
    for (let row = from; row < draft.rows; row++) {
      const factor = LEADING_NORMS[row - from] ?? (row === jump ? 4000 : 3);
      for (const values of gradientsOf(draft)) {
        values[row] = (values[row] ?? 0) * factor;
      }
      draft.loss[row] = row < jump ? (draft.loss[row] ?? 0) : 1.1 * highest * (1 + 0.05 * random());
    }
    const first = Math.min(
      ...alarmsOf(tool, runOf(draft))
        .map(({ step }) => step / draft.stride)
        .filter((row) => row >= from),
    );
    if (Number.isFinite(first)) {
      leads.push(jump - first);
    }
  }
  return { rows: leads.length === 0 ? Number.NaN : middle(leads), share: leads.length / LEAD_RUNS };
}
