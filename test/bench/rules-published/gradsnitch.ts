import { everyWhere, firstWhere, middle, type PublishedTool } from './rule';

export const gradsnitch: PublishedTool = {
  name: 'gradsnitch',
  note: 'GS003 above 8 times the rolling median of 50 (at least 10), GS007 last fifth below 5 % of the first while the loss fell by less than 20 % (40 rows), GS006 smoothed loss 30 % up for 20 rows, non-finite rows.',
  alarms: ({ norm, loss }) => {
    const n = norm?.values.length ?? 0;
    const fifth = Math.floor(n / 5);
    const fell = 1 - (loss?.values[loss.values.length - 1] ?? 0) / (loss?.values[0] ?? 1);
    const smooth = smoothed(loss?.values ?? []);
    const best = smooth.map((_, i) => Math.min(...smooth.slice(0, i + 1)));
    return [
      ...everyWhere(
        norm,
        'spike',
        (value, row, values) => row >= 10 && value > 8 * middle(values.slice(Math.max(0, row - 50), row)),
      ),
      ...(norm !== null &&
      n >= 40 &&
      fell < 0.2 &&
      middle(norm.values.slice(-fifth)) < 0.05 * middle(norm.values.slice(0, fifth))
        ? [{ defect: 'vanishing', step: norm.steps[n - fifth] ?? 0 } as const]
        : []),
      ...firstWhere(
        loss,
        'divergence',
        (_, row) =>
          row >= 20 &&
          smooth.slice(row - 19, row + 1).every((value, i) => value > 1.3 * (best[row - 19 + i] ?? 0)),
      ),
      ...[norm, loss].flatMap((column) =>
        firstWhere(column, 'nonfinite', (value) => !Number.isFinite(value)),
      ),
    ];
  },
};

function smoothed(values: readonly number[]): readonly number[] {
  return values.map((_, i) => middle(values.slice(Math.max(0, i - 4), i + 1)));
}
