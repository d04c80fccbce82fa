import { firstWhere, type PublishedTool } from './rule';

export const theDeepChecker: PublishedTool = {
  name: 'TheDeepChecker',
  note: 'Mean |gradient| below 1e-6, or 4 halvings in a row; above 1e6, or doubling 5 checks in a row; loss at twice its minimum; a check is one logged row, loss checks need 5 % decrease over 5.',
  alarms: ({ norm, loss, layers }) => [
    ...(layers.length > 0 ? layers : [norm]).flatMap((column) => [
      ...firstWhere(
        column,
        'vanishing',
        (value, row, values) => value < 1e-6 || inARow(values, row, 4, (ratio) => ratio <= 0.5),
      ),
      ...firstWhere(
        column,
        'exploding',
        (value, row, values) => value > 1e6 || inARow(values, row, 5, (ratio) => ratio >= 2),
      ),
    ]),
    ...firstWhere(loss, 'nonfinite', (value) => !Number.isFinite(value)),
    ...firstWhere(
      loss,
      'divergence',
      (value, row, values) => value >= 2 * Math.min(...values.slice(0, row + 1)),
    ),
    ...firstWhere(loss, 'plateau', (value, row, values) => row >= 5 && value > 0.95 * (values[row - 5] ?? 0)),
  ],
};

function inARow(
  values: readonly number[],
  row: number,
  times: number,
  holds: (ratio: number) => boolean,
): boolean {
  return (
    row >= times &&
    Array.from({ length: times }, (_, i) => (values[row - i] ?? 0) / (values[row - i - 1] ?? 0)).every(holds)
  );
}
