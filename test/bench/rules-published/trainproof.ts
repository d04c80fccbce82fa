import { everyWhere, firstWhere, mean, middle, type PublishedTool } from './rule';

export const trainproof: PublishedTool = {
  name: 'trainproof',
  note: 'TP-GRAD-SPIKE above 10 times the median of the whole run, TP-ZERO-GRAD all norms 0, TP-DIVERGE end above 1.5 times the lowest loss, TP-DEAD-RUN last 5 less than 5 % better than first 5, TP-FLAT, non-finite rows.',
  alarms: ({ norm, loss }) => {
    const median = middle(norm?.values.filter(Number.isFinite) ?? []);
    const losses = loss?.values ?? [];
    const end = losses[losses.length - 1] ?? Number.NaN;
    const lowest = Math.min(...losses.filter((value) => value > 0));
    const lowestRow = losses.indexOf(lowest);
    const flat = (Math.max(...losses) - Math.min(...losses)) / Math.abs(mean(losses)) < 0.001;
    const dead = losses.length >= 10 && middle(losses.slice(-5)) > 0.95 * middle(losses.slice(0, 5));
    return [
      ...everyWhere(norm, 'spike', (value) => value > 10 * median),
      ...firstWhere(
        norm,
        'vanishing',
        (_, __, values) => values.length >= 5 && values.every((value) => value === 0),
      ),
      ...(loss !== null && end > 1.5 * lowest
        ? [{ defect: 'divergence', step: loss.steps[lowestRow + 1] ?? 0 } as const]
        : []),
      ...(loss !== null && (flat || dead) ? [{ defect: 'plateau', step: loss.steps[0] ?? 0 } as const] : []),
      ...[norm, loss].flatMap((column) =>
        firstWhere(column, 'nonfinite', (value) => !Number.isFinite(value)),
      ),
    ];
  },
};
