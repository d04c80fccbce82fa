/** The differences between runs, as tables. */
import type { AxisKind } from '../src/protocol/messages';
import { COMPARED_PANES, type ComparedRun, comparedSeries } from './compare';
import type { CompareData } from './compareData';
import { h } from './dom';
import { formatFactor, formatStep, formatValue } from './format';
import { placePhrase } from './summary';
import { swatch } from './swatch';
import type { Theme } from './theme';

/** One row a run: its size, its values at the last common step beside the own run's, its extremes, its findings. */
export function runTable(data: CompareData, axis: AxisKind, theme: Theme): HTMLElement {
  const { wish, step, atStep } = data;
  const panes = COMPARED_PANES.filter(({ id }) =>
    wish.runs.some(({ run }) => comparedSeries(run, id, wish.parameter) !== undefined),
  );
  const heads = [
    'Run',
    'Steps',
    ...(step === null ? [] : panes.map(({ title }) => title)),
    'Largest norm',
    'Lowest loss',
    'Not finite',
    'Findings',
  ];
  return h(
    'table',
    { class: 'data-table' },
    h(
      'caption',
      {},
      step === null
        ? 'The runs have no step in common'
        : `Values at ${placePhrase(step, axis)}, the last that all have, and the factor to this run's`,
    ),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        ...heads.map((head) => h('th', { scope: 'col', class: head === 'Findings' ? 'words' : '' }, head)),
      ),
    ),
    h(
      'tbody',
      {},
      ...wish.runs.map((compared) => {
        const { run, index } = compared;
        const norm = comparedSeries(run, 'norms', wish.parameter);
        const loss = comparedSeries(run, 'loss', null);
        const bad = (norm?.nan ?? 0) + (norm?.infinite ?? 0) + (loss?.nan ?? 0) + (loss?.infinite ?? 0);
        return h(
          'tr',
          {},
          runHead(compared, theme),
          h('td', {}, formatStep(run.steps)),
          ...(step === null
            ? []
            : panes.map(({ id }) => {
                const values = atStep.get(id) ?? [];
                return h('td', {}, ...compareCell(values[index] ?? null, values[0] ?? null, index));
              })),
          h('td', {}, orDash(norm?.max)),
          h('td', {}, orDash(loss?.min)),
          h('td', { class: bad > 0 ? 'bad' : '' }, formatStep(bad)),
          h('td', { class: 'words' }, findingsText(compared)),
        );
      }),
    ),
  );
}

/** One row a layer, those that differ most first. */
export function layerTable({ wish, layers }: CompareData, theme: Theme): HTMLElement | null {
  if (layers.length === 0) {
    return null;
  }
  return h(
    'table',
    { class: 'data-table' },
    h('caption', {}, 'Layers that differ most: median norm over the steps in view that all runs have'),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        h('th', { scope: 'col' }, 'Layer'),
        ...wish.runs.map((compared) =>
          h('th', { scope: 'col', class: 'run' }, swatch(compared.style, theme), compared.label),
        ),
      ),
    ),
    h(
      'tbody',
      {},
      ...layers.map(({ parameter, norms }) =>
        h(
          'tr',
          {},
          h('th', { scope: 'row' }, parameter),
          ...norms.map((norm, at) => h('td', {}, ...compareCell(norm, norms[0] ?? null, at))),
        ),
      ),
    ),
  );
}

/** The same tables for a file. */
export function comparisonRows({ wish, atStep, layers, step }: CompareData): (string | number)[][] {
  return [
    ['quantity', 'step', ...wish.runs.map(({ label }) => label)],
    ...(step === null
      ? []
      : [...atStep].map(([id, values]) => [id, step, ...values.map((value) => value ?? '')])),
    ...layers.map(({ parameter, norms }) => [parameter, 'median', ...norms]),
  ];
}

function runHead({ label, style, index }: ComparedRun, theme: Theme): HTMLElement {
  return h(
    'th',
    { scope: 'row', class: 'run' },
    swatch(style, theme),
    label,
    index === 0 && h('span', { class: 'muted' }, ' this run'),
  );
}

function compareCell(
  value: number | null,
  own: number | null,
  index: number,
): readonly (string | HTMLElement)[] {
  if (value === null) {
    return ['–'];
  }
  const factor = own === null ? Number.NaN : value / own;
  return index > 0 && factor > 0 && Number.isFinite(factor)
    ? [formatValue(value), h('span', { class: 'factor' }, formatFactor(factor))]
    : [formatValue(value)];
}

function orDash(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : formatValue(value);
}

function findingsText({ run }: ComparedRun): string {
  if (run.state === 'reading') {
    return 'still being read';
  }
  if (run.state === 'failed' || run.state === 'not-a-log') {
    return run.message || 'no training log';
  }
  const titles = [...new Set(run.findings.map(({ title }) => title))];
  return titles.length === 0 ? 'nothing wrong found' : titles.join('; ');
}
