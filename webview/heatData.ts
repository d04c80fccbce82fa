/** The numbers of the heat map: asked of the host, folded into rows, coloured. Each is done when it changes, not in every frame. */
import type { SeriesInfo } from '../src/protocol/messages';
import type { Asking } from '../src/protocol/wire';
import { Changes } from './changes';
import { foldedHolding, type HeatGrid, heatScale, holdingCells } from './chart/heat';
import { type Heat, heatImage, heatSentence } from './chart/heatPicture';
import { rowsOf } from './folds';
import { Latest } from './latest';
import type { Range } from './range';
import type { Model } from './view';

export interface HeatWish {
  readonly layers: readonly SeriesInfo[];
  readonly epoch: number;
  readonly range: Range;
  readonly columns: number;
}

/** The numbers of a range as they came, every layer a row. */
interface LoadedGrid {
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
      (wish) => load(asking, wish),
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

async function load(asking: Asking, { layers, epoch, range, columns }: HeatWish): Promise<LoadedGrid> {
  const series = layers.map(({ id }) => id);
  const answer = await asking.request('grid', { run: 0, epoch, ...range, columns, series });
  const grid: HeatGrid = {
    range,
    rows: layers.length,
    columns,
    states: new Uint8Array(answer.states),
    values: new Float32Array(answer.values),
    steps: new Float64Array(answer.steps),
    lines: new Uint32Array(answer.lines),
    medians: new Float64Array(answer.medians),
  };
  return { grid, holding: holdingCells(grid), layers };
}
