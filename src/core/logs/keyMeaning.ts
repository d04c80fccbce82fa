import type { SeriesKind, Split, Statistic } from '../run/series';

/**
 * What the number behind a key is for. Neither `config` nor `setting` becomes a point: the first only stands in
 * configurations, the second (a batch size) also beside the numbers of a step.
 */
export type KeyRole = 'metric' | 'step' | 'epoch' | 'config' | 'setting' | 'ignored';

/** Everything a key's text says. One dictionary for all formats. */
export interface KeyMeaning {
  readonly role: KeyRole;
  /** Among step (or epoch) keys in one record the lowest is the axis. */
  readonly rank: number;
  readonly kind: SeriesKind;
  readonly statistic: Statistic;
  readonly split: Split;
  readonly parameter: string | null;
  /** A bare layer name (`fc1`): gradients only if the whole log is made of such names. */
  readonly layerName: boolean;
  /**
   * What a log may call a loss and another a figure of merit, without its split: "mae", or "" for a split alone (`train`,
   * `val`). A loss only if the log shows that it falls; null for every other name.
   */
  readonly lossName: string | null;
  /** A word that other programs print too (`norm`): proves nothing alone. */
  readonly weak: boolean;
}

export const METRIC: KeyMeaning = {
  role: 'metric',
  rank: 0,
  kind: 'other',
  statistic: 'unknown',
  split: 'train',
  parameter: null,
  layerName: false,
  lossName: null,
  weak: false,
};
export const CONFIG: KeyMeaning = { ...METRIC, role: 'config' };
export const SETTING: KeyMeaning = { ...METRIC, role: 'setting' };
export const IGNORED: KeyMeaning = { ...METRIC, role: 'ignored' };

const EVAL_WORD =
  /(?:^|[/._ (\-[])(?:val|vld|valid|validation|eval|evaluation|test|dev|holdout)(?:$|[/._ )\-\]\d])/;

/** Evaluation when a key names it (`val_loss`), training otherwise. */
export function splitOf(text: string): Split {
  return EVAL_WORD.test(text.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase()) ? 'eval' : 'train';
}
