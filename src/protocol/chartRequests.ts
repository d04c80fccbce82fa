/** The requests for data as a table of handlers, for a host or a test page to complete. */
import { inSlices } from '../core/steps';
import { firstQuestions } from './ahead';
import type { ChartData } from './chartData';
import {
  type EventOf,
  type Foretold,
  type Params,
  PROTOCOL_VERSION,
  type Result,
  type Snapshot,
} from './messages';
import { patchOf } from './patch';

type DataRequest = 'snapshot' | 'columns' | 'band' | 'grid' | 'profile' | 'share-above';

type DataHandlers = {
  readonly [N in DataRequest]: (params: Params<N>) => Promise<Result<N>>;
} & {
  /**
   * What a page is told before it asks. The next snapshot that it asks for knowing nothing is a patch of this one: asked again, as by a
   * page that this never reached, it is whole.
   * @param picture what the page will draw, where that can be foreseen
   * @param isWanted asked when all is ready: false drops it
   */
  readonly first: (
    picture: Params<'snapshot'>['picture'],
    isWanted: () => boolean,
  ) => Promise<EventOf<'first'> | null>;
};

/**
 * @param runs the run that the charts are of, then those it is compared with
 * @param breathe awaited between slices of longer work, where others wait for their turn
 */
export function dataHandlers(runs: () => readonly ChartData[], breathe?: () => Promise<void>): DataHandlers {
  const dataOf = ({ run }: { readonly run: number }): ChartData => {
    const data = runs()[run];
    if (data === undefined) {
      throw new Error('This run is no longer compared.');
    }
    return data;
  };
  const snapshots = new Snapshots(runs);
  const prepare = async (axis: Params<'snapshot'>['axis']): Promise<void> => {
    for (const data of runs()) {
      data.useAxis(axis);
      await inSlices(data.indexing(), breathe);
    }
  };
  return {
    first: async (picture, isWanted) => {
      await prepare('logged');
      if (!isWanted()) {
        return null;
      }
      const whole = snapshots.unasked();
      return { whole, ahead: aheadOf(whole, picture, dataOf({ run: 0 })) };
    },
    snapshot: async (params) => {
      await prepare(params.axis);
      const told = snapshots.answer(params);
      return { ...told, ahead: aheadOf(told.whole, params.picture, dataOf({ run: 0 })) };
    },
    columns: async (params) => dataOf(params).columns(params),
    band: async (params) => dataOf(params).band(params),
    grid: async (params) => dataOf(params).grid(params),
    profile: async (params) => dataOf(params).profile(params),
    'share-above': async (params) => dataOf(params).shareAbove(params),
  };
}

/** Nothing where there is nothing to draw yet. */
function aheadOf(
  whole: Snapshot | null,
  picture: Params<'snapshot'>['picture'],
  data: ChartData,
): readonly Foretold[] {
  if (whole === null || picture === null || whole.series.length === 0) {
    return [];
  }
  const { columns, bands } = firstQuestions(whole, picture);
  return [
    { request: 'columns', params: columns, result: data.columns(columns) },
    ...bands.map((band): Foretold => ({ request: 'band', params: band, result: data.band(band) })),
  ];
}

/** Remembers what a page was told last, so that it is told only what is new. */
class Snapshots {
  private told: Snapshot | undefined;
  private serial = 0;
  /** Serial of a snapshot that nobody has asked for yet. */
  private foretold: number | null = null;

  constructor(private readonly runs: () => readonly ChartData[]) {}

  answer({ axis, known }: Params<'snapshot'>): Omit<Result<'snapshot'>, 'ahead'> {
    const before = this.told;
    const now = this.take(axis);
    this.told = now;
    const isKnown = before?.serial === (known ?? this.foretold);
    this.foretold = null;
    const isPatched = before !== undefined && isKnown && haveSameReadings(before, now);
    return isPatched ? { whole: null, patch: patchOf(before, now) ?? null } : { whole: now, patch: null };
  }

  /** Told before anybody asks. */
  unasked(): Snapshot {
    const now = this.take('logged');
    this.told = now;
    this.foretold = now.serial;
    return now;
  }

  private take(axis: Params<'snapshot'>['axis']): Snapshot {
    for (const data of this.runs()) {
      data.useAxis(axis);
    }
    const [own, ...compared] = this.runs().map((data) => data.info());
    if (own === undefined) {
      throw new Error('There is no run to show.');
    }
    return { version: PROTOCOL_VERSION, serial: ++this.serial, ...own, compared };
  }
}

/** A log that was truncated, rotated away or read anew for another reason has nothing in common with what it was. */
function haveSameReadings(before: Snapshot, now: Snapshot): boolean {
  const readings = ({ uri, epoch, compared }: Snapshot) =>
    [`${epoch} ${uri}`, ...compared.map((run) => `${run.epoch} ${run.uri}`)].join('\n');
  return readings(before) === readings(now);
}
