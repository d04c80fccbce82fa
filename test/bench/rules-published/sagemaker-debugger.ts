import { firstWhere, type PublishedTool } from './rule';

export const sagemakerDebugger: PublishedTool = {
  name: 'SageMaker Debugger',
  note: 'VanishingGradient below 1e-7 in any layer, ExplodingTensor (NaN, infinity), LossNotDecreasing over 10 rows. A norm stands for its mean |gradient|, which is smaller.',
  alarms: ({ norm, loss, layers }) => [
    ...layers.flatMap((layer) => firstWhere(layer, 'vanishing', (value) => value < 1e-7)),
    ...(layers.length === 0 ? firstWhere(norm, 'vanishing', (value) => value < 1e-7) : []),
    ...[norm, loss, ...layers].flatMap((column) =>
      firstWhere(column, 'nonfinite', (value) => !Number.isFinite(value)),
    ),
    ...firstWhere(loss, 'plateau', (value, row, values) => row >= 10 && value >= (values[row - 10] ?? 0)),
  ],
};
