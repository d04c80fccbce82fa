import { type Column, firstWhere, type PlainLog, type PublishedTool } from './rule';

/** "Not converging or slow" as far as a log without accuracy shows it: the loss did not halve. */
function isNotLearning(loss: Column | null): boolean {
  const first = loss?.values[0] ?? Number.NaN;
  const last = loss?.values[(loss?.values.length ?? 0) - 1] ?? Number.NaN;
  return !(last < first / 2);
}

function kernels({ layers }: PlainLog): readonly Column[] {
  return layers.filter(({ name }) => /weight|kernel/.test(name));
}

export const autotrainer: PublishedTool = {
  name: 'AUTOTRAINER',
  note: 'First to last kernel below 1e-3 and first below 1e-4, or above 70, each only when not learning; NaN loss or loss above 1e3 with NaN; 70 % zero gradients. Its gate is an accuracy below 0.6, taken here as a loss that did not halve.',
  alarms: (log) => {
    const [first] = kernels(log);
    const last = kernels(log)[kernels(log).length - 1];
    const gate = isNotLearning(log.loss);
    const ratio = (value: number, row: number): number => value / (last?.values[row] ?? Number.NaN);
    return [
      ...(gate && first !== undefined
        ? [
            ...firstWhere(first, 'vanishing', (value, row) => ratio(value, row) < 1e-3 && value < 1e-4),
            ...firstWhere(first, 'exploding', (value, row) => ratio(value, row) > 70),
          ]
        : []),
      ...firstWhere(log.loss, 'nonfinite', (value) => Number.isNaN(value)),
      ...firstWhere(first ?? null, 'dead-relu', (_, row) => {
        const zeros = log.layers.filter((layer) => layer.values[row] === 0).length;
        return log.layers.length > 1 && zeros / log.layers.length >= 0.7;
      }),
    ];
  },
};
