/** The columns of the picture over steps, as last received from the host. */

import type { ChosenLine, PaneId } from '../src/protocol/choose';
import type { SeriesInfo } from '../src/protocol/messages';
import type { Asking } from '../src/protocol/wire';
import { type LoadedBand, loadBand } from './bandData';
import type { PaneContent } from './chart/content';
import { Latest } from './latest';
import { columnsToAsk, type LineSet, type LinesWish, loadLines } from './lineData';

export interface Wish extends LinesWish {
  /** The series that form the band of a pane. */
  readonly bands: ReadonlyMap<PaneId, readonly Pick<SeriesInfo, 'id' | 'settled'>[]>;
}

interface Received extends LineSet {
  readonly bands: ReadonlyMap<PaneId, LoadedBand>;
}

export class SeriesColumns {
  private received: Received | undefined;
  private readonly latest: Latest<Wish, Received>;

  constructor(asking: Asking, onReceived: () => void, onError: (error: unknown) => void) {
    this.latest = new Latest(
      (wish) => load(asking, wish, this.received),
      (received) => {
        this.received = received;
        onReceived();
      },
      onError,
    );
  }

  /** Whether anything has come yet. */
  get isFilled(): boolean {
    return this.received !== undefined;
  }

  idle(): Promise<void> {
    return this.latest.idle();
  }

  want(wish: Wish): void {
    this.latest.want(wish);
  }

  /** What there is to draw of the chosen lines: all of them once the answer to the last wish has come. */
  content(pane: PaneId, chosen: readonly ChosenLine[]): PaneContent {
    const lines = chosen.flatMap((line) => {
      const columns = this.received?.lines.get(line.series.id);
      return columns === undefined ? [] : [{ ...line, ...columns }];
    });
    return { lines, band: this.received?.bands.get(pane)?.drawn ?? null };
  }

  /** Old columns mean nothing after the log was read anew. */
  clear(): void {
    this.received = undefined;
  }
}

async function load(asking: Asking, wish: Wish, before: Received | undefined): Promise<Received> {
  const { window, isContinued } = columnsToAsk(before, wish);
  const lines = loadLines(asking, wish, before);
  const bands = [...wish.bands]
    .filter(([, series]) => series.length > 0)
    .map(async ([pane, series]): Promise<[PaneId, LoadedBand]> => {
      const present = isContinued ? before?.bands.get(pane) : undefined;
      return [
        pane,
        await loadBand(asking, { run: wish.run, epoch: wish.epoch }, window, wish.range, series, present),
      ];
    });
  return { ...(await lines), bands: new Map(await Promise.all(bands)) };
}
