/** The numbers behind a picture, for screen readers and for copying. */

import { labelOf } from '../src/protocol/choose';
import type { SeriesInfo } from '../src/protocol/messages';
import type { Range } from '../src/protocol/range';
import type { PaneContent } from './chart/content';
import { h } from './dom';
import { formatStep, formatValue } from './format';

/** More rows than this are not read by anybody; the sentence above says how many there are. */
const MOST_ROWS = 400;

/** One row a series: its figures in view where it is drawn as a line, over the whole run where it is in the band. */
export function seriesTable(
  series: readonly SeriesInfo[],
  content: PaneContent,
  range: Range,
  reveal: (line: number, series: SeriesInfo) => void,
): HTMLElement {
  const drawn = new Map(content.lines.map((line) => [line.series.id, line]));
  const heads = [
    'Series',
    'Points',
    'Lowest in view',
    'Highest in view',
    'Last in view',
    'Not finite',
    'First not finite',
  ];
  return h(
    'table',
    { class: 'data-table' },
    h('caption', {}, `Steps ${formatStep(range.from)} to ${formatStep(range.to)}`),
    h('thead', {}, h('tr', {}, ...heads.map((head) => h('th', { scope: 'col' }, head)))),
    h(
      'tbody',
      {},
      ...series.slice(0, MOST_ROWS).map((one) => {
        const line = drawn.get(one.id);
        const figures = line === undefined ? null : inView(line.steps, line.values, range);
        const low = figures === null ? one.min : figures.min;
        const high = figures === null ? one.max : figures.max;
        return h(
          'tr',
          {},
          h('th', { scope: 'row' }, labelOf(one)),
          h('td', {}, formatStep(one.points)),
          h('td', {}, low === null ? '–' : formatValue(low)),
          h('td', {}, high === null ? '–' : formatValue(high)),
          h('td', {}, figures?.last === null || figures === null ? '–' : formatValue(figures.last)),
          h('td', {}, formatStep(one.nan + one.infinite)),
          h('td', {}, lineLink(one, reveal)),
        );
      }),
    ),
  );
}

function lineLink(
  series: SeriesInfo,
  reveal: (line: number, series: SeriesInfo) => void,
): HTMLElement | string {
  const { firstNonFinite } = series;
  if (firstNonFinite === null) {
    return '–';
  }
  const { step, line, place, value } = firstNonFinite;
  return h(
    'button',
    { type: 'button', class: 'link', onclick: () => reveal(line, series) },
    `${value} at ${formatStep(step)}, ${place}`,
  );
}

function inView(
  steps: Float64Array,
  values: Float64Array,
  range: Range,
): { min: number | null; max: number | null; last: number | null } {
  let min: number | null = null;
  let max: number | null = null;
  let last: number | null = null;
  for (let at = 0; at < steps.length; at++) {
    const value = values[at]!;
    if (steps[at]! < range.from || steps[at]! > range.to) {
      continue;
    }
    last = value;
    if (Number.isFinite(value)) {
      min = min === null ? value : Math.min(min, value);
      max = max === null ? value : Math.max(max, value);
    }
  }
  return { min, max, last };
}
