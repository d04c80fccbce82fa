import { PointColumns } from '../run/pointColumns';
import { RankPoints } from '../run/rankPoints';
import type { Points, Series, SeriesKind, Split, Statistic } from '../run/series';
import { SharedColumns } from '../run/sharedColumns';
import type { Key } from './keyTable';

/** Kinds of which the largest of all ranks counts. */
const LARGEST: ReadonlySet<SeriesKind> = new Set(['grad-norm', 'grad-max', 'weight-norm', 'update-ratio']);

const SPLITS: readonly Split[] = ['train', 'eval', 'summary'];

/** A series while its log is read. */
export class LoggedSeries implements Series {
  /** Every number as logged. */
  readonly columns: PointColumns;
  readonly points: Points;
  readonly logged?: Points;

  constructor(
    shared: SharedColumns,
    ranks: boolean,
    readonly id: number,
    readonly name: string,
    public kind: SeriesKind,
    readonly statistic: Statistic,
    readonly split: Split,
    readonly parameter: string | null,
    readonly ofRun: string | null = null,
  ) {
    this.columns = new PointColumns(shared);
    this.points = this.columns;
    if (ranks) {
      this.points = new RankPoints(this.columns, LARGEST.has(kind));
      this.logged = this.columns;
    }
  }

  /** Steps at which ranks logged different values; 0 where there are none. */
  get differing(): number {
    // What else is logged may well be a rank's own: its speed, its memory.
    return this.points instanceof RankPoints && this.kind !== 'other' ? this.points.differing : 0;
  }
}

/** The series of one log, in the order in which they were met. */
export class SeriesTable {
  readonly series: LoggedSeries[] = [];
  private readonly columns = new SharedColumns();
  /** What tells the size of each parameter's gradient. */
  private readonly sized = new Map<string, LoggedSeries>();

  /**
   * @param layerNames names of layers alone are gradient norms in this log
   * @param lossNames what may be a loss and is one in this log, without its split
   * @param ranks several ranks log the same steps
   */
  constructor(
    private readonly layerNames: boolean,
    private readonly ranks: boolean,
    private readonly lossNames: readonly string[] = [],
  ) {}

  /** The series of a key; made when it is asked for first. */
  of(key: Key, recordSplit: Split): LoggedSeries {
    const meaning = key.meaning;
    const split = recordSplit === 'train' ? meaning.split : recordSplit;
    const slot = split === 'train' ? 0 : split === 'eval' ? 1 : 2;
    const known = key.series[slot];
    if (known != null) {
      if (recordSplit === 'train') {
        key.home = known;
      }
      return known;
    }
    const layer = meaning.layerName && this.layerNames;
    // One size per parameter: where a norm is logged, other statistics of the same gradient are only curves.
    const gradient = layer || meaning.kind === 'grad-norm';
    const before = gradient ? this.sized.get(meaning.parameter ?? '') : undefined;
    const extra = before !== undefined && meaning.kind === 'grad-norm' && meaning.statistic !== 'norm';
    const made = new LoggedSeries(
      this.columns,
      this.ranks,
      this.series.length,
      key.name,
      layer
        ? 'grad-norm'
        : extra
          ? 'other'
          : meaning.lossName !== null && this.lossNames.includes(meaning.lossName)
            ? 'loss'
            : meaning.kind,
      layer ? 'norm' : meaning.statistic,
      SPLITS[slot] ?? 'train',
      layer || !meaning.layerName ? meaning.parameter : null,
      key.ofRun,
    );
    this.series.push(made);
    if (gradient && !extra) {
      if (before !== undefined && before.statistic !== 'norm') {
        // "std 0.1, norm 2.5": the better measure came second.
        before.kind = 'other';
      }
      this.sized.set(meaning.parameter ?? '', made);
    }
    key.series[slot] = made;
    return made;
  }
}
