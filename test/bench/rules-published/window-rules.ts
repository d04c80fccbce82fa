import {
  type Alarm,
  type Column,
  type DefectClass,
  deviation,
  firstWhere,
  mean,
  type PublishedTool,
} from './rule';

/** Rows above mean + sigmas x deviation of the window before, once it holds enough rows. */
function aboveWindow(
  column: Column | null,
  defect: DefectClass,
  window: number,
  fewest: number,
  sigmas: number,
): readonly Alarm[] {
  const alarms: Alarm[] = [];
  column?.values.forEach((value, row) => {
    const before = column.values.slice(Math.max(0, row - window), row).filter(Number.isFinite);
    if (before.length >= fewest && value > mean(before) + sigmas * deviation(before)) {
      alarms.push({ defect, step: column.steps[row] ?? 0 });
    }
  });
  return alarms;
}

const nonfinite = (columns: readonly (Column | null)[]): readonly Alarm[] =>
  columns.flatMap((column) => firstWhere(column, 'nonfinite', (value) => !Number.isFinite(value)));

export const olmoCore: PublishedTool = {
  name: 'OLMo-core 6σ/128',
  note: 'SkipStepOptimizer: loss or norm above mean + 6 sigma of the last 128 rows (at least 64).',
  alarms: ({ norm, loss }) => [
    ...aboveWindow(norm, 'spike', 128, 64, 6),
    ...aboveWindow(loss, 'divergence', 128, 64, 6),
  ],
};

export const olmo2: PublishedTool = {
  name: 'OLMo 2 7σ/1000',
  note: 'Spike score: values 7 sigma from the rolling average of the last 1,000 rows (at least 128 here, or no short log is ever judged).',
  alarms: ({ norm, loss }) => [
    ...aboveWindow(norm, 'spike', 1000, 128, 7),
    ...aboveWindow(loss, 'divergence', 1000, 128, 7),
  ],
};

export const zclip: PublishedTool = {
  name: 'ZClip',
  note: 'z above 2.5 against moving mean and variance (EMA 0.97) after 25 rows of warm-up.',
  alarms: ({ norm }) => {
    const alarms: Alarm[] = [];
    if (norm === null || norm.values.length <= 25) {
      return alarms;
    }
    const warmUp = norm.values.slice(0, 25);
    let centre = mean(warmUp);
    let variance = deviation(warmUp) ** 2;
    for (let row = 25; row < norm.values.length; row++) {
      const value = norm.values[row] ?? Number.NaN;
      if (!Number.isFinite(value)) {
        continue;
      }
      const z = (value - centre) / Math.sqrt(variance + 1e-12);
      const kept = z > 2.5 ? centre + (2.5 ** 2 / z) * Math.sqrt(variance) : value;
      if (z > 2.5) {
        alarms.push({ defect: 'spike', step: norm.steps[row] ?? 0 });
      }
      centre = 0.97 * centre + 0.03 * kept;
      variance = 0.97 * variance + 0.03 * (kept - centre) ** 2;
    }
    return alarms;
  },
};

export const torchAudit: PublishedTool = {
  name: 'torch-audit',
  note: 'TA100 NaN or infinity, TA102 norm of the whole above 100, TA103 a parameter at exactly 0.',
  alarms: ({ norm, loss, layers }) => [
    ...nonfinite([norm, loss]),
    ...firstWhere(norm, 'exploding', (value) => value > 100),
    ...layers.flatMap((layer) => firstWhere(layer, 'dead-relu', (value) => value === 0)),
  ],
};
