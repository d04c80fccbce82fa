/** Which series are drawn as lines, and how they look. Pure. */
import type { PictureChoice } from './picture';
import type { FindingInfo, RunInfo, SeriesInfo } from './runInfo';

/** More lines than this cannot be told apart; the others are drawn as a band. */
export const MOST_LINES = 12;

export interface LineStyle {
  /** Index of a hue of the theme; -1: the foreground colour. */
  readonly hue: number;
  /** Index of a dash pattern; 0 is solid. */
  readonly dash: number;
  readonly width: number;
}

export interface ChosenLine {
  readonly series: SeriesInfo;
  readonly style: LineStyle;
}

/** Which layers are looked at. */
export type Choosing = Pick<PictureChoice, 'hidden' | 'pinned' | 'search' | 'onlyFindings'>;

export interface Choice {
  readonly lines: readonly ChosenLine[];
  /** Drawn as one band. */
  readonly rest: readonly SeriesInfo[];
}

/** Groups of panes under one another, top first. */
export const PANES = [
  { id: 'norms', title: 'Gradient norm', kind: 'grad-norm' },
  { id: 'loss', title: 'Loss', kind: 'loss' },
  { id: 'learning-rate', title: 'Learning rate', kind: 'learning-rate' },
  { id: 'loss-scale', title: 'Loss scale', kind: 'loss-scale' },
  { id: 'grad-max', title: 'Largest gradient element', kind: 'grad-max' },
  { id: 'update-ratio', title: 'Update-to-weight ratio', kind: 'update-ratio' },
  { id: 'weight-norm', title: 'Weight norm', kind: 'weight-norm' },
  { id: 'clip-coefficient', title: 'Clip coefficient', kind: 'clip-coefficient' },
] as const;
export type PaneId = (typeof PANES)[number]['id'];

/** Gradient norms of parameters or layers in training, in model order. */
export function layersOf(snapshot: RunInfo): readonly SeriesInfo[] {
  return snapshot.series.filter(
    ({ kind, parameter, split }) => kind === 'grad-norm' && parameter !== null && split === 'train',
  );
}

export function seriesOfPane(snapshot: RunInfo, pane: PaneId): readonly SeriesInfo[] {
  const kind = PANES.find(({ id }) => id === pane)?.kind;
  return snapshot.series.filter((series) => series.kind === kind && series.split !== 'summary');
}

/** Lines and band of one pane. */
export function choose(snapshot: RunInfo, pane: PaneId, state: Choosing): Choice {
  const all = seriesOfPane(snapshot, pane).filter(({ name }) => !state.hidden.includes(name));
  const whole = all.filter(({ parameter }) => parameter === null);
  const layers = all.filter(({ parameter }) => parameter !== null);
  const found = inFindings(snapshot);
  const isPinned = (series: SeriesInfo) => state.pinned.includes(series.name);
  const matches = layers.filter((series) => matchesSearch(series, state.search));
  const searched = state.search === '' ? [] : spread(matches, MOST_LINES * 2);
  const concerned = layers.filter(({ id }) => found.has(id));
  const picked = new Set([...layers.filter(isPinned), ...searched, ...spread(concerned, MOST_LINES)]);
  if (picked.size < MOST_LINES && !state.onlyFindings && state.search === '') {
    for (const series of spread(layers, MOST_LINES - picked.size)) {
      picked.add(series);
    }
  }
  const shown = layers.filter(
    (series) => picked.has(series) && (!state.onlyFindings || isPinned(series) || found.has(series.id)),
  );
  const rest = state.onlyFindings ? [] : layers.filter((series) => !picked.has(series));
  // A few lines that a person would see as noise in a band are better drawn.
  const few = rest.length <= 2 && shown.length + rest.length <= MOST_LINES + 2;
  const lines = few ? layers.filter((series) => shown.includes(series) || rest.includes(series)) : shown;
  return { lines: [...styleWhole(whole), ...styleLayers(lines, whole.length > 0)], rest: few ? [] : rest };
}

/** Panes that have something to show and were not closed. */
export function shownPanes(
  run: RunInfo,
  { closedPanes }: Pick<PictureChoice, 'closedPanes'>,
): readonly PaneId[] {
  return PANES.map(({ id }) => id).filter(
    (id) => !closedPanes.includes(id) && seriesOfPane(run, id).length > 0,
  );
}

/** Layers of the search, or of findings only, in model order. */
export function shownLayers(snapshot: RunInfo, state: Choosing): readonly SeriesInfo[] {
  const found = inFindings(snapshot);
  return layersOf(snapshot).filter(
    (layer) =>
      !state.hidden.includes(layer.name) &&
      matchesSearch(layer, state.search) &&
      (!state.onlyFindings || found.has(layer.id)),
  );
}

/** Series that findings are about, with the gravest severity (findings come gravest first). */
export function inFindings(snapshot: RunInfo): ReadonlyMap<number, FindingInfo['severity']> {
  const found = new Map<number, FindingInfo['severity']>();
  for (const { severity, series, parameters } of snapshot.findings) {
    const named = new Set(parameters);
    for (const { id, parameter, kind } of snapshot.series) {
      const isNamed = parameter !== null && kind === 'grad-norm' && named.has(parameter);
      if (!found.has(id) && (isNamed || series.includes(id))) {
        found.set(id, severity);
      }
    }
  }
  return found;
}

/** Every word of the search occurs in the name, in any case. */
export function matchesSearch(series: SeriesInfo, search: string): boolean {
  const name = labelOf(series).toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => name.includes(word));
}

/** What a series is called: its parameter where it has one. */
export function labelOf({ name, parameter, split }: SeriesInfo): string {
  const label = parameter ?? name;
  return split === 'eval' && !/val|eval|test/i.test(label) ? `${label} (eval)` : label;
}

/**
 * Names for a narrow axis: without the path that all share at either end, and without `weight`, which goes without
 * saying. Whole names where that would leave two alike.
 */
export function shortLabels(labels: readonly string[]): readonly string[] {
  const paths = labels.map((label) => label.split('.'));
  const first = paths[0] ?? [];
  const shortest = Math.min(first.length, ...paths.map(({ length }) => length));
  let head = 0;
  while (head < shortest - 1 && paths.every((path) => path[head] === first[head])) {
    head++;
  }
  const short = paths.map((path) => {
    const end = path.length > head + 1 && path.at(-1) === 'weight' ? -1 : path.length;
    return path.slice(head, end).join('.');
  });
  return new Set(short).size === new Set(labels).size ? short : labels;
}

/** At most `most` of the items, first and last included, evenly in between. */
export function spread<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) {
    return items;
  }
  const picked: T[] = [];
  for (let at = 0; at < most; at++) {
    const item = items[most === 1 ? 0 : Math.round((at * (items.length - 1)) / (most - 1))];
    if (item !== undefined) {
      picked.push(item);
    }
  }
  return picked;
}

function styleWhole(series: readonly SeriesInfo[]): ChosenLine[] {
  let trained = 0;
  return series.map((one) => {
    const isEval = one.split === 'eval';
    const first = !isEval && trained++ === 0;
    return {
      series: one,
      style: first
        ? { hue: -1, dash: 0, width: 2 }
        : { hue: isEval ? 1 : (trained - 2) % 6, dash: isEval ? 1 : 0, width: 1.5 },
    };
  });
}

function styleLayers(series: readonly SeriesInfo[], isBesideWhole: boolean): ChosenLine[] {
  return series.map((one, at) => ({
    series: one,
    style: { hue: at % 6, dash: Math.floor(at / 6) % 4, width: isBesideWhole ? 1.25 : 1.5 },
  }));
}
