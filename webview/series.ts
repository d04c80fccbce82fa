/** The columns of the picture over steps, as last received from the host. */
import type { Params } from '../src/protocol/messages';
import type { Asking } from '../src/protocol/wire';
import { type DrawnBand, type DrawnLine, drawnBand, lineFigures, type PaneContent } from './chart/content';
import { type Curve, logsOf } from './chart/curve';
import type { ChosenLine, PaneId } from './choose';
import { Latest } from './latest';
import type { Range } from './range';

export interface Wish {
  readonly epoch: number;
  readonly range: Range;
  readonly columns: number;
  readonly smoothing: number;
  readonly lines: readonly number[];
  /** Ids of the series that form the band of a pane. */
  readonly bands: ReadonlyMap<PaneId, readonly number[]>;
}

/** A line's points without its looks. */
export type RawColumns = Pick<DrawnLine, 'steps' | 'values' | 'logs' | 'lines' | 'smoothed' | 'figures'>;

interface Received {
  readonly lines: ReadonlyMap<number, RawColumns>;
  readonly bands: ReadonlyMap<PaneId, DrawnBand>;
}

export class SeriesColumns {
  private received: Received = { lines: new Map(), bands: new Map() };
  private readonly latest: Latest<Wish, Received>;

  constructor(asking: Asking, onReceived: () => void, onError: (error: unknown) => void) {
    this.latest = new Latest(
      (wish) => load(asking, wish),
      (received) => {
        this.received = received;
        onReceived();
      },
      onError,
    );
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
      const columns = this.received.lines.get(line.series.id);
      return columns === undefined ? [] : [{ ...line, ...columns }];
    });
    return { lines, band: this.received.bands.get(pane) ?? null };
  }

  /** Old columns mean nothing after the log was read anew. */
  clear(): void {
    this.received = { lines: new Map(), bands: new Map() };
  }
}

async function load(asking: Asking, wish: Wish): Promise<Received> {
  const window = { run: 0, epoch: wish.epoch, ...wish.range, columns: wish.columns };
  const lines = loadLines(asking, window, wish.lines, wish.smoothing);
  const bands = [...wish.bands]
    .filter(([, series]) => series.length > 0)
    .map(async ([pane, series]): Promise<[PaneId, DrawnBand]> => {
      const band = await asking.request('band', { ...window, series });
      const quantiles = {
        low: new Float64Array(band.low),
        lowerQuartile: new Float64Array(band.lowerQuartile),
        median: new Float64Array(band.median),
        upperQuartile: new Float64Array(band.upperQuartile),
        high: new Float64Array(band.high),
      };
      const counts = { nonFinite: new Uint32Array(band.nonFinite), zeros: new Uint32Array(band.zeros) };
      return [pane, drawnBand(wish.range, series.length, quantiles, counts)];
    });
  return { lines: await lines, bands: new Map(await Promise.all(bands)) };
}

/** Reduced series of one run, by id. */
export async function loadLines(
  asking: Asking,
  window: Omit<Params<'columns'>, 'series' | 'smoothing'>,
  series: readonly number[],
  smoothing: number,
): Promise<ReadonlyMap<number, RawColumns>> {
  const answer = await asking.request('columns', { ...window, series, smoothing });
  return new Map(
    answer.series.map((one) => {
      const steps = new Float64Array(one.steps);
      const values = new Float64Array(one.values);
      const columns: RawColumns = {
        steps,
        values,
        logs: logsOf(values),
        lines: new Uint32Array(one.lines),
        smoothed: one.smoothed === null ? null : curveOf(steps, new Float64Array(one.smoothed)),
        figures: lineFigures(steps, values, window),
      };
      return [one.id, columns];
    }),
  );
}

function curveOf(steps: Float64Array, values: Float64Array): Curve {
  return { steps, values, logs: logsOf(values) };
}
