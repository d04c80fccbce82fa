/** Options of Chart.js for one pane. A pure function of what is shown and of the theme. */
import type { ChartOptions } from 'chart.js';
import { formatStep, linearLabels, powerLabels } from '../format';
import type { Range } from '../range';
import type { Theme } from '../theme';
import type { ValueAxis } from './projection';
import { atLeastTwo, linearTicks, powerTicks, stepTicks } from './ticks';

/** Pixels left of the plot, the same in every pane so that their steps stand under one another. */
export const AXIS_WIDTH = 58;

/** Room for half of the last step's label. */
export const RIGHT_MARGIN = 16;

export interface PaneLayout {
  readonly range: Range;
  readonly axis: ValueAxis;
  /** Smallest value that gets a tick; below it the axis has a lane of its own for zeros. */
  readonly lowestTick: number;
  readonly width: number;
  readonly height: number;
  /** Pixels kept free above the plot. */
  readonly above: number;
  readonly hasStepAxis: boolean;
  readonly stepTitle: string;
}

export function paneOptions(layout: PaneLayout, theme: Theme): ChartOptions<'line'> {
  const { range, axis } = layout;
  const font = { family: theme.font, size: Math.max(10, theme.fontSize - 2) };
  const gridLine = { color: theme.grid, tickLength: 4, drawTicks: true };
  const valueTicks = Math.max(2, Math.floor(layout.height / 34));
  const mostSteps = Math.max(2, Math.floor((layout.width - AXIS_WIDTH) / 90));
  const values = atLeastTwo(valueTicks, (most) =>
    axis.logarithmic ? powerTicks(layout.lowestTick, axis.max, most) : linearTicks(axis.min, axis.max, most),
  );
  const labels = axis.logarithmic ? powerLabels(values) : linearLabels(values);
  const steps = stepTicks(range, layout.stepTitle, mostSteps);
  return {
    animation: false,
    events: [],
    responsive: true,
    maintainAspectRatio: false,
    layout: { padding: { top: layout.above, right: RIGHT_MARGIN } },
    scales: {
      x: {
        type: 'linear',
        min: range.from,
        max: range.to,
        border: { color: theme.muted },
        grid: { ...gridLine, drawTicks: layout.hasStepAxis },
        ticks: {
          display: layout.hasStepAxis,
          autoSkip: false,
          maxRotation: 0,
          color: theme.muted,
          font,
          callback: (value) => formatStep(Number(value)),
        },
        title: { display: layout.hasStepAxis, text: layout.stepTitle, color: theme.muted, font, padding: 0 },
        afterBuildTicks: (scale) => {
          scale.ticks = steps.map((value) => ({ value }));
        },
      },
      y: {
        type: axis.logarithmic ? 'logarithmic' : 'linear',
        min: axis.min,
        max: axis.max,
        border: { color: theme.muted },
        grid: gridLine,
        ticks: {
          autoSkip: false,
          color: theme.muted,
          font,
          callback: (_value, at) => labels[at] ?? '',
        },
        afterBuildTicks: (scale) => {
          scale.ticks = values.map((value) => ({ value }));
        },
        afterFit: (scale) => {
          scale.width = AXIS_WIDTH;
        },
      },
    },
  };
}
