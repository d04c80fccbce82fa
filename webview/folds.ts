/** Rows of the heat map and the depth profile: a parameter each, or a module folded into one. Pure. */

import { labelOf } from '../src/protocol/choose';
import type { SeriesInfo } from '../src/protocol/messages';

export interface Row {
  readonly label: string;
  /** Path of the folded module; null: the row is a parameter's own. */
  readonly module: string | null;
  /** Which of the layers, one or more. */
  readonly members: readonly number[];
}

/** The first `depth` parts of a name, which dots or slashes part; null where the name is no longer than that. */
export function modulePath(label: string, depth: number): string | null {
  let at = -1;
  for (let part = 0; part < depth; part++) {
    const next = label.slice(at + 1).search(/[./]/);
    if (next < 0) {
      return null;
    }
    at += next + 1;
  }
  return label.slice(0, at);
}

/** What stands beside a row: of a folded module with how much it holds. */
export function rowName({ label, module, members }: Row): string {
  return module === null ? label : `${label} (${members.length})`;
}

/** The same in a picture, where a sign tells that there is more to see. */
export function pictureName(row: Row): string {
  return row.module === null ? row.label : `${rowName(row)} ▸`;
}

/** Every module on the way to a parameter, the outermost first. */
function modulesOf(label: string): readonly string[] {
  const paths: string[] = [];
  for (let depth = 1; ; depth++) {
    const path = modulePath(label, depth);
    if (path === null) {
      return paths;
    }
    paths.push(path);
  }
}

/** Rows in model order; a folded module stands where its first parameter stood. One with a single parameter is not folded. */
export function rowsOf(layers: readonly SeriesInfo[], folded: readonly string[]): readonly Row[] {
  const isFolded = new Set(folded);
  const rows: { label: string; module: string | null; members: number[] }[] = [];
  const rowOf = new Map<string, (typeof rows)[number]>();
  layers.forEach((layer, member) => {
    const label = labelOf(layer);
    const module = modulesOf(label).find((path) => isFolded.has(path)) ?? null;
    const present = module === null ? undefined : rowOf.get(module);
    if (present !== undefined) {
      present.members.push(member);
      return;
    }
    const row = { label: module ?? label, module, members: [member] };
    rows.push(row);
    if (module !== null) {
      rowOf.set(module, row);
    }
  });
  return rows.map((row) => {
    const [only] = row.members;
    const layer = row.members.length === 1 && only !== undefined ? layers[only] : undefined;
    return layer === undefined ? row : { ...row, label: labelOf(layer), module: null };
  });
}

/** A way to fold everything: into the modules of one depth. */
export interface FoldLevel {
  readonly folded: readonly string[];
  readonly rows: number;
  /** One of the modules, as an example. */
  readonly example: string;
}

/** The levels that leave more than one row and fewer than all, the coarsest first. */
export function foldLevels(layers: readonly SeriesInfo[]): readonly FoldLevel[] {
  const labels = layers.map(labelOf);
  const deepest = Math.max(0, ...labels.map((label) => modulesOf(label).length));
  const levels: FoldLevel[] = [];
  let rows = 1;
  for (let depth = 1; depth <= deepest; depth++) {
    const counts = new Map<string, number>();
    for (const label of labels) {
      const path = modulePath(label, depth);
      if (path !== null) {
        counts.set(path, (counts.get(path) ?? 0) + 1);
      }
    }
    const folded = [...counts].filter(([, count]) => count > 1).map(([path]) => path);
    const left = rowsOf(layers, folded).length;
    const [example] = folded;
    if (example !== undefined && left > rows && left < layers.length) {
      levels.push({ folded, rows: left, example });
      rows = left;
    }
  }
  return levels;
}

/** The folds after a row was folded into its innermost module with company, or unfolded. */
export function toggledFold(
  layers: readonly SeriesInfo[],
  folded: readonly string[],
  row: Row,
): readonly string[] {
  if (row.module !== null) {
    return folded.filter((path) => path !== row.module);
  }
  const labels = layers.map(labelOf);
  const module = [...modulesOf(row.label)]
    .reverse()
    .find((path) => labels.filter((label) => modulesOf(label).includes(path)).length > 1);
  return module === undefined ? folded : [...folded, module];
}
