/** Every series by group, with search: which are lines, which are in the band, which are left out. */

import {
  type Choice,
  type ChosenLine,
  choose,
  inFindings,
  labelOf,
  layersOf,
  matchesSearch,
  seriesOfPane,
} from '../src/protocol/choose';
import type { FindingInfo, SeriesInfo, Snapshot } from '../src/protocol/messages';
import { Changes } from './changes';
import { h, replaceChildren } from './dom';
import { formatCount, formatValue } from './format';
import { toggled, type ViewState } from './state';
import { swatch } from './swatch';
import type { Model, Page } from './view';

/** Rows drawn at most; a search narrows what is left. */
const MOST_ROWS = 500;

export class Legend {
  private readonly search = h('input', {
    type: 'search',
    placeholder: 'Search parameters',
    'aria-label': 'Search parameters',
    spellcheck: 'false',
    oninput: () => this.page.store.set({ search: this.search.value.trim() }),
  });
  private readonly list = h('div', { class: 'legend-list' });
  private readonly note = h('p', { class: 'muted legend-note', 'aria-live': 'polite' });
  readonly element = h(
    'section',
    { class: 'legend', 'aria-label': 'Legend' },
    h('h2', {}, 'Gradient norms'),
    this.search,
    this.note,
    this.list,
  );
  private readonly changes = new Changes();

  constructor(private readonly page: Page) {}

  update({ snapshot, state, theme }: Model): void {
    if (document.activeElement !== this.search) {
      this.search.value = state.search;
    }
    const { search, pinned, hidden, onlyFindings, openGroups, closedGroups } = state;
    const choices = [search, pinned, hidden, onlyFindings, openGroups, closedGroups];
    if (!this.changes.differ(snapshot, theme, ...choices)) {
      return;
    }
    const choice = choose(snapshot, 'norms', state);
    const layers = layersOf(snapshot).filter((series) => matchesSearch(series, search));
    const whole = seriesOfPane(snapshot, 'norms').filter(({ parameter }) => parameter === null);
    this.note.textContent = legendNote(snapshot, choice, layers.length, search);
    const lines = new Map(choice.lines.map((line) => [line.series.id, line]));
    const found = inFindings(snapshot);
    const row = (series: SeriesInfo, group = '') =>
      this.row(series, group, lines.get(series.id), found.get(series.id), pinned, hidden, theme);
    const groups = groupByModule(layers.slice(0, MOST_ROWS));
    replaceChildren(
      this.list,
      ...whole.map((series) => row(series)),
      ...(groups.size <= 1
        ? layers.slice(0, MOST_ROWS).map((series) => row(series))
        : [...groups].map(([name, members]) =>
            this.group(name, members, lines, row, groups.size <= MANY_GROUPS && layers.length <= 60, state),
          )),
    );
    this.element.hidden = whole.length + layersOf(snapshot).length === 0;
  }

  private group(
    name: string,
    members: readonly SeriesInfo[],
    lines: ReadonlyMap<number, ChosenLine>,
    row: (series: SeriesInfo, group?: string) => HTMLElement,
    isOverview: boolean,
    { openGroups, closedGroups }: ViewState,
  ): HTMLElement {
    const only = members[0];
    if (members.length === 1 && only !== undefined) {
      return row(only);
    }
    const drawn = members.filter(({ id }) => lines.has(id)).length;
    const isOpenAnyway = isOverview || (drawn > 0 && members.length <= MANY_GROUPS);
    const isOpen = openGroups.includes(name) || (isOpenAnyway && !closedGroups.includes(name));
    return h(
      'details',
      { open: isOpen },
      h(
        'summary',
        {
          'data-key': `group-${name}`,
          // Kept, so that a log that grows does not open and close what a person has chosen.
          onclick: (event) => {
            event.preventDefault();
            const without = (groups: readonly string[]) => groups.filter((group) => group !== name);
            this.page.store.set(
              isOpen
                ? { openGroups: without(openGroups), closedGroups: [...without(closedGroups), name] }
                : { openGroups: [...without(openGroups), name], closedGroups: without(closedGroups) },
            );
          },
        },
        h('span', { class: 'group-name' }, name),
        h('span', { class: 'muted' }, drawn > 0 ? ` ${drawn} of ${members.length}` : ` ${members.length}`),
      ),
      ...members.map((series) => row(series, name)),
    );
  }

  private row(
    series: SeriesInfo,
    group: string,
    line: ChosenLine | undefined,
    severity: FindingInfo['severity'] | undefined,
    pinned: readonly string[],
    hidden: readonly string[],
    theme: Model['theme'],
  ): HTMLElement {
    const { store } = this.page;
    const isHidden = hidden.includes(series.name);
    const isPinned = pinned.includes(series.name);
    const label = labelOf(series);
    // Under the group's own name only the rest tells one row from the next.
    const name = group !== '' && label.startsWith(`${group}.`) ? label.slice(group.length + 1) : label;
    const last = series.last === '' ? '' : formatValue(Number(series.last));
    const isBad = series.nan + series.infinite > 0;
    return h(
      'div',
      {
        class: `legend-row${isHidden ? ' off' : ''}${line === undefined ? ' in-band' : ''}`,
        onpointerenter: () => this.page.emphasize(series.id),
        onpointerleave: () => this.page.emphasize(null),
      },
      h(
        'button',
        {
          type: 'button',
          class: 'legend-name',
          'data-key': `series-${series.id}`,
          'aria-pressed': String(line !== undefined),
          'aria-label': `${label}${isPinned ? ' pinned' : ''} ${last}`.trim(),
          title: rowTitle(series, line, isHidden),
          onfocus: () => this.page.emphasize(series.id),
          onblur: () => this.page.emphasize(null),
          onclick: () => {
            if (isHidden) {
              store.set({ hidden: toggled(hidden, series.name) });
            } else if (line === undefined) {
              store.set({ pinned: toggled(pinned, series.name) });
            } else if (isPinned) {
              store.set({ pinned: toggled(pinned, series.name) });
            } else {
              store.set({ hidden: toggled(hidden, series.name) });
            }
          },
        },
        line === undefined ? h('span', { class: 'swatch-band' }) : swatch(line.style, theme),
        h('span', { class: 'name' }, name),
        // The blanks keep the words apart in the text that a screen reader compares with the name.
        ' ',
        severity !== undefined &&
          h(
            'span',
            {
              class: `found ${severity}`,
              title: 'Part of a finding',
              role: 'img',
              'aria-label': 'part of a finding',
            },
            '●',
          ),
        isPinned && h('span', { class: 'pinned' }, 'pinned'),
        ' ',
        h('span', { class: `value${isBad ? ' bad' : ''}` }, last),
      ),
    );
  }
}

function rowTitle(series: SeriesInfo, line: ChosenLine | undefined, isHidden: boolean): string {
  const action = isHidden ? 'Show again' : line === undefined ? 'Draw as a line' : 'Take out of the picture';
  return `${series.name}: ${formatCount(series.points, 'point')}. ${action}`;
}

function legendNote(snapshot: Snapshot, choice: Choice, matching: number, search: string): string {
  const all = layersOf(snapshot).length;
  if (search !== '') {
    return `${matching} of ${formatCount(all, 'parameter')} match`;
  }
  const drawn = choice.lines.filter(({ series }) => series.parameter !== null).length;
  return choice.rest.length > 0
    ? `${drawn} as lines; the grey band is the range, middle half and median of the other ${choice.rest.length}`
    : '';
}

/** More groups than this are no overview. */
const MANY_GROUPS = 12;

/**
 * By module path: as deep as it takes for more than one group, and no deeper. `encoder.0.weight` belongs to
 * `encoder`, or to `encoder.0` where everything is in the encoder.
 */
export function groupByModule(series: readonly SeriesInfo[]): Map<string, SeriesInfo[]> {
  const paths = series.map((one) => labelOf(one).split('.'));
  const deepest = Math.max(1, ...paths.map(({ length }) => length - 1));
  let depth = 1;
  while (depth < deepest && new Set(paths.map((path) => groupName(path, depth))).size < 2) {
    depth++;
  }
  // One level more reads better as long as it stays an overview.
  if (new Set(paths.map((path) => groupName(path, depth + 1))).size <= MANY_GROUPS) {
    depth++;
  }
  const groups = new Map<string, SeriesInfo[]>();
  series.forEach((one, at) => {
    const name = groupName(paths[at] ?? [], depth);
    const members = groups.get(name);
    if (members === undefined) {
      groups.set(name, [one]);
    } else {
      members.push(one);
    }
  });
  return groups;
}

function groupName(path: readonly string[], depth: number): string {
  return path.slice(0, Math.max(1, Math.min(depth, path.length - 1))).join('.');
}
