/** The numbers of the heat map: asked of the host, folded into rows, coloured. Each is done when it changes, not in every frame. */
import type { SeriesInfo } from '../src/protocol/messages';
import type { Range } from '../src/protocol/range';
import type { Asking } from '../src/protocol/wire';
import { Changes } from './changes';
import { foldedHolding, type HeatGrid, heatScale, holdingCells } from './chart/heat';
import { type Heat, heatImage, heatSentence } from './chart/heatPicture';
import { continued } from './continued';
import { rowsOf } from './folds';
import { Latest } from './latest';
import type { Model } from './view';

export interface HeatWish {
  readonly layers: readonly SeriesInfo[];
  readonly epoch: number;
  readonly range: Range;
  readonly columns: number;
}

/** The numbers of a range as they came, every layer a row. */
export interface LoadedGrid {
  readonly wish: HeatWish;
  readonly grid: HeatGrid;
  readonly holding: Int32Array;
  readonly layers: readonly SeriesInfo[];
}

/** A heat map ready to be drawn. */
export interface ArrangedHeat {
  readonly heat: Heat;
  readonly image: HTMLCanvasElement;
  readonly sentence: string;
}

export class HeatData {
  private readonly latest: Latest<HeatWish, LoadedGrid>;
  private readonly changes = new Changes();
  private loaded: LoadedGrid | undefined;
  private arranged: ArrangedHeat | undefined;

  constructor(asking: Asking, onReceived: () => void, onError: (error: unknown) => void) {
    this.latest = new Latest(
      (wish) => loadGrid(asking, wish, this.loaded),
      (loaded) => {
        this.loaded = loaded;
        onReceived();
      },
      onError,
    );
  }

  want(wish: HeatWish): void {
    this.latest.want(wish);
  }

  idle(): Promise<void> {
    return this.latest.idle();
  }

  /** What was last received, with the person's choices; undefined as long as nothing was. */
  arrange({ state, theme }: Model): ArrangedHeat | undefined {
    const { loaded } = this;
    if (loaded === undefined) {
      return undefined;
    }
    if (this.arranged === undefined || this.changes.differ(loaded, state.folded, state.heat, theme)) {
      const { grid, layers, holding } = loaded;
      const rows = rowsOf(layers, state.folded);
      const members = rows.map((row) => row.members);
      const heat: Heat = {
        grid,
        layers,
        rows,
        holding: foldedHolding(grid, holding, members, state.heat),
        scale: heatScale(grid, state.heat),
      };
      this.arranged = { heat, image: heatImage(heat, theme), sentence: heatSentence(heat) };
    }
    return this.arranged;
  }
}

/** @param before what is there already: where it is of the same picture, only what is new is asked for */
export async function loadGrid(
  asking: Asking,
  wish: HeatWish,
  before: LoadedGrid | undefined,
): Promise<LoadedGrid> {
  const { layers, epoch, range, columns } = wish;
  const known = before !== undefined && isSamePicture(before.wish, wish) ? before : undefined;
  const more =
    known === undefined
      ? null
      : continued({ ...known.grid.range, columns: known.grid.columns }, range, columns);
  const window = more ?? { ...range, columns };
  const answer = await asking.request('grid', {
    run: 0,
    epoch,
    ...window,
    series: layers.map(({ id }) => id),
    known: more === null || known === undefined ? null : known.layers.map(({ settled }) => settled),
  });
  const old = more === null ? undefined : known?.grid;
  const cells = layers.length * window.columns;
  const join = <T extends Cells>(all: T, present: T | undefined, piece: T): T =>
    joinedCells(
      { ...window, rows: layers.length, first: answer.first },
      all,
      old?.columns ?? 0,
      present,
      piece,
    );
  const grid: HeatGrid = {
    range: { from: window.from, to: window.to },
    rows: layers.length,
    columns: window.columns,
    states: join(new Uint8Array(cells), old?.states, new Uint8Array(answer.states)),
    values: join(new Float32Array(cells), old?.values, new Float32Array(answer.values)),
    steps: join(new Float64Array(cells), old?.steps, new Float64Array(answer.steps)),
    lines: join(new Uint32Array(cells), old?.lines, new Uint32Array(answer.lines)),
    medians: new Float64Array(answer.medians),
  };
  return { wish, grid, holding: holdingCells(grid), layers };
}

/** The same layers of the same reading. */
function isSamePicture(before: HeatWish, now: HeatWish): boolean {
  return (
    before.epoch === now.epoch &&
    before.layers.length === now.layers.length &&
    before.layers.every(({ id }, at) => id === now.layers[at]?.id)
  );
}

type Cells = Uint8Array | Float32Array | Float64Array | Uint32Array;

/** Of every row the columns that are there already up to `first`, and from there on those of the piece. */
function joinedCells<T extends Cells>(
  { rows, columns, first }: { readonly rows: number; readonly columns: number; readonly first: number },
  all: T,
  oldColumns: number,
  old: T | undefined,
  piece: T,
): T {
  for (let row = 0; row < rows; row++) {
    if (old !== undefined) {
      all.set(old.subarray(row * oldColumns, row * oldColumns + first), row * columns);
    }
    const width = columns - first;
    all.set(piece.subarray(row * width, (row + 1) * width), row * columns + first);
  }
  return all;
}
