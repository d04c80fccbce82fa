import type { Axis, Run, Segment } from '../../src/core/run/run';
import { PointColumns, type Series, type SeriesKind, type Split } from '../../src/core/run/series';

/** A series by hand: values one a row, or `[step, value]` pairs for sparse ones. */
export interface SeriesSketch {
  readonly name: string;
  readonly kind?: SeriesKind;
  readonly parameter?: string;
  readonly split?: Split;
  readonly values: readonly (number | readonly [step: number, value: number])[];
}

export interface RunSketch {
  readonly series: readonly SeriesSketch[];
  /** Steps between rows of plain values; 1 unless told. */
  readonly stride?: number;
  /** Step of each row of plain values, in place of a stride; where they go back, the run was restarted. */
  readonly steps?: readonly number[];
  readonly axis?: Axis['kind'];
  readonly skips?: Run['skips'];
}

/** A run without a log: row i stands on line i + 1 and has step i x stride. */
export function buildRun(sketch: RunSketch): Run {
  const stride = sketch.stride ?? 1;
  const series = sketch.series.map((one, id): Series => {
    const points = new PointColumns();
    one.values.forEach((entry, row) => {
      if (typeof entry === 'number') {
        points.push(sketch.steps?.[row] ?? row * stride, entry, row + 1);
      } else {
        points.push(entry[0], entry[1], Math.round(entry[0] / stride) + 1);
      }
    });
    return {
      id,
      name: one.name,
      kind: one.kind ?? (one.parameter === undefined && /loss/.test(one.name) ? 'loss' : 'grad-norm'),
      statistic: 'norm',
      split: one.split ?? 'train',
      parameter: one.parameter ?? null,
      points,
    };
  });
  const lengths = series.map(({ points }) => points.length);
  const longest = series[lengths.indexOf(Math.max(0, ...lengths))]?.points;
  const last = longest === undefined || longest.length === 0 ? 0 : longest.step(longest.length - 1);
  return {
    path: 'run.log',
    format: 'sketch',
    confidence: 1,
    bytes: 0,
    lines: longest?.length ?? 0,
    axis: { kind: sketch.axis ?? 'step', why: 'by hand' },
    series,
    steps: longest?.length ?? 0,
    segments:
      sketch.steps === undefined ? [{ line: 1, firstStep: 0, lastStep: last }] : segmentsOf(sketch.steps),
    skips: sketch.skips ?? [],
    problems: [],
  };
}

function segmentsOf(steps: readonly number[]): readonly Segment[] {
  const starts = steps.flatMap((step, row) => (row === 0 || step < (steps[row - 1] ?? 0) ? [row] : []));
  return starts.map((row, at) => ({
    line: row + 1,
    firstStep: steps[row] ?? 0,
    lastStep: steps[(starts[at + 1] ?? steps.length) - 1] ?? 0,
  }));
}
