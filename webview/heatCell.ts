/** The numbers of the heat map in words: of the cell pointed at, and of all rows as a table. */
import { Cell } from '../src/core/run/stepGrid';
import { labelOf } from '../src/protocol/choose';
import type { Snapshot } from '../src/protocol/messages';
import type { Heat } from './chart/heatPicture';
import { h } from './dom';
import { csv } from './export/csv';
import { rowName } from './folds';
import { formatFactor, formatStep, formatValue } from './format';
import { capital, linePhrase, placePhrase } from './summary';

/** More rows than this are not read by anybody. */
const MOST_ROWS = 400;

/** What tells places apart. */
type Placing = Pick<Snapshot, 'axis' | 'parts'>;

/** What a tooltip says of a cell. @param cell of the grid */
export function cellLines(
  heat: Heat,
  row: number,
  cell: number,
  snapshot: Placing,
): readonly (HTMLElement | false)[] {
  const { grid, layers, rows } = heat;
  const member = Math.floor(cell / grid.columns);
  const layer = layers[member];
  const shown = rows[row];
  if (layer === undefined || shown === undefined) {
    return [];
  }
  const value = grid.values[cell]!;
  const median = grid.medians[member]!;
  const isNumber = grid.states[cell] === Cell.finite;
  const ratio = isNumber && median > 0 ? `, ${formatFactor(value / median)} of its median` : '';
  return [
    h('div', { class: 'tooltip-head' }, rowName(shown)),
    shown.module !== null && h('div', {}, `Most of all: ${labelOf(layer)}`),
    h('div', {}, `${stateText(heat, cell)}${ratio}`),
    h(
      'div',
      { class: 'tooltip-note' },
      `At ${placePhrase(grid.steps[cell]!, snapshot.axis.kind)}, ${linePhrase(snapshot, grid.lines[cell]!)}`,
    ),
    layer.code !== null && h('div', { class: 'tooltip-note' }, 'Double-click: the layer in the code'),
  ];
}

function stateText({ grid }: Heat, cell: number): string {
  switch (grid.states[cell]) {
    case Cell.nan:
      return 'NaN';
    case Cell.infinite:
      return 'infinite';
    case Cell.zero:
      return '0';
    default:
      return formatValue(grid.values[cell]!);
  }
}

/** One row for each row drawn: its extremes in view, where the largest stands, and what is no number. */
export function heatTable(heat: Heat, snapshot: Placing, reveal: (line: number) => void): HTMLElement {
  const { grid, rows } = heat;
  const heads = ['Layer', 'Lowest in view', 'Highest in view', 'Where', 'NaN or ∞', 'Exactly 0'];
  return h(
    'table',
    { class: 'data-table' },
    h(
      'caption',
      {},
      capital(
        `${placePhrase(grid.range.from, snapshot.axis.kind)} to ${placePhrase(grid.range.to, snapshot.axis.kind)}`,
      ),
    ),
    h('thead', {}, h('tr', {}, ...heads.map((head) => h('th', { scope: 'col' }, head)))),
    h(
      'tbody',
      {},
      ...rows.slice(0, MOST_ROWS).map((row) => {
        const { low, high, bad, zeros } = figuresOf(heat, row.members);
        const line = high < 0 ? 0 : grid.lines[high]!;
        return h(
          'tr',
          {},
          h('th', { scope: 'row' }, rowName(row)),
          h('td', {}, low < 0 ? '–' : formatValue(grid.values[low]!)),
          h('td', {}, high < 0 ? '–' : formatValue(grid.values[high]!)),
          h(
            'td',
            {},
            line === 0
              ? '–'
              : h(
                  'button',
                  { type: 'button', class: 'link', onclick: () => reveal(line) },
                  `${placePhrase(grid.steps[high]!, snapshot.axis.kind)}, ${linePhrase(snapshot, line)}`,
                ),
          ),
          h('td', {}, formatStep(bad)),
          h('td', {}, formatStep(zeros)),
        );
      }),
    ),
  );
}

/** Cells of the smallest and largest number of some rows of the grid, -1 where there is none, and counts of other cells. */
function figuresOf({ grid }: Heat, members: readonly number[]) {
  let low = -1;
  let high = -1;
  let bad = 0;
  let zeros = 0;
  for (const member of members) {
    for (let cell = member * grid.columns; cell < (member + 1) * grid.columns; cell++) {
      const state = grid.states[cell];
      if (state === Cell.finite) {
        low = low < 0 || grid.values[cell]! < grid.values[low]! ? cell : low;
        high = high < 0 || grid.values[cell]! > grid.values[high]! ? cell : high;
      }
      bad += Number(state === Cell.nan || state === Cell.infinite);
      zeros += Number(state === Cell.zero);
    }
  }
  return { low, high, bad, zeros };
}

/** Every cell in view with something in it, whatever is folded. */
export function heatCsv(loaded: Pick<Heat, 'grid' | 'layers'> | undefined): string {
  const rows: (string | number)[][] = [['layer', 'step', 'value', 'line']];
  loaded?.grid.states.forEach((state, cell) => {
    const layer = loaded.layers[Math.floor(cell / loaded.grid.columns)];
    if (state !== Cell.empty && layer !== undefined) {
      const value =
        state === Cell.nan ? Number.NaN : state === Cell.infinite ? 'infinite' : loaded.grid.values[cell]!;
      rows.push([layer.name, loaded.grid.steps[cell]!, value, loaded.grid.lines[cell]!]);
    }
  });
  return csv(rows);
}

/** What stands beside the title of the map. */
export function heatHeading(layers: number, heat: Heat | undefined): string {
  return heat === undefined || heat.rows.length === heat.layers.length
    ? `${layers} layers in model order, the first at the top`
    : `${layers} layers in ${heat.rows.length} rows, of a module the largest, the first at the top`;
}
