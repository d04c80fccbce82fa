/** The numbers of the depth profile in words: of the row pointed at, of all rows as a table, and as CSV. */

import { labelOf } from '../src/protocol/choose';
import type { Snapshot } from '../src/protocol/messages';
import type { LoadedDepth } from './depthData';
import type { DepthRows } from './depthRows';
import { h } from './dom';
import { csv } from './export/csv';
import { type Row, rowName } from './folds';
import { FORECAST_NAME } from './forecastCurve';
import { formatFactor, formatValue } from './format';
import { linePhrase, placePhrase } from './summary';

/** More rows than this are not read by anybody. */
const MOST_ROWS = 400;

/** What tells places apart. */
type Placing = Pick<Snapshot, 'axis' | 'parts'>;

/** What a tooltip says of a row. */
export function rowLines(depth: DepthRows, at: number, snapshot: Placing): readonly (HTMLElement | false)[] {
  const { rows, layers, now, beside } = depth;
  const row = rows[at];
  if (row === undefined) {
    return [];
  }
  const value = now.values[at]!;
  const expected = depth.forecast?.[at] ?? Number.NaN;
  const most = layers[now.members[at] ?? -1];
  return [
    h('div', { class: 'tooltip-head' }, rowName(row)),
    row.module !== null && most !== undefined && h('div', {}, `Largest: ${labelOf(most)}`),
    h('div', {}, now.lines[at] === 0 ? 'not logged yet' : formatValue(value)),
    ...beside.map(({ label, values, lines }) =>
      h(
        'div',
        {},
        lines[at] === 0
          ? `not logged: ${label}`
          : `${formatValue(values[at]!)}: ${label} (${formatFactor(values[at]! / value)})`,
      ),
    ),
    Number.isFinite(expected) && h('div', {}, `${formatValue(expected)} ${FORECAST_NAME}`),
    now.lines[at] !== 0 &&
      h(
        'div',
        { class: 'tooltip-note' },
        `Logged at ${placePhrase(now.steps[at]!, snapshot.axis.kind)}, ${linePhrase(snapshot, now.lines[at]!)}`,
      ),
  ];
}

/** One row a layer or folded module: its norm, where it was logged, and the norms beside it. */
export function depthTable(depth: DepthRows, snapshot: Placing, reveal: (line: number) => void): HTMLElement {
  const { rows, now, beside, forecast, step } = depth;
  const heads = [
    'Layer',
    'Norm',
    ...beside.map(({ label }) => label),
    ...(forecast === null ? [] : [FORECAST_NAME]),
    'Logged at',
  ];
  const cells = (row: Row, at: number) => [
    h('th', { scope: 'row' }, rowName(row)),
    h('td', {}, now.lines[at] === 0 ? '–' : formatValue(now.values[at]!)),
    ...beside.map(({ values, lines }) => h('td', {}, lines[at] === 0 ? '–' : formatValue(values[at]!))),
    ...(forecast === null
      ? []
      : [h('td', {}, Number.isNaN(forecast[at]!) ? '–' : formatValue(forecast[at]!))]),
    h(
      'td',
      {},
      now.lines[at] === 0
        ? '–'
        : h(
            'button',
            { type: 'button', class: 'link', onclick: () => reveal(now.lines[at]!) },
            `${placePhrase(now.steps[at]!, snapshot.axis.kind)}, ${linePhrase(snapshot, now.lines[at]!)}`,
          ),
    ),
  ];
  return h(
    'table',
    { class: 'data-table' },
    h('caption', {}, `Norms at ${placePhrase(step, snapshot.axis.kind)}`),
    h('thead', {}, h('tr', {}, ...heads.map((head) => h('th', { scope: 'col' }, head)))),
    h('tbody', {}, ...rows.slice(0, MOST_ROWS).map((row, at) => h('tr', {}, ...cells(row, at)))),
  );
}

/** Every layer, whatever is folded. */
export function depthCsv(loaded: LoadedDepth | undefined): string {
  const forecast = loaded?.forecast ?? null;
  const rows: (string | number)[][] = [
    [
      'layer',
      'step',
      'value',
      'line',
      ...(loaded?.beside ?? []).map(({ label }) => label),
      ...(forecast === null ? [] : ['forecast at initialisation']),
    ],
  ];
  loaded?.layers.forEach((layer, row) => {
    const { values, steps, lines } = loaded.now;
    rows.push([
      layer.name,
      steps[row]!,
      values[row]!,
      lines[row]!,
      ...loaded.beside.map((profile) => profile.values[row]!),
      ...(forecast === null ? [] : [forecast[row]!]),
    ]);
  });
  return csv(rows);
}
